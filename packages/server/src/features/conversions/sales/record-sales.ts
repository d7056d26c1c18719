import type { Tx } from '../../../db/database.ts'
import type { StorableAttribution } from '../../attribution/index.ts'
import { type EarnedCommission, earnCommissions } from '../../commissions/index.ts'
import { type Customer, updateCustomers } from '../../customers/index.ts'
import { findLinkCodes } from '../../links/index.ts'
import type { Program } from '../../programs/index.ts'
import {
  addMoney,
  addTraffic,
  type MoneyDelta,
  moneyDeltas,
  type TrafficDelta,
} from '../../totals/index.ts'
import { type HeldLead, hasHeldLead, settleLeads } from '../leads/settle-leads.ts'
import type { SaleOutcome } from './sale.ts'
import { insertSales, insertSubscriptions, type SaleRow, storeReason } from './store.ts'

/** A sale that somebody earns from, its transaction id claimed and its customer locked. */
export interface ClaimedSale {
  program: Program
  customer: Customer
  row: SaleRow
  attribution: StorableAttribution
}

/** Everything that attributed sales of different customers change. Answers in their order. */
export async function recordSales(tx: Tx, sales: readonly ClaimedSale[]): Promise<SaleOutcome[]> {
  if (sales.length === 0) return []
  const rows = sales.map((sale) => sale.row)
  await insertSales(tx, rows)
  await insertSubscriptions(tx, rows)
  const commissions = await earnCommissions(
    tx,
    sales.map(({ row, customer }) => ({ ...row, firstSaleAtMs: customer.convertedAtMs })),
  )
  const recorded = sales.map((sale, i) => ({ ...sale, commission: commissionAt(commissions, i) }))
  for (const { row, commission } of recorded) {
    if (commission.kind === 'commission') continue
    await storeReason(tx, row.programId, row.transactionId, commission.reason)
  }
  await updateCustomers(tx, sales.map(customerChange))
  const outcomes: SaleOutcome[] = []
  for (const { row, attribution, commission } of recorded) {
    const partnerCode = await codeOfWinner(tx, row, attribution)
    outcomes.push({ kind: 'sale', saleId: row.saleId, partnerCode, commission })
  }
  const leads = await settleLeads(tx, settledLeads(sales))
  // Last, because these rows are the busiest.
  await addTraffic(tx, [...leads, ...rows.flatMap(firstSaleDelta)])
  await addMoney(tx, recorded.flatMap(saleDeltas))
  return outcomes
}

function commissionAt(commissions: readonly EarnedCommission[], i: number): EarnedCommission {
  const commission = commissions[i]
  if (commission === undefined) throw new Error('A sale was not asked for its commission')
  return commission
}

function customerChange({ customer, row }: ClaimedSale) {
  return {
    programId: row.programId,
    customerId: customer.customerId,
    status: 'conversion' as const,
    leadAtMs: hasHeldLead(customer) ? row.atMs : null,
    provisionalLeadAtMs: null,
    convertedAtMs: row.atMs,
    emailHash: row.details.emailHash,
    emailMasked: row.details.emailMasked,
  }
}

/** A verified payment is the word that a browser's lead waited for. */
function settledLeads(sales: readonly ClaimedSale[]): HeldLead[] {
  return sales.flatMap(({ program, customer, row }) =>
    hasHeldLead(customer) ? [{ program, customer, atMs: row.atMs }] : [],
  )
}

function firstSaleDelta({ isFirstSale, programId, linkId, atMs }: SaleRow): TrafficDelta[] {
  return isFirstSale ? [{ programId, linkId, atMs, leads: 0, conversions: 1 }] : []
}

function saleDeltas({
  row,
  commission,
}: {
  row: SaleRow
  commission: EarnedCommission
}): MoneyDelta[] {
  const { programId, linkId, atMs, currency, amountCents } = row
  const deltas = moneyDeltas(
    { currency, sales: 1, revenueCents: amountCents, refundedCents: 0 },
    commission.kind === 'none'
      ? null
      : {
          currency: commission.currency,
          commissionCents: commission.amountCents,
          commissionReversedCents: 0,
        },
  )
  return deltas.map((delta) => ({ ...delta, programId, linkId, atMs }))
}

/** The winning link's code; a renewal's link may be older than the touches that were looked at. */
async function codeOfWinner(
  tx: Tx,
  { programId, linkId }: SaleRow,
  attribution: StorableAttribution,
): Promise<string> {
  const touch = attribution.touches.find((one) => one.touch.linkId === linkId)
  if (touch !== undefined) return touch.touch.partnerCode
  const codes = await findLinkCodes(tx, programId, [linkId])
  const code = codes.get(linkId)
  if (code === undefined) throw new Error(`Link ${linkId} does not exist`)
  return code
}
