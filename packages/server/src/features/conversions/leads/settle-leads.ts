import type { Tx } from '../../../db/database.ts'
import { attribute } from '../../attribution/index.ts'
import { loadTouches } from '../../clicks/index.ts'
import { type Customer, clockSkewMaxMs, eventTime } from '../../customers/index.ts'
import type { Program } from '../../programs/index.ts'
import type { TrafficDelta } from '../../totals/index.ts'
import { settleLeadEvents } from './store.ts'

/** Who a lead counts for. */
export interface Credit {
  linkId: number
  partnerId: number
}

interface CreditQuestion {
  program: Program
  customer: Customer
  atMs: number
}

/** A provisional lead that counts from `atMs` on. */
export interface HeldLead extends CreditQuestion {
  customer: Customer & { provisionalLeadAtMs: number }
}

/** A customer whose provisional lead still waits. */
export function hasHeldLead(customer: Customer): customer is HeldLead['customer'] {
  return customer.leadAtMs === null && customer.provisionalLeadAtMs !== null
}

/**
 * Lets provisional leads of different customers count. The caller writes the customers' new state, and
 * adds what this answers to the totals, which come last in a transaction.
 */
export async function settleLeads(tx: Tx, leads: readonly HeldLead[]): Promise<TrafficDelta[]> {
  const credits = await creditLeads(tx, leads)
  const settled = leads.map(({ program: { programId }, customer, atMs }, i) => {
    const { customerId, provisionalLeadAtMs: heldAtMs } = customer
    return { programId, customerId, heldAtMs, atMs, credit: credits[i] ?? null }
  })
  await settleLeadEvents(tx, settled)
  return settled.map(({ programId, credit, atMs }) => leadDelta(programId, credit, atMs))
}

/** The link that each lead counts for, or null when no click of the customer is eligible. */
export async function creditLeads(
  tx: Tx,
  leads: readonly CreditQuestion[],
): Promise<(Credit | null)[]> {
  const touches = await loadTouches(
    tx,
    leads.map(({ program: { programId }, customer: { customerId, createdAtMs }, atMs }) => ({
      programId,
      customerId,
      sinceMs: createdAtMs,
      untilMs: atMs + clockSkewMaxMs,
    })),
  )
  return leads.map(({ program, atMs }, i) => {
    const found = touches[i] ?? []
    const newest = found.findLast((touch) => touch.atMs <= atMs + clockSkewMaxMs)
    const result = attribute(
      found,
      {
        model: program.attributionModel,
        binding: program.attributionBinding,
        windowDays: program.attributionWindowDays,
      },
      { atMs: eventTime(atMs, newest?.atMs ?? atMs), boundAtMs: null, renewalOf: null },
    )
    return result.verdict === 'attributed' ? result.winner : null
  })
}

/** A lead as the totals count it: for the program only, where no click was eligible. */
export function leadDelta(programId: number, credit: Credit | null, atMs: number): TrafficDelta {
  return { programId, linkId: credit?.linkId ?? null, atMs, leads: 1, conversions: 0 }
}
