import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import { ApiError } from '../../contract/error-codes.ts'
import {
  agentErrors,
  ledgerQuery,
  ledgerReport,
  saleParams,
  saleReport,
} from '../../contract/reading.ts'
import type { Db } from '../../db/database.ts'
import { callerOf, type FindProgramKey, requireProgramKey } from '../../http/authorization.ts'
import type { RateLimits } from '../../http/rate-limits.ts'
import type { Clock } from '../../shared/clock.ts'
import { parseCurrency } from '../../shared/currency.ts'
import { isStorable } from '../../shared/text.ts'
import { registerEvents } from './events/routes.ts'
import { registerPerformance } from './performance/routes.ts'
import { type LedgerPage, readLedger } from './read-ledger.ts'
import { registerStatus } from './status/routes.ts'
import { readSale, type SaleReport } from './store.ts'

export interface ReportDeps {
  db: Db
  clock: Clock
  limits: RateLimits
  findProgramKey: FindProgramKey
}

export function registerReports(app: FastifyInstance, deps: ReportDeps): void {
  const onRequest = [
    requireProgramKey(deps.findProgramKey),
    async (request: FastifyRequest, reply: FastifyReply) =>
      deps.limits.byKey('read', callerOf(request).keyId, reply),
  ]
  registerEvents(app, { db: deps.db, onRequest })
  registerPerformance(app, { db: deps.db, clock: deps.clock, onRequest })
  registerStatus(app, { db: deps.db, clock: deps.clock, onRequest })

  app.route({
    method: 'GET',
    url: '/api/v1/programs/me/sales/:transaction_id',
    schema: {
      operationId: 'readSale',
      tags: ['Reading'],
      summary: 'What became of a sale',
      description:
        'One sale by its transaction id: amount, refunds, commission, and why that partner got it. A sale that was refused for its window is found too, with `sale_id: null`.',
      security: [{ programKey: [] }],
      params: saleParams,
      response: { 200: saleReport, ...agentErrors(400, 401, 404, 414, 429, 500, 503) },
    },
    onRequest,
    handler: async (request) => {
      const { transaction_id: transactionId } = request.params as Static<typeof saleParams>
      const { programId } = callerOf(request)
      // What cannot be stored was never recorded.
      const sale = isStorable(transactionId)
        ? await readSale(deps.db, programId, transactionId)
        : null
      if (sale === null) throw new ApiError('sale_not_found', 'Sale not found for transaction_id')
      return { data: toApiSale(sale) }
    },
  })

  app.route({
    method: 'GET',
    url: '/api/v1/programs/me/ledger',
    schema: {
      operationId: 'readLedger',
      tags: ['Reading'],
      summary: "The program's ledger",
      description:
        'Every account with its balance, and the transactions behind them, newest first, 50 a page. Every transaction sums to zero, and so does the whole.',
      security: [{ programKey: [] }],
      querystring: ledgerQuery,
      response: { 200: ledgerReport, ...agentErrors(400, 401, 404, 429, 500, 503) },
    },
    onRequest,
    handler: async (request) => {
      const query = request.query as Static<typeof ledgerQuery>
      const page = await readLedger(deps.db, {
        programId: callerOf(request).programId,
        partnerCode: query.partner_code ?? null,
        currency: query.currency === undefined ? null : parseCurrency(query.currency),
        beforeId: query.cursor === undefined ? null : Number(query.cursor),
      })
      if (page === null)
        throw new ApiError('not_found', 'partner_code names no partner of this program')
      return toApiLedger(page)
    },
  })
}

function toApiSale(sale: SaleReport) {
  const { commission } = sale
  return {
    sale_id: sale.saleId,
    transaction_id: sale.transactionId,
    amount_cents: sale.amountCents,
    currency: sale.currency,
    refunded_cents: sale.refundedCents,
    attributed: sale.saleId !== null,
    reason: sale.reason,
    partner_code: sale.partnerCode,
    click_id: sale.clickId,
    customer_key: sale.customerKey,
    commission: commission && {
      commission_id: commission.commissionId,
      amount_cents: commission.amountCents,
      reversed_cents: commission.reversedCents,
      currency: commission.currency,
      status: commission.status,
      hold_ends_at: commission.holdEndsAt.toISOString(),
      policy_id: commission.policyId,
      policy_version: commission.policyVersion,
    },
    attribution: sale.attribution,
    created_at: sale.createdAt.toISOString(),
  }
}

function toApiLedger(page: LedgerPage) {
  const codeOf = (partnerId: number) => page.partnerCodes.get(partnerId) ?? null
  const sums: Record<string, number> = {}
  for (const { currency, balanceCents } of page.accounts) {
    sums[currency] = (sums[currency] ?? 0) + balanceCents
  }
  return {
    data: {
      accounts: page.accounts.map((account) => ({
        account: account.account,
        partner_code: codeOf(account.partnerId),
        currency: account.currency,
        balance_cents: account.balanceCents,
      })),
      transactions: page.transactions.map((transaction) => ({
        id: transaction.id,
        at: new Date(transaction.atMs).toISOString(),
        kind: transaction.kind,
        ref: transaction.ref,
        entries: transaction.entries.map((entry) => ({
          account: entry.account,
          partner_code: codeOf(entry.partnerId),
          currency: entry.currency,
          amount_cents: entry.amountCents,
        })),
      })),
      sum_cents: sums,
    },
    meta: {
      pagination: { nextCursor: page.nextBeforeId === null ? null : String(page.nextBeforeId) },
    },
  }
}
