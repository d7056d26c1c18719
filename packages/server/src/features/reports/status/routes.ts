import type { FastifyInstance } from 'fastify'
import type { Static } from 'typebox'
import { Type } from 'typebox'
import { ApiError } from '../../../contract/error-codes.ts'
import { trackingReadErrors } from '../../../contract/reading.ts'
import {
  checkTestEventsAnswer,
  checkTestEventsBody,
  type StepName,
  statusReport,
  testEventsMax,
} from '../../../contract/status.ts'
import type { Db } from '../../../db/database.ts'
import { callerOf } from '../../../http/authorization.ts'
import type { Clock } from '../../../shared/clock.ts'
import { type Reading, readingRoute } from '../reading-route.ts'
import { type Arrivals, type Arrived, readArrivals } from './store.ts'

export interface StatusDeps {
  db: Db
  clock: Clock
  onRequest: Reading['onRequest']
}

/** How far a program's integration is: which events have arrived. */
export function registerStatus(app: FastifyInstance, { db, clock, onRequest }: StatusDeps): void {
  readingRoute(app, {
    name: 'status',
    operationId: 'readStatus',
    summary: 'How far the integration is',
    description: 'Which kinds of events have arrived, and the newest test events of each.',
    querystring: Type.Object({}),
    answer: statusReport,
    onRequest,
    read: async (programId) => {
      const arrivals = await readArrivals(db, programId, testEventsMax)
      return toApiStatus(programId, arrivals, clock.nowMs())
    },
  })

  app.route({
    method: 'POST',
    url: '/api/tracking/check-test-events',
    schema: {
      operationId: 'checkTestEvents',
      tags: ['Reading'],
      summary: 'Which test events have arrived',
      description: 'For whoever has just sent one and waits for it.',
      security: [{ programKey: [] }],
      body: checkTestEventsBody,
      response: {
        200: checkTestEventsAnswer,
        ...trackingReadErrors(400, 401, 404, 413, 415, 429, 500, 503),
      },
    },
    onRequest,
    handler: async (request) => {
      const { program_id, step } = request.body as Static<typeof checkTestEventsBody>
      const { programId } = callerOf(request)
      // Another's program is answered like one that does not exist.
      if (Number(program_id) !== programId) throw new ApiError('not_found', 'Program not found')
      const arrivals = await readArrivals(db, programId, testEventsMax)
      const steps = Object.entries(stepsOf(arrivals))
        .filter(([name]) => step === undefined || name === step)
        .map(([name, { tests }]) => [name, toApiReceived(tests)])
      return { success: true, data: { programId, steps: Object.fromEntries(steps) } }
    },
  })
}

/** The steps of an integration, as clients call them. */
function stepsOf({ clicks, leads, sales }: Arrivals): Record<StepName, Arrived> {
  return { pageview: clicks, referrals: leads, payments: sales }
}

function toApiStatus(programId: number, arrivals: Arrivals, nowMs: number) {
  const steps = stepsOf(arrivals)
  const state = ({ tests, hasReal }: Arrived) =>
    hasReal || tests.length > 0 ? 'complete' : 'pending'
  return {
    data: {
      programId: String(programId),
      stepStatuses: {
        pageview: state(steps.pageview),
        referrals: state(steps.referrals),
        payments: state(steps.payments),
      },
      statistics: {
        pageview: toApiTests(steps.pageview),
        referrals: toApiTests(steps.referrals),
        payments: notConnected,
      },
      hasPartners: arrivals.hasPartners,
      lastUpdated: new Date(nowMs).toISOString(),
    },
  }
}

/** No provider can be connected yet. */
const notConnected = {
  stripeConnectionStatus: 'not_connected',
  isStripeConnected: false,
  stripeAccountId: null,
  chargesEnabled: false,
  payoutsEnabled: false,
  detailsSubmitted: false,
  connectionDate: null,
}

function toApiTests({ tests }: Arrived) {
  const [latest] = tests
  const at = latest === undefined ? '' : new Date(latest.atMs).toISOString()
  return {
    testEventCount: tests.length,
    hasTestEvents: tests.length > 0,
    latestTestEvent: latest === undefined ? null : { id: latest.id, timestamp: at, createdAt: at },
  }
}

function toApiReceived(tests: Arrived['tests']) {
  const [latest] = tests
  return {
    received: tests.length > 0,
    count: tests.length,
    latest: latest === undefined ? null : new Date(latest.atMs).toISOString(),
  }
}
