import type { Tx } from '../../db/database.ts'
import { commissionEarned, post } from '../ledger/index.ts'
import { decideCommission, type NoCommissionReason } from './domain/commission.ts'
import { insertCommission, loadPolicyInForce } from './store.ts'

export interface EarningSale {
  programId: number
  transactionId: string
  saleId: number
  partnerId: number
  linkId: number
  customerId: number
  amountCents: number
  currency: string
  atMs: number
  /** The customer's first attributed sale; null when this is it. */
  firstSaleAtMs: number | null
}

export type EarnedCommission =
  | { kind: 'commission'; commissionId: number; amountCents: number; currency: string }
  | { kind: 'none'; reason: NoCommissionReason }

/** Applies the policy in force to a sale: the commission and its ledger entries, in the sale's transaction. */
export async function earnCommission(tx: Tx, sale: EarningSale): Promise<EarnedCommission> {
  const policy = await loadPolicyInForce(tx, sale.programId, sale.partnerId, sale.atMs)
  const decision = decideCommission(policy, sale)
  if (decision.kind === 'none') return decision
  const { amountCents, currency, holdEndsAtMs } = decision
  const commissionId = await insertCommission(
    tx,
    {
      programId: sale.programId,
      transactionId: sale.transactionId,
      saleId: sale.saleId,
      partnerId: sale.partnerId,
      linkId: sale.linkId,
      customerId: sale.customerId,
      amountCents,
      currency,
      policyId: policy.policyId,
      policyVersion: policy.version,
      holdEndsAtMs,
    },
    sale.atMs,
  )
  const posting = commissionEarned(commissionId, {
    partnerId: sale.partnerId,
    currency,
    amountCents,
  })
  await post(tx, sale.programId, posting, sale.atMs)
  return { kind: 'commission', commissionId, amountCents, currency }
}
