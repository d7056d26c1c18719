import type { Tx } from '../../../db/database.ts'
import { attribute } from '../../attribution/index.ts'
import { loadTouches } from '../../clicks/index.ts'
import { type Customer, clockSkewMaxMs, eventTime } from '../../customers/index.ts'
import type { Program } from '../../programs/index.ts'
import type { TrafficDelta } from '../../totals/index.ts'
import { settleLeadEvent } from './store.ts'

/** The link that a lead at this moment counts for, or null when no click of the customer is eligible. */
export async function creditLead(tx: Tx, program: Program, customer: Customer, atMs: number) {
  const [touches = []] = await loadTouches(tx, [
    {
      programId: program.programId,
      customerId: customer.customerId,
      sinceMs: customer.createdAtMs,
      untilMs: atMs + clockSkewMaxMs,
    },
  ])
  const newest = touches.findLast((touch) => touch.atMs <= atMs + clockSkewMaxMs)
  const result = attribute(
    touches,
    {
      model: program.attributionModel,
      binding: program.attributionBinding,
      windowDays: program.attributionWindowDays,
    },
    { atMs: eventTime(atMs, newest?.atMs ?? atMs), boundAtMs: null, renewalOf: null },
  )
  return result.verdict === 'attributed' ? result.winner : null
}

/**
 * Lets a provisional lead count from now on. The caller writes the customer's new state, and adds what
 * this answers to the totals, which come last in a transaction.
 */
export async function settleProvisionalLead(
  tx: Tx,
  program: Program,
  customer: Customer & { provisionalLeadAtMs: number },
  atMs: number,
): Promise<TrafficDelta> {
  const { programId } = program
  const credit = await creditLead(tx, program, customer, atMs)
  await settleLeadEvent(
    tx,
    {
      programId,
      customerId: customer.customerId,
      heldAtMs: customer.provisionalLeadAtMs,
      atMs,
    },
    credit,
  )
  return leadDelta(programId, credit, atMs)
}

/** A lead as the totals count it: for the program only, where no click was eligible. */
export function leadDelta(
  programId: number,
  credit: { linkId: number } | null,
  atMs: number,
): TrafficDelta {
  return { programId, linkId: credit?.linkId ?? null, atMs, leads: 1, conversions: 0 }
}

/** A customer whose provisional lead still waits. */
export function hasHeldLead(
  customer: Customer,
): customer is Customer & { provisionalLeadAtMs: number } {
  return customer.leadAtMs === null && customer.provisionalLeadAtMs !== null
}
