import type { FastifyInstance } from 'fastify'
import { ApiError } from '../../../contract/error-codes.ts'
import { type RefundBody, refundBody } from '../../../contract/tracking-requests.ts'
import { refundAnswer, trackingErrors } from '../../../contract/tracking-responses.ts'
import type { Database } from '../../../db/database.ts'
import { callerOf, type FindProgramKey, requireProgramKey } from '../../../http/authorization.ts'
import type { RateLimits } from '../../../http/rate-limits.ts'
import { isTestMode, testEventAnswer } from '../../../http/test-mode.ts'
import { trackingRoute } from '../../../http/tracking-route.ts'
import type { Clock } from '../../../shared/clock.ts'
import { toMajorUnits } from '../../../shared/currency.ts'
import { unreachable } from '../../../shared/errors.ts'
import { cleanText } from '../../../shared/text.ts'
import { insertTestRefund } from './store.ts'
import { type RefundOutcome, type RefundRequest, trackRefund } from './track-refund.ts'

export interface RefundDeps {
  database: Database
  clock: Clock
  limits: RateLimits
  findProgramKey: FindProgramKey
}

const reasonCharsMax = 500

export function registerRefunds(app: FastifyInstance, deps: RefundDeps): void {
  trackingRoute(app, 'refund', {
    config: { failureMessage: 'Refund tracking failed' },
    schema: {
      operationId: 'trackRefund',
      tags: ['Tracking'],
      summary: 'Record a refund',
      description:
        "Takes back the part of the commission that the refund is of the sale. Report either totals so far or single refunds with their ids; where both are reported, the greater counts, so that nothing is taken back twice. `deductionAmount` is what this call took, in major units of the commission's currency.",
      security: [{ programKey: [] }],
      body: refundBody,
      response: { 200: refundAnswer, ...trackingErrors(400, 401, 404, 413, 415, 429, 500, 503) },
    },
    onRequest: [
      requireProgramKey(deps.findProgramKey),
      async (request, reply) => deps.limits.byKey('write', callerOf(request).keyId, reply),
    ],
    handler: async (request) => {
      const body = request.body as RefundBody
      const { programId } = callerOf(request)
      const atMs = deps.clock.nowMs()
      if (isTestMode(body)) {
        const eventId = await insertTestRefund(deps.database, {
          ...toDetails(body, programId, atMs),
          transactionId: body.transaction_id ?? `test_txn_${atMs}`,
          reportedCents: body.refund_amount_cents ?? null,
        })
        return testEventAnswer('refund', eventId, programId)
      }
      return toAnswer(await trackRefund(deps.database, toRefundRequest(body, programId, atMs)))
    },
  })
}

/** A refund as its use case takes it. Throws ApiError when it names no sale. */
export function toRefundRequest(body: RefundBody, programId: number, atMs: number): RefundRequest {
  if (body.transaction_id === undefined) {
    throw new ApiError('invalid_request', 'transaction_id is required')
  }
  // 0 means everything, like a missing amount.
  const amountCents = body.refund_amount_cents || null
  const { transaction_id: transactionId } = body
  return { ...toDetails(body, programId, atMs), transactionId, amountCents }
}

function toDetails(body: RefundBody, programId: number, atMs: number) {
  const { refund_id: refundId = null, refund_reason: reason } = body
  return {
    programId,
    atMs,
    refundId,
    reason: reason === undefined ? null : cleanText(reason, reasonCharsMax),
  }
}

function toAnswer(outcome: RefundOutcome) {
  switch (outcome.kind) {
    case 'sale_not_found':
      throw new ApiError('sale_not_found', 'Sale not found for transaction_id')
    case 'exceeds_sale':
      throw new ApiError(
        'refund_exceeds_sale',
        'refund_amount_cents exceeds what is left of the sale',
      )
    case 'no_commission':
      return {
        success: true,
        status: 'no_commission',
        message: 'Sale has no commission to reverse',
      }
    case 'nothing_new':
      return {
        success: true,
        status: 'skipped',
        reason: 'already reversed',
        commission_id: outcome.commissionId,
      }
    case 'taken_back':
      return {
        success: true,
        status: outcome.isWholeSale ? 'reversed' : 'refunded',
        deductionAmount: toMajorUnits(outcome.deductionCents, outcome.currency),
        deduction_amount_cents: outcome.deductionCents,
        commission_id: outcome.commissionId,
      }
    default:
      return unreachable(outcome)
  }
}
