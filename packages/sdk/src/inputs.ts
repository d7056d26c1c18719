/** What the calls take. Every field may also be written as on the wire: `customer_key`. */

interface Common {
  /** Stores a test event, which counts nowhere. */
  testMode?: boolean | undefined
  additionalData?: Record<string, unknown> | undefined
}

/** The customer, by your own name for it. Both names mean the same. */
interface Customer {
  customerKey?: string | undefined
  customerExternalId?: string | undefined
}

/** The payment's id, which counts once. Both names mean the same. */
interface Transaction {
  transactionId?: string | undefined
  invoiceId?: string | undefined
}

export interface ClickInput extends Common {
  /** The landing URL with the partner's code. */
  affiliateUrl?: string | undefined
  pageUrl?: string | undefined
  pageTitle?: string | undefined
  referrerUrl?: string | undefined
  /** The click id that the visitor has already. */
  existingClickId?: string | undefined
  sessionId?: string | undefined
  /** The visitor's, not your server's. */
  userAgent?: string | undefined
  language?: string | undefined
  timezone?: string | undefined
  programId?: number | undefined
}

export interface LeadInput extends Common, Customer {
  clickId?: string | undefined
  /** Candidates, newest last. */
  clickIds?: string[] | undefined
  /** Stored as a hash only. */
  email?: string | undefined
  sessionId?: string | undefined
  pageUrl?: string | undefined
  eventName?: string | undefined
}

export interface SaleInput extends Common, Customer, Transaction {
  /** In the smallest unit of the currency. */
  amountCents?: number | undefined
  /** ISO 4217. The program's when left out. */
  currency?: string | undefined
  clickId?: string | undefined
  saleType?: 'payment' | 'subscription' | undefined
  isRecurring?: boolean | undefined
  subscriptionId?: string | undefined
  subscriptionInterval?: 'monthly' | 'quarterly' | 'annual' | undefined
  productId?: string | undefined
  lineItems?: unknown
  email?: string | undefined
  eventName?: string | undefined
}

export interface RefundInput extends Common, Transaction {
  /**
   * With `refundId` this refund's own amount; without, the total refunded so far. Everything when left out.
   */
  amountCents?: number | undefined
  /** Counts once. */
  refundId?: string | undefined
  reason?: string | undefined
}

export interface CallOptions {
  signal?: AbortSignal | undefined
}
