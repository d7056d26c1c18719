import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { addMonths, DAY_MS, utcDay } from './calendar.ts'

// Far from UTC, with summer time: a local day in the arithmetic would show.
process.env.TZ = 'America/St_Johns'

test('a moment belongs to its UTC day, to the millisecond', () => {
  assert.equal(utcDay(Date.parse('2026-03-15T23:59:59.999Z')), '2026-03-15')
  assert.equal(utcDay(Date.parse('2026-03-16T00:00:00.000Z')), '2026-03-16')
  assert.equal(utcDay(Date.parse('2026-12-31T23:59:59.999Z')), '2026-12-31')
})

test('a month later is the same day and time, or the last day of a shorter month', () => {
  const cases: [string, number, string][] = [
    ['2026-01-15T10:20:30.456Z', 1, '2026-02-15T10:20:30.456Z'],
    ['2026-01-31T00:00:00.000Z', 1, '2026-02-28T00:00:00.000Z'],
    ['2028-01-31T23:59:59.999Z', 1, '2028-02-29T23:59:59.999Z'],
    ['2028-02-29T12:00:00.000Z', 12, '2029-02-28T12:00:00.000Z'],
    ['2026-10-31T12:00:00.000Z', 4, '2027-02-28T12:00:00.000Z'],
    ['2026-12-31T12:00:00.000Z', 1, '2027-01-31T12:00:00.000Z'],
    ['2026-03-31T12:00:00.000Z', 1_200, '2126-03-31T12:00:00.000Z'],
    ['2026-03-08T03:30:00.000Z', 0, '2026-03-08T03:30:00.000Z'],
  ]
  for (const [from, months, to] of cases) {
    assert.equal(new Date(addMonths(Date.parse(from), months)).toISOString(), to, from)
  }
})

test('adding months keeps the time of day and counts whole months', () => {
  const moments = fc.integer({ min: Date.UTC(2000), max: Date.UTC(2100) })
  fc.assert(
    fc.property(moments, fc.integer({ min: 0, max: 1_200 }), (atMs, months) => {
      const [from, to] = [new Date(atMs), new Date(addMonths(atMs, months))]
      assert.equal(to.getTime() % DAY_MS, atMs % DAY_MS)
      const monthOf = (date: Date) => date.getUTCFullYear() * 12 + date.getUTCMonth()
      assert.equal(monthOf(to) - monthOf(from), months)
      assert.ok(to.getUTCDate() <= from.getUTCDate())
      const isLastDay = new Date(to.getTime() + DAY_MS).getUTCDate() === 1
      assert.ok(to.getUTCDate() === from.getUTCDate() || isLastDay)
    }),
  )
})

test('a later moment never ends before an earlier one', () => {
  const moments = fc.integer({ min: Date.UTC(2020), max: Date.UTC(2030) })
  fc.assert(
    fc.property(moments, fc.nat(90 * DAY_MS), fc.nat(24), (atMs, laterMs, months) => {
      // Within the last days of a month the time of day may still go back: 30 and 31 January both end on the 28th.
      const [earlier, later] = [addMonths(atMs, months), addMonths(atMs + laterMs, months)]
      assert.ok(utcDay(earlier) <= utcDay(later))
    }),
  )
})
