import type { Tx } from '../../db/database.ts'
import { commissionEarned, post } from '../ledger/index.ts'
import { decideCommission, type NoCommissionReason } from './domain/commission.ts'
import type { Policy } from './domain/policy.ts'
import {
  insertCommissions,
  loadPoliciesInForce,
  type NewCommission,
  type SaleOfCommission,
} from './store.ts'

export interface EarningSale extends SaleOfCommission {
  amountCents: number
  currency: string
  /** The customer's first attributed sale; null when this is it. */
  firstSaleAtMs: number | null
}

export type EarnedCommission =
  | { kind: 'commission'; commissionId: number; amountCents: number; currency: string }
  | { kind: 'none'; reason: NoCommissionReason }

/**
 * Applies the policies in force to sales: the commissions and
 * their ledger entries, in the sales' transaction. Answers in the order of the sales.
 */
export async function earnCommissions(
  tx: Tx,
  sales: readonly EarningSale[],
): Promise<EarnedCommission[]> {
  const policies = await loadPoliciesInForce(tx, sales)
  const decisions = sales.map((sale, i) => decide(sale, policies[i]))
  const earned = await insertCommissions(
    tx,
    decisions.flatMap((one) => (one.kind === 'commission' ? [one.commission] : [])),
  )
  await post(
    tx,
    earned.map((one) => ({
      ...commissionEarned(one.commissionId, one),
      programId: one.programId,
      atMs: one.atMs,
    })),
  )
  const bySale = new Map(earned.map((one) => [one.saleId, one]))
  return sales.map(({ saleId }, i): EarnedCommission => {
    const decision = decisions[i]
    if (decision?.kind === 'none') return decision
    const commission = bySale.get(saleId)
    if (commission === undefined) throw new Error('A commission was not made')
    const { commissionId, amountCents, currency } = commission
    return { kind: 'commission', commissionId, amountCents, currency }
  })
}

function decide(
  sale: EarningSale,
  policy: Policy | undefined,
):
  | { kind: 'commission'; commission: NewCommission }
  | { kind: 'none'; reason: NoCommissionReason } {
  if (policy === undefined) throw new Error('A policy was not loaded')
  const decision = decideCommission(policy, sale)
  if (decision.kind === 'none') return decision
  return {
    kind: 'commission',
    commission: {
      programId: sale.programId,
      transactionId: sale.transactionId,
      saleId: sale.saleId,
      partnerId: sale.partnerId,
      linkId: sale.linkId,
      customerId: sale.customerId,
      amountCents: decision.amountCents,
      currency: decision.currency,
      policyId: policy.policyId,
      policyVersion: policy.version,
      holdEndsAtMs: decision.holdEndsAtMs,
      atMs: sale.atMs,
    },
  }
}
