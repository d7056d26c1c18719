import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DAY_MS, utcDay } from '../../../shared/calendar.ts'
import { isUnusable, listDays, type Period, resolvePeriod, resolveTimeRange } from './period.ts'
import { splitDays } from './split-days.ts'

const today = '2026-03-15'
const none = { period: undefined, dateFrom: undefined, dateTo: undefined }

function resolved(question: Partial<typeof none> | object, firstDay = '2026-03-01'): Period {
  const period = resolvePeriod({ ...none, ...question }, today, firstDay)
  assert.ok(!isUnusable(period))
  return period
}

test('a period is today and the days before it, compared with the same number of days before', () => {
  assert.deepEqual(resolved({}), {
    period: '7d',
    dateFrom: '2026-03-09',
    dateTo: today,
    previousPeriod: { dateFrom: '2026-03-02', dateTo: '2026-03-08' },
  })
  assert.equal(resolved({ period: '30d' }).dateFrom, '2026-02-14')
  assert.equal(resolved({ period: '90d' }).dateFrom, '2025-12-16')
  assert.deepEqual(resolved({ period: 'all' }), {
    period: 'all',
    dateFrom: '2026-03-01',
    dateTo: today,
    previousPeriod: { dateFrom: '2026-02-14', dateTo: '2026-02-28' },
  })
})

test('all time is at most ten years, and at least today', () => {
  assert.equal(listDays(resolved({ period: 'all' }, '1990-01-01')).length, 3_653)
  assert.deepEqual(listDays(resolved({ period: 'all' }, '2026-03-16')), [today])
})

test('dates count more than a period, include both ends, and a time means its UTC day', () => {
  const leap = resolved({ period: '30d', dateFrom: '2024-02-28', dateTo: '2024-03-01' })
  assert.equal(leap.period, 'custom')
  assert.deepEqual(listDays(leap), ['2024-02-28', '2024-02-29', '2024-03-01'])
  assert.equal(resolved({ dateTo: '2026-03-02' }).dateFrom, '2026-02-24')
  assert.equal(resolved({ dateFrom: '2026-03-01' }).dateTo, today)
  assert.equal(resolved({ dateTo: '2026-03-02T23:30:00-02:00' }).dateTo, '2026-03-03')
})

test('what is no date, or the wrong way round, is said in a sentence that names the field', () => {
  for (const dateFrom of [
    'x',
    '2026-02-30',
    '2026-13-01',
    '20260301',
    '1969-12-31',
    '2026-03-01T25:00',
  ]) {
    const refused = resolvePeriod({ ...none, dateFrom }, today, today)
    assert.ok(isUnusable(refused) && /^dateFrom must be a date/.test(refused.sentence), dateFrom)
  }
  const backwards = resolvePeriod({ ...none, dateFrom: '2026-03-16' }, today, today)
  assert.ok(isUnusable(backwards) && backwards.sentence === 'dateFrom must not be after dateTo')
  const long = resolvePeriod({ ...none, dateFrom: '2010-01-01' }, today, today)
  assert.ok(isUnusable(long) && /at most 3653 days/.test(long.sentence))
})

test('a range in time includes a whole day at its end, and a moment to the millisecond', () => {
  const day = resolveTimeRange('2026-03-01', '2026-03-01')
  assert.deepEqual(day, { fromMs: Date.UTC(2026, 2, 1), untilMs: Date.UTC(2026, 2, 2) })
  const moment = resolveTimeRange(undefined, '2026-03-01T10:00:00.000Z')
  assert.ok(!isUnusable(moment) && moment.untilMs === Date.UTC(2026, 2, 1, 10) + 1)
})

test('whole days and cut days together are the range, without a gap and without overlap', () => {
  const moment = fc.integer({ min: 0, max: 40 * DAY_MS })
  fc.assert(
    fc.property(moment, moment, (a, b) => {
      fc.pre(a !== b)
      const range = { fromMs: Math.min(a, b), untilMs: Math.max(a, b) }
      const { whole, cut } = splitDays(range)
      const days = whole.dateFrom > whole.dateTo ? [] : listDays(whole)
      const length =
        days.length * DAY_MS + cut.reduce((sum, part) => sum + part.untilMs - part.fromMs, 0)
      assert.equal(length, range.untilMs - range.fromMs)
      assert.ok(cut.length <= 2)
      for (const part of cut) {
        assert.equal(utcDay(part.fromMs), part.day)
        assert.equal(utcDay(part.untilMs - 1), part.day)
        assert.ok(!days.includes(part.day))
      }
    }),
  )
})
