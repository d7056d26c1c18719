import { addMonths, DAY_MS } from '../../../shared/calendar.ts'
import { mulDivHalfUp, shareOf } from '../../../shared/money.ts'
import type { Policy } from './policy.ts'

export interface CommissionableSale {
  amountCents: number
  currency: string
  atMs: number
  /** The customer's first attributed sale; null when this is it. */
  firstSaleAtMs: number | null
}

/** Why an attributed sale pays nothing. */
export type NoCommissionReason =
  | 'policy_pays_nothing'
  | 'not_first_sale'
  | 'duration_ended'
  | 'rounds_to_zero'

export type CommissionDecision =
  | { kind: 'commission'; amountCents: number; currency: string; holdEndsAtMs: number }
  | { kind: 'none'; reason: NoCommissionReason }

/** What a policy pays for a sale. Percentages round half up to the minor unit. */
export function decideCommission(policy: Policy, sale: CommissionableSale): CommissionDecision {
  const reason = refusal(policy, sale)
  if (reason !== null) return { kind: 'none', reason }
  const amountCents = commissionOn(policy, sale.amountCents)
  if (amountCents === 0) return { kind: 'none', reason: 'rounds_to_zero' }
  return {
    kind: 'commission',
    amountCents,
    currency: policy.rate.type === 'percent' ? sale.currency : policy.rate.currency,
    holdEndsAtMs: sale.atMs + policy.holdDays * DAY_MS,
  }
}

/**
 * What of a commission is left when `remainingCents` of the sale's `saleCents` are left. A refund takes
 * back the difference, so parts never add up to more than the whole, and a whole refund leaves 0.
 */
export function commissionAfterRefund(
  policy: Policy,
  commissionCents: number,
  saleCents: number,
  remainingCents: number,
): number {
  if (policy.rate.type === 'percent') return commissionOn(policy, remainingCents)
  return mulDivHalfUp(commissionCents, remainingCents, saleCents)
}

function refusal(policy: Policy, sale: CommissionableSale): NoCommissionReason | null {
  const pays = policy.rate.type === 'percent' ? policy.rate.bps : policy.rate.amountCents
  if (pays === 0) return 'policy_pays_nothing'
  if (sale.firstSaleAtMs === null) return null
  switch (policy.duration.type) {
    case 'one_time':
      return 'not_first_sale'
    case 'months':
      return sale.atMs < addMonths(sale.firstSaleAtMs, policy.duration.months)
        ? null
        : 'duration_ended'
    case 'lifetime':
      return null
  }
}

function commissionOn(policy: Policy, saleCents: number): number {
  return policy.rate.type === 'percent'
    ? shareOf(saleCents, policy.rate.bps)
    : policy.rate.amountCents
}
