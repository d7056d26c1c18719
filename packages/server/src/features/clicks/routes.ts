import type { FastifyInstance } from 'fastify'
import { ApiError } from '../../contract/error-codes.ts'
import { type ClickBody, clickBody } from '../../contract/tracking-requests.ts'
import { clickAnswer, trackingErrors } from '../../contract/tracking-responses.ts'
import type { Db } from '../../db/database.ts'
import { acceptProgramKey, type FindProgramKey } from '../../http/authorization.ts'
import { forbidsTracking, notTracked } from '../../http/privacy-control.ts'
import type { RateLimits } from '../../http/rate-limits.ts'
import { isTestMode, testEventAnswer, testProgramId, unknownProgram } from '../../http/test-mode.ts'
import { trackingRoute } from '../../http/tracking-route.ts'
import type { Clock } from '../../shared/clock.ts'
import { unreachable } from '../../shared/errors.ts'
import { isStorable } from '../../shared/text.ts'
import { withAffCode } from '../../shared/web-url.ts'
import { findAcceptedCode } from '../links/index.ts'
import { findProgram } from '../programs/index.ts'
import type { ClickWriter } from './click-writer.ts'
import { describeVisit, type VisitTools } from './describe-visit.ts'
import type { ClickOutcome } from './domain/click-outcome.ts'
import { insertTestClick } from './store.ts'

export interface ClickDeps {
  db: Db
  /** For codes in other parameters than `aff`: a flood of them must not take all connections. */
  codes: Db
  clock: Clock
  limits: RateLimits
  findProgramKey: FindProgramKey
  visitTools: VisitTools
  /** Group commit around `recordClicks`. */
  writer: ClickWriter
}

export function registerClicks(app: FastifyInstance, deps: ClickDeps): void {
  const acceptKey = acceptProgramKey(deps.findProgramKey)
  trackingRoute(app, 'click', {
    config: { failureMessage: 'Click tracking failed' },
    schema: {
      operationId: 'trackClick',
      tags: ['Tracking'],
      summary: 'Record a click',
      description:
        'A visitor landed on a page through a partner link. Answers the click id to keep, and for how many days. No credentials: browsers call it. The answer leaves after the click is on disk.',
      body: clickBody,
      response: { 200: clickAnswer, ...trackingErrors(400, 401, 413, 415, 429, 500, 503) },
    },
    onRequest: async (request, reply) => deps.limits.byAddress('click', request, reply),
    handler: async (request, reply) => {
      const body = request.body as ClickBody
      const atMs = deps.clock.nowMs()
      const sender = { ip: request.ip, userAgent: request.headers['user-agent'] }
      if (isTestMode(body)) {
        // A real click needs no key and reads none; here a key may say whose test it is.
        await acceptKey(request, reply)
        const programId = testProgramId(request, body, reply, deps.limits)
        if ((await findProgram(deps.db, programId)) === null) throw unknownProgram()
        const visit = describeVisit(deps.visitTools, body, sender, atMs)
        const eventId = await insertTestClick(deps.db, programId, atMs, visit)
        return testEventAnswer('click', eventId, programId)
      }
      if (forbidsTracking(request)) return notTracked
      const landed = await withCode(deps, body)
      const code = landingCode(deps.visitTools, landed)
      const visit = describeVisit(deps.visitTools, landed, sender, atMs)
      const existing = body.existing_click_id
      // What cannot be stored names nobody.
      const existingClickId = existing !== undefined && isStorable(existing) ? existing : null
      return toAnswer(await deps.writer.submit({ code, existingClickId, atMs, visit }))
    },
  })
}

/** Where the code stands in another parameter that its program reads, as if it stood in `aff`. */
async function withCode({ codes, visitTools }: ClickDeps, body: ClickBody): Promise<ClickBody> {
  const { affiliate_url: url, page_url: page } = body
  const found = url === undefined ? null : visitTools.landing(url).aff
  if (url === undefined || found?.kind !== 'missing') return body
  const code = await findAcceptedCode(codes, found.others)
  if (code === null) return body
  const landing = withAffCode(url, code)
  return { ...body, affiliate_url: landing, ...(page === url ? { page_url: landing } : {}) }
}

function landingCode(tools: VisitTools, body: ClickBody): string {
  if (body.affiliate_url === undefined) {
    throw new ApiError('invalid_request', 'affiliate_url is required')
  }
  const found = tools.landing(body.affiliate_url).aff
  switch (found.kind) {
    case 'ok':
      return found.code
    case 'invalid_url':
      throw new ApiError('invalid_request', 'Invalid affiliate_url')
    case 'missing':
      throw new ApiError('invalid_request', 'No aff parameter found in affiliate_url')
    default:
      return unreachable(found)
  }
}

function toAnswer(outcome: ClickOutcome) {
  switch (outcome.kind) {
    case 'recorded':
      return {
        success: true,
        click_id: outcome.clickId,
        partner_code: outcome.partnerCode,
        cookie_window_days: outcome.cookieWindowDays,
      }
    case 'link_inactive':
      return { success: false, message: 'Referral link is inactive' }
    case 'link_not_found':
      throw new ApiError('link_not_found', 'Referral link not found')
    case 'link_misconfigured':
      throw new ApiError('link_misconfigured', 'Invalid referral link configuration')
    default:
      return unreachable(outcome)
  }
}
