/**
 * Double entry. A positive amount is what an account receives, a negative one what it gives.
 * `expense` holds what a program has given away, always as a negative balance; a partner's money moves
 * `pending` (on hold) → `payable` → `clearing` (in a payout) → `paid`; `receivable` is what a partner owes.
 */
export type Account = 'expense' | 'pending' | 'payable' | 'clearing' | 'paid' | 'receivable'

export interface Entry {
  account: Account
  partnerId: number
  currency: string
  /** Minor units, never 0. */
  amountCents: number
}

/** One ledger transaction before it is written. `kind` and `ref` together happen once. */
export interface Posting {
  kind: 'commission_earned' | 'commission_reversed'
  ref: string
  entries: Entry[]
}

interface Move {
  partnerId: number
  currency: string
  amountCents: number
}

/** A sale earned a partner a commission, which is on hold. */
export function commissionEarned(commissionId: number, move: Move): Posting {
  return {
    kind: 'commission_earned',
    ref: `commission:${commissionId}`,
    entries: transfer('expense', 'pending', move),
  }
}

/** A refund takes back a commission, or a part of it, that is still on hold. */
export function commissionReversed(commissionId: number, refundId: number, move: Move): Posting {
  return {
    kind: 'commission_reversed',
    ref: `commission:${commissionId}:refund:${refundId}`,
    entries: transfer('pending', 'expense', move),
  }
}

/** Throws when the entries do not sum to zero in each currency: that is a bug, not bad input. */
export function assertBalanced(posting: Posting): void {
  const sums = new Map<string, number>()
  for (const { currency, amountCents } of posting.entries) {
    sums.set(currency, (sums.get(currency) ?? 0) + amountCents)
  }
  for (const [currency, sum] of sums) {
    if (sum !== 0) throw new Error(`${posting.kind} ${posting.ref} is off by ${sum} ${currency}`)
  }
}

function transfer(from: Account, to: Account, move: Move): Entry[] {
  const { partnerId, currency, amountCents } = move
  return [
    { account: from, partnerId, currency, amountCents: -amountCents },
    { account: to, partnerId, currency, amountCents },
  ]
}
