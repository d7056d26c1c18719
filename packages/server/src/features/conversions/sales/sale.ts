import type { StoredAttribution } from '../../attribution/index.ts'
import type { EarnedCommission } from '../../commissions/index.ts'

/** What a sale carries besides the money, as sent and cleaned. */
export interface SaleDetails {
  saleType: 'payment' | 'subscription'
  isRecurring: boolean
  subscriptionId: string | null
  subscriptionInterval: 'monthly' | 'quarterly' | 'annual' | null
  productId: string | null
  /** JSON text. */
  lineItems: string | null
  eventName: string | null
  customerKey: string | null
  emailHash: Buffer | null
  emailMasked: string | null
}

export interface SaleRequest {
  programId: number
  transactionId: string
  amountCents: number
  /** Null: the program's. */
  currency: string | null
  customerKey: string | null
  clickId: string | null
  details: SaleDetails
  atMs: number
}

/** A sale whose currency is settled. */
export type CurrencySale = SaleRequest & { currency: string }

export type SaleOutcome =
  | {
      kind: 'sale'
      saleId: number
      partnerCode: string
      commission: EarnedCommission
    }
  | { kind: 'window_expired'; clickAgeDays: number; windowDays: number }
  | { kind: 'duplicate'; isMismatch: boolean; saleId: number | null; commissionId: number | null }
  | { kind: 'customer_not_found' }
  | { kind: 'no_attribution' }
  | { kind: 'no_partner' }

/** The claim on a transaction id, with the decision that was made. */
export interface SaleTransaction {
  transactionId: string
  amountCents: number
  currency: string
  customerId: number
  /** Null where the verdict refused the sale. */
  saleId: number | null
  /** Why there is no sale, or no commission. */
  reason: string | null
  attribution: StoredAttribution
  /** Null when no commission was made. */
  commissionId: number | null
}

/**
 * A transaction id is decided on once. A recorded sale answers as a duplicate; a refusal for the window
 * is answered again as it was.
 */
export function answerEarlier(
  earlier: SaleTransaction,
  { amountCents, currency }: CurrencySale,
): SaleOutcome {
  const isMismatch = earlier.amountCents !== amountCents || earlier.currency !== currency
  const { attribution, saleId, commissionId } = earlier
  if (saleId === null && !isMismatch && attribution.click_age_days !== undefined) {
    return {
      kind: 'window_expired',
      clickAgeDays: attribution.click_age_days,
      windowDays: attribution.window_days,
    }
  }
  return { kind: 'duplicate', isMismatch, saleId, commissionId }
}
