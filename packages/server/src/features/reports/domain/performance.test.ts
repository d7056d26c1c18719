import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { boundOf, compareEvents, eventKinds, readCursor, writeCursor } from './event-order.ts'
import { summarise, trendOf } from './performance.ts'
import { listDays } from './period.ts'

test('a trend is the absolute percent with one decimal', () => {
  const cases: [number, number, number, string][] = [
    [115, 100, 15, 'up'],
    [85, 100, 15, 'down'],
    [100, 100, 0, 'stable'],
    [0, 0, 0, 'stable'],
    [3, 0, 100, 'up'],
    [0, 7, 100, 'down'],
    [4, 3, 33.3, 'up'],
    [1, 3, 66.7, 'down'],
    [10_001, 10_000, 0, 'up'],
  ]
  for (const [current, previous, trend, trendDirection] of cases) {
    assert.deepEqual(trendOf(current, previous), { trend, trendDirection })
  }
})

test('whatever days are known, there is a row for each, and the totals are their sums', () => {
  const range = { dateFrom: '2026-02-26', dateTo: '2026-03-02' }
  const previous = { dateFrom: '2026-02-21', dateTo: '2026-02-25' }
  const all = [...listDays(previous), ...listDays(range)]
  const count = fc.nat(1_000_000)
  const money = fc.record({
    day: fc.constantFrom(...all),
    currency: fc.constantFrom('USD', 'JPY', 'KWD'),
    ...{ sales: count, revenueCents: count, refundedCents: count },
    ...{ commissionCents: count, commissionReversedCents: count },
  })
  const traffic = fc.record({
    day: fc.constantFrom(...all),
    clicks: count,
    leads: count,
    conversions: count,
  })
  fc.assert(
    fc.property(
      fc.uniqueArray(money, { selector: (row) => row.day + row.currency }),
      fc.uniqueArray(traffic, { selector: (row) => row.day }),
      (moneyRows, trafficRows) => {
        const found = { money: moneyRows, traffic: trafficRows, partners: [] }
        const report = summarise(found, 'KWD', range, previous)
        assert.deepEqual(
          report.days.map((one) => one.day),
          listDays(range),
        )
        const rows = moneyRows.filter((row) => row.day >= range.dateFrom)
        const sum = (list: number[]) => list.reduce((a, b) => a + b, 0)
        const own = rows.filter((row) => row.currency === 'KWD')
        assert.equal(report.totals.revenueCents, sum(own.map((row) => row.revenueCents)))
        assert.equal(report.totals.sales, sum(rows.map((row) => row.sales)))
        assert.equal(sum(report.currencies.map((one) => one.sales)), report.totals.sales)
        assert.equal(
          report.totals.clicks + report.previous.clicks,
          sum(trafficRows.map((row) => row.clicks)),
        )
      },
    ),
  )
})

const place = fc.record({
  kind: fc.constantFrom(...eventKinds),
  atMs: fc.integer({ min: 0, max: 3 }),
  id: fc.integer({ min: 1, max: 3 }),
})

test('what follows an event in the order is exactly what its bounds let through', () => {
  fc.assert(
    fc.property(place, place, (after, event) => {
      const { atMs, idBelow } = boundOf(event.kind, { after })
      const isThrough = event.atMs < atMs || (event.atMs === atMs && event.id < idBelow)
      assert.equal(isThrough, compareEvents(after, event) < 0)
    }),
  )
})

test('a cursor reads back as it was written, and nothing else reads as one', () => {
  fc.assert(
    fc.property(place, fc.integer({ min: 1, max: 999_999_999 }), (after, page) => {
      assert.deepEqual(readCursor(writeCursor({ after, page })), { after: { ...after }, page })
    }),
  )
  for (const text of ['', 'abc', '1.1.1.1', Buffer.from('1.3.1.1').toString('base64url')]) {
    assert.equal(readCursor(text), null)
  }
})
