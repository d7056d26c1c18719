import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DAY_MS } from '../../../shared/calendar.ts'
import { AMOUNT_MAX } from '../../../shared/money.ts'
import { commissionAfterRefund, decideCommission } from './commission.ts'
import type { Policy } from './policy.ts'

const soldAtMs = Date.parse('2026-03-15T12:00:00Z')
const percent = (bps: number): Policy['rate'] => ({ type: 'percent', bps })
const fixed = (amountCents: number): Policy['rate'] => ({
  type: 'fixed',
  amountCents,
  currency: 'EUR',
})

test('a percentage pays in the currency of the sale, a fixed amount in its own', () => {
  assert.deepEqual(decide(percent(3_000), 4_900), {
    kind: 'commission',
    amountCents: 1_470,
    currency: 'USD',
    holdEndsAtMs: soldAtMs + 30 * DAY_MS,
  })
  assert.deepEqual(decide(fixed(2_500), 1), {
    kind: 'commission',
    amountCents: 2_500,
    currency: 'EUR',
    holdEndsAtMs: soldAtMs + 30 * DAY_MS,
  })
})

test('what pays nothing says why', () => {
  assert.deepEqual(decide(percent(0), 4_900), none('policy_pays_nothing'))
  assert.deepEqual(decide(fixed(0), 4_900), none('policy_pays_nothing'))
  assert.deepEqual(decide(percent(4_999), 1), none('rounds_to_zero'))
  assert.equal(decide(percent(5_000), 1).kind, 'commission')
})

test('one-time pays the first sale only, lifetime every sale', () => {
  const earlier = soldAtMs - DAY_MS
  assert.equal(decide(percent(1_000), 100, { type: 'one_time' }).kind, 'commission')
  assert.deepEqual(
    decide(percent(1_000), 100, { type: 'one_time' }, earlier),
    none('not_first_sale'),
  )
  assert.equal(decide(percent(1_000), 100, { type: 'lifetime' }, earlier).kind, 'commission')
})

test('months end at the same day and time, that moment not included', () => {
  const duration: Policy['duration'] = { type: 'months', months: 12 }
  const first = Date.parse('2025-03-15T12:00:00Z')
  assert.deepEqual(decide(percent(1_000), 100, duration, first), none('duration_ended'))
  assert.equal(decide(percent(1_000), 100, duration, first + 1).kind, 'commission')
})

test('a refund leaves the commission on what is left of the sale', () => {
  assert.equal(left(percent(3_000), 4_900, 3_900), 1_170)
  assert.equal(left(fixed(2_500), 10_000, 5_000), 1_250)
  assert.equal(left(fixed(1), 3, 2), 1)
  assert.equal(left(fixed(1), 3, 1), 0)
})

test('parts of a refund take back what the commission on the sale exceeds that on the rest, step by step', () => {
  fc.assert(
    fc.property(refunded, ({ rate, saleCents, remainders }) => {
      const policy = policyOf(rate)
      const commissionCents = earned(rate, saleCents)
      const on = (remaining: number) =>
        commissionAfterRefund(policy, commissionCents, saleCents, remaining)
      let before = commissionCents
      let takenBack = 0
      for (const remaining of remainders) {
        const deduction = before - on(remaining)
        assert.ok(deduction >= 0, 'a refund never gives the partner money')
        before -= deduction
        takenBack += deduction
        assert.equal(takenBack, on(saleCents) - on(remaining))
        assert.ok(takenBack <= commissionCents)
      }
    }),
  )
})

test('a whole refund after any parts leaves exactly nothing of the commission', () => {
  fc.assert(
    fc.property(refunded, ({ rate, saleCents, remainders }) => {
      const policy = policyOf(rate)
      const commissionCents = earned(rate, saleCents)
      const steps = [...remainders, 0].map((remaining) =>
        commissionAfterRefund(policy, commissionCents, saleCents, remaining),
      )
      assert.equal(steps.at(-1), 0)
      const deductions = [commissionCents, ...steps].map(
        (cents, i, all) => cents - (all[i + 1] ?? 0),
      )
      assert.equal(
        deductions.reduce((sum, cents) => sum + cents, 0),
        commissionCents,
      )
    }),
  )
})

test('a refund of nothing takes nothing back', () => {
  fc.assert(
    fc.property(refunded, ({ rate, saleCents }) => {
      assert.equal(left(rate, saleCents, saleCents), earned(rate, saleCents))
    }),
  )
})

function decide(
  rate: Policy['rate'],
  amountCents: number,
  duration: Policy['duration'] = { type: 'lifetime' },
  firstSaleAtMs: number | null = null,
) {
  const sale = { amountCents, currency: 'USD', atMs: soldAtMs, firstSaleAtMs }
  return decideCommission({ ...policyOf(rate), duration }, sale)
}

function policyOf(rate: Policy['rate']): Policy {
  return { policyId: 1, version: 1, rate, duration: { type: 'lifetime' }, holdDays: 30 }
}

/** The commission on a sale, 0 where there is none. */
function earned(rate: Policy['rate'], saleCents: number): number {
  const decision = decide(rate, saleCents)
  return decision.kind === 'commission' ? decision.amountCents : 0
}

function left(rate: Policy['rate'], saleCents: number, remainingCents: number): number {
  return commissionAfterRefund(policyOf(rate), earned(rate, saleCents), saleCents, remainingCents)
}

function none(reason: string) {
  return { kind: 'none', reason }
}

const cents = (max: number) =>
  fc.oneof(fc.integer({ min: 1, max: Math.min(max, 300) }), fc.integer({ min: 1, max }))

/** A sale, and what is left of it after each of several refunds. */
const refunded = cents(AMOUNT_MAX).chain((saleCents) =>
  fc.record({
    saleCents: fc.constant(saleCents),
    rate: fc.oneof(
      fc.integer({ min: 0, max: 10_000 }).map(percent),
      fc.integer({ min: 0, max: AMOUNT_MAX }).map(fixed),
    ),
    remainders: fc
      .array(fc.integer({ min: 0, max: saleCents }), { maxLength: 6 })
      .map((list) => list.toSorted((a, b) => b - a)),
  }),
)
