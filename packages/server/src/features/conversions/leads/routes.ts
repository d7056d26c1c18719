import type { FastifyInstance } from 'fastify'
import { ApiError } from '../../../contract/error-codes.ts'
import { type LeadBody, leadBody } from '../../../contract/tracking-requests.ts'
import { leadAnswer, trackingErrors } from '../../../contract/tracking-responses.ts'
import type { Database } from '../../../db/database.ts'
import { acceptProgramKey, type FindProgramKey } from '../../../http/authorization.ts'
import { forbidsTracking, notTracked } from '../../../http/privacy-control.ts'
import type { RateLimits } from '../../../http/rate-limits.ts'
import {
  isTestMode,
  testEventAnswer,
  testProgramId,
  unknownProgram,
} from '../../../http/test-mode.ts'
import { trackingRoute } from '../../../http/tracking-route.ts'
import type { Clock } from '../../../shared/clock.ts'
import { unreachable } from '../../../shared/errors.ts'
import { cleanText, isStorable } from '../../../shared/text.ts'
import { storedUrl } from '../../../shared/web-url.ts'
import { storeEmail } from '../../customers/index.ts'
import { findProgram } from '../../programs/index.ts'
import type { LeadOutcome, LeadRequest } from './lead.ts'
import type { LeadWriter } from './lead-writer.ts'
import { insertTestLead } from './store.ts'

export interface LeadDeps {
  database: Database
  clock: Clock
  limits: RateLimits
  findProgramKey: FindProgramKey
  pepper: Buffer
  writer: LeadWriter
}

const textCharsMax = 255

export function registerLeads(app: FastifyInstance, deps: LeadDeps): void {
  const acceptKey = acceptProgramKey(deps.findProgramKey)
  trackingRoute(app, 'lead', {
    config: { failureMessage: 'Lead tracking failed' },
    schema: {
      operationId: 'trackLead',
      tags: ['Tracking'],
      summary: 'Record a signup',
      description:
        "A visitor became a lead. With the program's key (server mode) the customer is found by `customer_key`, then `click_id`, then the newest known of `click_ids`. Without a key (browser mode) a click id is needed. A repeated lead answers `already_tracked` and adds nothing.",
      security: [{ programKey: [] }, {}],
      body: leadBody,
      response: { 200: leadAnswer, ...trackingErrors(400, 401, 413, 415, 429, 500, 503) },
    },
    onRequest: [
      acceptKey,
      async (request, reply) =>
        request.caller === null
          ? deps.limits.byAddress('browserLead', request, reply)
          : deps.limits.byKey('write', request.caller.keyId, reply),
    ],
    handler: async (request, reply) => {
      const body = request.body as LeadBody
      const atMs = deps.clock.nowMs()
      if (isTestMode(body)) {
        const programId = testProgramId(request, body, reply, deps.limits)
        if ((await findProgram(deps.database, programId)) === null) throw unknownProgram()
        const eventId = await insertTestLead(deps.database, {
          programId,
          atMs,
          pageUrl: body.page_url === undefined ? null : storedUrl(body.page_url),
          eventName: cut(body.event_name ?? body.additional_data?.event_name),
          mode: request.caller === null ? 'browser' : 'server',
        })
        return testEventAnswer('lead', eventId, programId)
      }
      // With a key it is the program's own server that calls.
      if (request.caller === null && forbidsTracking(request)) return notTracked
      const lead = toLeadRequest(body, request.caller?.programId ?? null, deps.pepper, atMs)
      return toAnswer(await deps.writer.submit(lead))
    },
  })
}

/** A lead as its use case takes it. Throws ApiError when nothing names a customer. */
export function toLeadRequest(
  body: LeadBody,
  serverProgramId: number | null,
  pepper: Buffer,
  atMs: number,
): LeadRequest {
  // The single id is what the visitor has now; of the list, the newest stands last.
  const clickIds = [body.click_id ?? [], (body.click_ids ?? []).toReversed()].flat()
  if (clickIds.length === 0 && body.customer_key === undefined) {
    throw new ApiError('invalid_request', 'click_id or customer_key is required')
  }
  return {
    serverProgramId,
    clickIds: clickIds.filter(isStorable),
    customerKey: body.customer_key ?? null,
    email: storeEmail(body.email, pepper),
    sessionId: cut(body.session_id),
    pageUrl: body.page_url === undefined ? null : storedUrl(body.page_url),
    eventName: cut(body.event_name ?? body.additional_data?.event_name),
    atMs,
  }
}

function cut(value: string | undefined): string | null {
  return value === undefined ? null : cleanText(value, textCharsMax)
}

function toAnswer(outcome: LeadOutcome) {
  switch (outcome.kind) {
    case 'customer_not_found':
      throw new ApiError(
        'customer_not_found',
        'Customer not found. Provide a valid click_id or customer_key.',
      )
    case 'customer_foreign':
      throw new ApiError('customer_foreign', 'Customer does not belong to this program')
    case 'tracked':
      return trackedAnswer(outcome)
    default:
      return unreachable(outcome)
  }
}

function trackedAnswer({ step }: Extract<LeadOutcome, { kind: 'tracked' }>) {
  switch (step) {
    case 'record':
    case 'settle':
      return { success: true, message: 'Lead tracked successfully' }
    case 'already_tracked':
      return { success: true, message: 'Lead tracked successfully', already_tracked: true }
    case 'hold':
      return {
        success: true,
        provisional: true,
        message: 'Lead received; it counts once your server or a payment confirms it',
      }
    case 'already_held':
      return {
        success: true,
        provisional: true,
        already_tracked: true,
        message: 'Lead received; it counts once your server or a payment confirms it',
      }
    default:
      return unreachable(step)
  }
}
