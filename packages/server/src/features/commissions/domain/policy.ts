/** What a partner group pays, one version of it. Versions are never changed. */
export interface Policy {
  policyId: number
  version: number
  rate: { type: 'percent'; bps: number } | { type: 'fixed'; amountCents: number; currency: string }
  /** `one_time`: the customer's first sale. `months`: sales within so many months of it. */
  duration: { type: 'one_time' } | { type: 'months'; months: number } | { type: 'lifetime' }
  /** Days between the sale and the earliest approval. */
  holdDays: number
}
