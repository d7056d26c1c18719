import type { Tx } from '../../db/database.ts'
import { commissionReversed, post } from '../ledger/index.ts'
import { commissionAfterRefund } from './domain/commission.ts'
import { type Commission, loadPolicyVersion, updateReversal } from './store.ts'

export interface RefundedSale {
  programId: number
  refundRowId: number
  saleCents: number
  /** All refunds of the sale together, this one included. */
  refundedCents: number
  atMs: number
}

/**
 * Takes back what a refund costs the partner, under the policy version that made the commission.
 * The commission must be locked. Returns the minor units taken back now, which can be 0.
 */
export async function reverseCommission(
  tx: Tx,
  commission: Commission,
  sale: RefundedSale,
): Promise<number> {
  const policy = await loadPolicyVersion(
    tx,
    sale.programId,
    commission.policyId,
    commission.policyVersion,
  )
  const remainingCents = sale.saleCents - sale.refundedCents
  const left = commissionAfterRefund(policy, commission.amountCents, sale.saleCents, remainingCents)
  const reversedCents = commission.amountCents - left
  const deductionCents = reversedCents - commission.reversedCents
  const status = remainingCents === 0 ? 'reversed' : 'refunded'
  await updateReversal(tx, sale.programId, commission.commissionId, reversedCents, status)
  if (deductionCents > 0) {
    const posting = commissionReversed(commission.commissionId, sale.refundRowId, {
      partnerId: commission.partnerId,
      currency: commission.currency,
      amountCents: deductionCents,
    })
    await post(tx, [{ ...posting, programId: sale.programId, atMs: sale.atMs }])
  }
  return deductionCents
}
