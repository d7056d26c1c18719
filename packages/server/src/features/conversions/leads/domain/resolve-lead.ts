/** What a lead does to a customer, decided before anything is written. */

interface LeadCustomer {
  customerKey: string | null
  status: 'click' | 'lead' | 'conversion'
  leadAtMs: number | null
  provisionalLeadAtMs: number | null
}

export type LeadStep =
  /** The customer has a lead: nothing is added. */
  | 'already_tracked'
  /** A browser's lead waits for the backend. */
  | 'hold'
  /** A browser's lead waits already. */
  | 'already_held'
  /** The lead that waited counts from now on. */
  | 'settle'
  | 'record'

export function resolveLead(customer: LeadCustomer, needsBackend: boolean): LeadStep {
  if (customer.leadAtMs !== null) return 'already_tracked'
  if (customer.provisionalLeadAtMs !== null) return needsBackend ? 'already_held' : 'settle'
  return needsBackend ? 'hold' : 'record'
}

/**
 * Whether the lead's key may be bound. A backend may name a customer by several keys. A browser may
 * only name one that has none yet, and not where the backend has to confirm: whoever guesses another
 * customer's key must not collect that customer's sales.
 */
export function mayBindKey(
  customer: LeadCustomer,
  isServer: boolean,
  needsBackend: boolean,
): boolean {
  return isServer || (!needsBackend && customer.customerKey === null)
}

/** Status runs click → lead → conversion and never back. */
export function statusAfterLead(status: LeadCustomer['status']): LeadCustomer['status'] {
  return status === 'click' ? 'lead' : status
}
