import type { StoredEmail } from '../../customers/index.ts'
import type { LeadStep } from './domain/resolve-lead.ts'

export interface LeadRequest {
  /** The key's program in server mode; null in browser mode. */
  serverProgramId: number | null
  /** Candidates in the order in which they count. */
  clickIds: string[]
  customerKey: string | null
  email: StoredEmail | null
  sessionId: string | null
  pageUrl: string | null
  eventName: string | null
  atMs: number
}

export type LeadRefusal = { kind: 'customer_not_found' } | { kind: 'customer_foreign' }

export type LeadOutcome = { kind: 'tracked'; step: LeadStep } | LeadRefusal
