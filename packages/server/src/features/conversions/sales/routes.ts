import type { FastifyInstance } from 'fastify'
import { ApiError } from '../../../contract/error-codes.ts'
import { type SaleBody, saleBody } from '../../../contract/tracking-requests.ts'
import {
  duplicateSaleError,
  saleAnswer,
  trackingErrors,
} from '../../../contract/tracking-responses.ts'
import type { Database } from '../../../db/database.ts'
import { callerOf, type FindProgramKey, requireProgramKey } from '../../../http/authorization.ts'
import type { RateLimits } from '../../../http/rate-limits.ts'
import { isTestMode, testEventAnswer } from '../../../http/test-mode.ts'
import { trackingRoute } from '../../../http/tracking-route.ts'
import type { Clock } from '../../../shared/clock.ts'
import { parseCurrency } from '../../../shared/currency.ts'
import { unreachable } from '../../../shared/errors.ts'
import { cleanJson, cleanText } from '../../../shared/text.ts'
import { storeEmail } from '../../customers/index.ts'
import type { SaleDetails, SaleOutcome, SaleRequest } from './sale.ts'
import { type SaleWriter, trackSale } from './sale-writer.ts'
import { insertTestSale } from './store.ts'

export interface SaleDeps {
  database: Database
  /** Group commit around `trackSales`. */
  writer: SaleWriter
  clock: Clock
  limits: RateLimits
  findProgramKey: FindProgramKey
  pepper: Buffer
}

const lineItemsBytesMax = 16 * 1024
const eventNameCharsMax = 255

export function registerSales(app: FastifyInstance, deps: SaleDeps): void {
  trackingRoute(app, 'sale', {
    config: { failureMessage: 'Sale tracking failed' },
    schema: {
      operationId: 'trackSale',
      tags: ['Tracking'],
      summary: 'Record a sale',
      description:
        'A customer paid. Finds the customer by `customer_key`, then `click_id`; decides who earned; stores sale, commission and ledger entries in one transaction. `transaction_id` makes it happen once: a repetition answers 409 with the first ids.',
      security: [{ programKey: [] }],
      body: saleBody,
      response: {
        200: saleAnswer,
        ...trackingErrors(400, 401, 413, 415, 429, 500, 503),
        409: duplicateSaleError,
      },
    },
    onRequest: [
      requireProgramKey(deps.findProgramKey),
      async (request, reply) => deps.limits.byKey('write', callerOf(request).keyId, reply),
    ],
    handler: async (request) => {
      const body = request.body as SaleBody
      const { programId } = callerOf(request)
      const atMs = deps.clock.nowMs()
      if (isTestMode(body)) {
        const eventId = await insertTestSale(deps.database, {
          programId,
          atMs,
          transactionId: body.transaction_id ?? `test_txn_${atMs}`,
          amountCents: body.amount_cents ?? null,
          currency: body.currency === undefined ? null : parseCurrency(body.currency),
        })
        return testEventAnswer('sale', eventId, programId)
      }
      const sale = toSaleRequest(body, programId, deps.pepper, atMs)
      return toAnswer(await trackSale(deps.database, deps.writer, sale))
    },
  })
}

/** A sale as its use case takes it. Throws ApiError for what is missing. */
export function toSaleRequest(
  body: SaleBody,
  programId: number,
  pepper: Buffer,
  atMs: number,
): SaleRequest {
  if (body.transaction_id === undefined) {
    throw new ApiError('invalid_request', 'transaction_id is required and must be a string')
  }
  if (body.amount_cents === undefined) {
    throw new ApiError('invalid_request', 'amount_cents is required and must be a positive integer')
  }
  return {
    programId,
    transactionId: body.transaction_id,
    amountCents: body.amount_cents,
    currency: body.currency === undefined ? null : parseCurrency(body.currency),
    customerKey: body.customer_key ?? null,
    clickId: body.click_id ?? null,
    details: toDetails(body, pepper),
    atMs,
  }
}

function toDetails(body: SaleBody, pepper: Buffer): SaleDetails {
  const email = storeEmail(body.email, pepper)
  const eventName = body.event_name ?? body.additional_data?.event_name
  return {
    saleType: body.sale_type ?? 'payment',
    isRecurring: body.is_recurring ?? false,
    subscriptionId: body.subscription_id ?? null,
    subscriptionInterval: body.subscription_interval ?? null,
    productId: body.product_id ?? null,
    lineItems: toLineItems(body.line_items),
    eventName: eventName === undefined ? null : cleanText(eventName, eventNameCharsMax),
    customerKey: body.customer_key ?? null,
    emailHash: email?.hash ?? null,
    emailMasked: email?.masked ?? null,
  }
}

function toLineItems(value: unknown): string | null {
  if (value === undefined) return null
  const json = JSON.stringify(cleanJson(value))
  if (Buffer.byteLength(json) > lineItemsBytesMax) {
    throw new ApiError('invalid_request', 'line_items must be at most 16 KiB of JSON')
  }
  return json
}

function toAnswer(outcome: SaleOutcome) {
  switch (outcome.kind) {
    case 'sale':
      return saleTracked(outcome)
    case 'window_expired':
      return {
        success: true,
        attributed: false,
        reason: 'attribution_window_expired',
        click_age_days: outcome.clickAgeDays,
        window_days: outcome.windowDays,
        sale_id: null,
        commission_id: null,
      }
    case 'duplicate':
      throw new ApiError(
        outcome.isMismatch ? 'transaction_mismatch' : 'duplicate_transaction',
        'Duplicate transaction_id. This sale has already been recorded.',
        { extra: { sale_id: outcome.saleId, commission_id: outcome.commissionId } },
      )
    case 'customer_not_found':
      throw new ApiError(
        'customer_not_found',
        'Customer not found. Provide customer_key or click_id.',
      )
    case 'no_attribution':
      throw new ApiError(
        'no_attribution',
        'No affiliate attribution found for this customer in this program',
      )
    case 'no_partner':
      throw new ApiError('no_partner', 'No partner-program relationship found for this customer')
    default:
      return unreachable(outcome)
  }
}

function saleTracked({ saleId, partnerCode, commission }: Extract<SaleOutcome, { kind: 'sale' }>) {
  const earned = commission.kind === 'commission'
  return {
    success: true,
    sale_id: saleId,
    commission_id: earned ? commission.commissionId : null,
    message: 'Sale tracked successfully',
    attributed: true,
    partner_code: partnerCode,
    commission_cents: earned ? commission.amountCents : 0,
    ...(earned ? {} : { reason: commission.reason }),
  }
}
