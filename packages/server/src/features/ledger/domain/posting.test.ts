import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  type Account,
  assertBalanced,
  commissionEarned,
  commissionReversed,
  type Posting,
} from './posting.ts'

const move = { partnerId: 7, currency: 'USD', amountCents: 900 }

test('an earned commission moves from the expense to the partner, on hold', () => {
  assert.deepEqual(commissionEarned(3, move), {
    kind: 'commission_earned',
    ref: 'commission:3',
    entries: [
      { account: 'expense', partnerId: 7, currency: 'USD', amountCents: -900 },
      { account: 'pending', partnerId: 7, currency: 'USD', amountCents: 900 },
    ],
  })
})

test('a refund moves back, and each refund of a commission has a reference of its own', () => {
  const first = commissionReversed(3, 11, { ...move, amountCents: 300 })
  assert.deepEqual(first, {
    kind: 'commission_reversed',
    ref: 'commission:3:refund:11',
    entries: [
      { account: 'pending', partnerId: 7, currency: 'USD', amountCents: -300 },
      { account: 'expense', partnerId: 7, currency: 'USD', amountCents: 300 },
    ],
  })
  assert.notEqual(commissionReversed(3, 12, move).ref, first.ref)
})

test('every posting balances, and a commission reversed in parts leaves every account at zero', () => {
  const parts = fc.array(fc.integer({ min: 1, max: 10 ** 12 }), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(parts, (amounts) => {
      const amountCents = amounts.reduce((sum, amount) => sum + amount, 0)
      const postings = [
        commissionEarned(1, { ...move, amountCents }),
        ...amounts.map((part, n) => commissionReversed(1, n, { ...move, amountCents: part })),
      ]
      for (const posting of postings) assertBalanced(posting)
      const balances = new Map<Account, number>()
      for (const { account, amountCents: amount } of postings.flatMap((one) => one.entries)) {
        balances.set(account, (balances.get(account) ?? 0) + amount)
      }
      assert.deepEqual([...balances.values()], [0, 0])
    }),
  )
})

test('entries that do not balance in each currency are a bug that is told', () => {
  const posting = (entries: [string, number][]): Posting => ({
    kind: 'commission_earned',
    ref: 'commission:1',
    entries: entries.map(([currency, amountCents]) => ({
      account: 'expense',
      partnerId: 1,
      currency,
      amountCents,
    })),
  })
  assertBalanced(posting([]))
  assertBalanced(
    posting([
      ['USD', 5],
      ['EUR', -1],
      ['USD', -5],
      ['EUR', 1],
    ]),
  )
  assert.throws(
    () =>
      assertBalanced(
        posting([
          ['USD', 5],
          ['USD', -4],
        ]),
      ),
    /commission_earned commission:1 is off by 1 USD/,
  )
  assert.throws(
    () =>
      assertBalanced(
        posting([
          ['USD', 5],
          ['EUR', -5],
        ]),
      ),
    /off by 5 USD/,
  )
})
