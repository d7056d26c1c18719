/** What has been refunded of a sale, in minor units. */
export interface RefundState {
  saleCents: number
  /** The largest "total refunded so far" reported. */
  totalCents: number
  /** The sum of refunds that came with their own id. */
  byIdCents: number
}

export type RefundReport =
  /** "So much in total so far"; null means everything. */
  | { kind: 'total'; totalCents: number | null }
  /** One refund with its own id; null means whatever refunds with ids have left. */
  | { kind: 'own'; amountCents: number | null }

export type RefundStep =
  | { kind: 'exceeds_sale' }
  | { kind: 'nothing_new' }
  /** `addedCents` can be 0: the id is new, but a total reported before had counted its money. */
  | { kind: 'refund'; next: RefundState; refundedCents: number; addedCents: number }

/**
 * Both ways of reporting describe the same refunds, so what counts is the greater of the two tallies.
 * That makes the end state independent of the order in which reports arrive, and no mixture of them
 * takes the same money back twice.
 */
export function applyRefund(state: RefundState, report: RefundReport): RefundStep {
  const before = refundedOf(state)
  const next = addReport(state, report)
  if (next.totalCents > state.saleCents || next.byIdCents > state.saleCents) {
    return { kind: 'exceeds_sale' }
  }
  const refundedCents = refundedOf(next)
  const addedCents = refundedCents - before
  if (addedCents === 0 && next.byIdCents === state.byIdCents) return { kind: 'nothing_new' }
  return { kind: 'refund', next, refundedCents, addedCents }
}

export function refundedOf(state: RefundState): number {
  return Math.max(state.totalCents, state.byIdCents)
}

function addReport(state: RefundState, report: RefundReport): RefundState {
  if (report.kind === 'total') {
    const totalCents = report.totalCents ?? state.saleCents
    return { ...state, totalCents: Math.max(state.totalCents, totalCents) }
  }
  const amountCents = report.amountCents ?? state.saleCents - state.byIdCents
  return { ...state, byIdCents: state.byIdCents + amountCents }
}
