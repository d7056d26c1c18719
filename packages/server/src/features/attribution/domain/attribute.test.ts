import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DAY_MS } from '../../../shared/calendar.ts'
import {
  type AttributionQuestion,
  type AttributionSettings,
  attribute,
  type Touch,
} from './attribute.ts'

const nowMs = Date.parse('2026-03-15T12:00:00Z')
const settings: AttributionSettings = { model: 'last_click', binding: 'click', windowDays: 60 }
const bySignup: AttributionSettings = { ...settings, binding: 'signup' }
const question: AttributionQuestion = { atMs: nowMs, boundAtMs: null, renewalOf: null }

test('the newest click within the window wins, and every click is told why', () => {
  const result = attribute(
    [
      daysAgo(1, 70),
      daysAgo(2, 30),
      daysAgo(3, 10),
      { ...daysAgo(4, 5), isPartnerActive: false },
      daysAgo(5, -1),
    ],
    settings,
    question,
  )
  assert.equal(result.verdict, 'attributed')
  assert.deepEqual(winnerOf(result), { partnerId: 3, linkId: 30 })
  assert.deepEqual(
    result.touches.map(({ touch, considered, why }) => [touch.partnerId, considered, why]),
    [
      [1, false, 'outside_window'],
      [2, true, 'superseded_by_later_click'],
      [3, true, 'last_click'],
      [4, false, 'partner_removed'],
      [5, false, 'after_event'],
    ],
  )
})

test('the window includes its last millisecond', () => {
  const edge = { ...daysAgo(1, 0), atMs: nowMs - 60 * DAY_MS }
  assert.equal(attribute([edge], settings, question).verdict, 'attributed')
  const late = attribute([{ ...edge, atMs: edge.atMs - 1 }], settings, question)
  assert.equal(late.verdict, 'attribution_window_expired')
})

test('a click of the very moment of the event counts', () => {
  assert.equal(attribute([daysAgo(1, 0)], settings, question).verdict, 'attributed')
})

test('an expired window tells the age of the newest click in whole days', () => {
  const result = attribute([daysAgo(1, 90), daysAgo(2, 75.9)], settings, question)
  assert.ok(result.verdict === 'attribution_window_expired')
  assert.equal(result.clickAgeDays, 75)
})

test('without a click there is no attribution; with clicks of removed partners only, no partner', () => {
  const removed = { ...daysAgo(1, 5), isPartnerActive: false }
  assert.equal(attribute([], settings, question).verdict, 'no_attribution')
  assert.equal(attribute([daysAgo(1, -1)], settings, question).verdict, 'no_attribution')
  assert.equal(attribute([removed], settings, question).verdict, 'no_partner')
  // Somebody could have earned, had the buyer been quicker: that is what the answer tells.
  const both = attribute([removed, daysAgo(2, 75)], settings, question)
  assert.equal(both.verdict, 'attribution_window_expired')
})

test('of clicks of one millisecond the one recorded later wins', () => {
  const first = { ...daysAgo(1, 1), clickEventId: 8 }
  const second = { ...daysAgo(2, 1), clickEventId: 9 }
  assert.deepEqual(winnerOf(attribute([second, first], settings, question)), {
    partnerId: 2,
    linkId: 20,
  })
})

test('under signup binding the window ends with the signup, and later clicks win nothing', () => {
  const touches = [daysAgo(1, 100), daysAgo(2, 20)]
  const signedUp = { ...question, boundAtMs: nowMs - 50 * DAY_MS }
  const result = attribute(touches, bySignup, signedUp)
  assert.deepEqual(winnerOf(result), { partnerId: 1, linkId: 10 })
  assert.equal(result.touches[1]?.why, 'after_signup')
  const tooLate = attribute([daysAgo(1, 111)], bySignup, signedUp)
  assert.ok(tooLate.verdict === 'attribution_window_expired')
  assert.equal(tooLate.clickAgeDays, 61)
  assert.deepEqual(winnerOf(attribute(touches, settings, signedUp)), { partnerId: 2, linkId: 20 })
})

test('a renewal goes where the first sale went: no window, no later click changes that', () => {
  const renewal = { ...question, renewalOf: { partnerId: 1, linkId: 10 } }
  const result = attribute([daysAgo(1, 500), daysAgo(2, 1)], settings, renewal)
  assert.deepEqual(winnerOf(result), { partnerId: 1, linkId: 10 })
  assert.deepEqual(
    result.touches.map((touch) => touch.why),
    ['renewal_of_subscription', 'superseded_by_subscription'],
  )
  assert.deepEqual(winnerOf(attribute([], settings, renewal)), { partnerId: 1, linkId: 10 })
})

test('a renewal of a removed partner goes to nobody', () => {
  const renewal = { ...question, renewalOf: { partnerId: 1, linkId: 10 } }
  const result = attribute([daysAgo(1, 5), daysAgo(2, 1)], settings, renewal, false)
  assert.equal(result.verdict, 'no_partner')
  assert.equal(result.touches[0]?.why, 'partner_removed')
})

test('the order in which clicks are given changes nothing', () => {
  fc.assert(
    fc.property(cases.chain(shuffledToo), ([{ touches, ask, how }, shuffled]) => {
      assert.deepEqual(attribute(shuffled, how, ask), attribute(touches, how, ask))
    }),
  )
})

test('what is given is not changed', () => {
  fc.assert(
    fc.property(cases, ({ touches, ask, how }) => {
      const before = structuredClone(touches)
      attribute(touches, how, ask)
      assert.deepEqual(touches, before)
    }),
  )
})

test('the winner is the newest click that could win, and all clicks are accounted for', () => {
  fc.assert(
    fc.property(cases, ({ touches, ask, how }) => {
      fc.pre(ask.renewalOf === null)
      const result = attribute(touches, how, ask)
      const untilMs =
        how.binding === 'signup' ? Math.min(ask.boundAtMs ?? ask.atMs, ask.atMs) : ask.atMs
      const eligible = touches.filter(
        (touch) =>
          touch.isPartnerActive &&
          touch.atMs <= untilMs &&
          untilMs - touch.atMs <= how.windowDays * DAY_MS,
      )
      const newest = eligible
        .toSorted((a, b) => b.atMs - a.atMs || b.clickEventId - a.clickEventId)
        .at(0)
      const expected = newest && { partnerId: newest.partnerId, linkId: newest.linkId }
      assert.deepEqual(winnerOf(result), expected)
      assert.equal(result.touches.length, touches.length)
      const considered = result.touches.filter((one) => one.considered).map((one) => one.touch)
      assert.deepEqual(new Set(considered), new Set(eligible))
      const winners = result.touches.filter((one) => one.why === 'last_click').length
      assert.equal(winners, newest === undefined ? 0 : 1)
    }),
  )
})

test('a click that could not win changes no outcome', () => {
  fc.assert(
    fc.property(cases, ({ touches, ask, how }) => {
      fc.pre(ask.renewalOf === null)
      const result = attribute(touches, how, ask)
      fc.pre(result.verdict === 'attributed')
      const considered = result.touches.filter((one) => one.considered).map((one) => one.touch)
      assert.deepEqual(winnerOf(attribute(considered, how, ask)), winnerOf(result))
    }),
  )
})

function daysAgo(partnerId: number, days: number): Touch {
  return {
    clickEventId: partnerId,
    clickId: `click ${partnerId}`,
    partnerId,
    linkId: partnerId * 10,
    partnerCode: `code ${partnerId}`,
    atMs: nowMs - days * DAY_MS,
    isPartnerActive: true,
  }
}

function winnerOf(result: ReturnType<typeof attribute>) {
  return result.verdict === 'attributed' ? result.winner : undefined
}

// A handful of moments and days, so that ties and edges come up often.
const moment = fc
  .tuple(fc.integer({ min: -70, max: 5 }), fc.integer({ min: -1, max: 1 }))
  .map(([days, ms]) => nowMs + days * DAY_MS + ms)
const touch = fc.record({
  partnerId: fc.integer({ min: 1, max: 3 }),
  linkNumber: fc.integer({ min: 0, max: 1 }),
  atMs: moment,
  isPartnerActive: fc.boolean(),
})
const cases = fc.record({
  touches: fc.array(touch, { maxLength: 8 }).map((list) =>
    list.map(
      ({ linkNumber, ...one }, clickEventId): Touch => ({
        ...one,
        clickEventId,
        clickId: 'click',
        linkId: one.partnerId * 10 + linkNumber,
        partnerCode: 'code',
      }),
    ),
  ),
  ask: fc.record({
    atMs: moment,
    boundAtMs: fc.option(moment),
    renewalOf: fc.option(
      fc.record({ partnerId: fc.integer({ min: 1, max: 3 }), linkId: fc.constant(10) }),
      {
        freq: 5,
      },
    ),
  }),
  how: fc.record({
    model: fc.constant('last_click' as const),
    binding: fc.constantFrom('click' as const, 'signup' as const),
    windowDays: fc.constantFrom(1, 30, 60),
  }),
})

function shuffledToo<T extends { touches: Touch[] }>(one: T) {
  const all = { minLength: one.touches.length, maxLength: one.touches.length }
  return fc.tuple(fc.constant(one), fc.shuffledSubarray(one.touches, all))
}
