import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { addPartner, clickThrough, refund, sell, signUp } from '../harness/journeys.ts'
import { startTestServer, type TestProgram, type TestServer } from '../harness/test-server.ts'

/** A program's days and totals, as its backend reads them. */
let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

const dayMs = 86_400_000

async function read(program: TestProgram, query = '') {
  const path = `/api/v1/programs/me/performance${query}`
  const answer = await server.send('GET', path, { key: program.apiKey })
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return answer.body
}

const today = () => new Date(server.clock.nowMs()).toISOString().slice(0, 10)

test('a day has its counts and its money, days without events are zeros, oldest first', async () => {
  const program = await server.provision()
  await signUp(server, program, 'u1')
  await clickThrough(server, program)
  await sell(server, program, { transaction_id: 't1', customer_key: 'u1', amount_cents: 4_999 })
  await sell(server, program, { transaction_id: 't2', customer_key: 'u1', amount_cents: 1_000 })
  const { data, metrics, meta } = await read(program)
  assert.equal(data.length, 7)
  assert.deepEqual(data.at(-1), {
    ...{ date: today(), period: today(), clicks: 2, leads: 1, conversions: 1, revenue: 59.99 },
    ...{ partners: 1, sales: 2, commission: 18, revenue_cents: 5_999, refunded_cents: 0 },
    ...{ commission_cents: 1_800, commission_reversed_cents: 0 },
  })
  assert.deepEqual(data[0], {
    ...{ date: meta.dateFrom, period: meta.dateFrom, clicks: 0, leads: 0, conversions: 0 },
    ...{ revenue: 0, partners: 0, sales: 0, commission: 0, revenue_cents: 0, refunded_cents: 0 },
    ...{ commission_cents: 0, commission_reversed_cents: 0 },
  })
  const up = { trend: 100, trendDirection: 'up' }
  assert.deepEqual(metrics, {
    ...{ totalClicks: 2, totalLeads: 1, totalConversions: 1, totalRevenue: 59.99 },
    ...{ conversionRate: 50, averageOrderValue: 30, totalPartners: 1, totalSales: 2 },
    ...{ totalPartnersCommission: 18, clicksTrend: up, leadsTrend: up, conversionsTrend: up },
    ...{ revenueTrend: up, partnersTrend: up, salesTrend: up, commissionTrend: up },
    ...{ totalRevenueCents: 5_999, totalRefundedCents: 0, averageOrderValueCents: 3_000 },
    ...{ totalPartnersCommissionCents: 1_800, totalCommissionReversedCents: 0 },
    currencies: [
      {
        ...{ currency: 'USD', sales: 2, revenue_cents: 5_999, refunded_cents: 0 },
        ...{ commission_cents: 1_800, commission_reversed_cents: 0 },
      },
    ],
  })
})

test('a refund counts on its own day and leaves revenue and commission of the sale as they were', async () => {
  const program = await server.provision()
  await signUp(server, program, 'u1')
  await sell(server, program, { transaction_id: 't1', customer_key: 'u1' })
  server.clock.advance(2 * dayMs)
  await refund(server, program, { transaction_id: 't1', refund_amount_cents: 4_000 })
  const { data, metrics } = await read(program)
  const money = (row: Record<string, number>) => [
    ...[row.revenue_cents, row.refunded_cents, row.commission_cents, row.commission_reversed_cents],
  ]
  assert.deepEqual(data.slice(-3).map(money), [
    [10_000, 0, 3_000, 0],
    [0, 0, 0, 0],
    [0, 4_000, 0, 1_200],
  ])
  assert.deepEqual(
    [metrics.totalRevenueCents, metrics.totalRefundedCents, metrics.totalCommissionReversedCents],
    [10_000, 4_000, 1_200],
  )
})

test("major units are those of the program's currency, and other currencies stand apart", async () => {
  for (const [currency, revenue] of [
    ['JPY', 1_500],
    ['KWD', 1.5],
    ['USD', 15],
  ] as const) {
    const program = await server.provision({ program: { currency } })
    await signUp(server, program, 'u1')
    const sale = { customer_key: 'u1', amount_cents: 1_500 }
    await sell(server, program, { ...sale, transaction_id: 't1', currency })
    await sell(server, program, { ...sale, transaction_id: 't2', currency: 'EUR' })
    const { metrics, data } = await read(program)
    assert.deepEqual(
      [metrics.totalRevenue, metrics.totalSales, metrics.averageOrderValue, data.at(-1).revenue],
      [revenue, 2, revenue, revenue],
    )
    const codes = metrics.currencies.map((one: { currency: string }) => one.currency)
    assert.deepEqual(codes, ['EUR', currency].sort())
  }
})

test('trends compare with the equally long time before', async () => {
  const program = await server.provision()
  for (let i = 0; i < 3; i += 1) await clickThrough(server, program)
  server.clock.advance(7 * dayMs)
  for (let i = 0; i < 2; i += 1) await clickThrough(server, program)
  const { metrics, meta } = await read(program)
  assert.deepEqual(metrics.clicksTrend, { trend: 33.3, trendDirection: 'down' })
  assert.deepEqual(metrics.partnersTrend, { trend: 100, trendDirection: 'down' })
  assert.deepEqual(metrics.leadsTrend, { trend: 0, trendDirection: 'stable' })
  assert.equal(Date.parse(meta.dateFrom) - Date.parse(meta.previousPeriod.dateTo), dayMs)
  await addPartner(server, program, `joined-${program.programId}`)
  assert.equal((await read(program)).data.at(-1).partners, 1)
})

test('days run across the end of a month, up to the day of dateTo, and all begins with the program', async () => {
  const program = await server.provision()
  const first = today()
  server.clock.set(Date.parse('2026-04-30T23:59:59.999Z'))
  await clickThrough(server, program)
  server.clock.advance(1)
  await clickThrough(server, program)
  const { data, meta } = await read(program, '?dateFrom=2026-04-29&dateTo=2026-05-01')
  const days = data.map((row: { date: string; clicks: number }) => [row.date, row.clicks])
  assert.deepEqual(days, [
    ['2026-04-29', 0],
    ['2026-04-30', 1],
    ['2026-05-01', 1],
  ])
  assert.deepEqual(meta.previousPeriod, { dateFrom: '2026-04-26', dateTo: '2026-04-28' })
  const all = await read(program, '?period=all')
  assert.deepEqual([all.meta.dateFrom, all.data.at(-1).date], [first, '2026-05-01'])
  for (const [period, length] of [
    ['7d', 7],
    ['30d', 30],
    ['90d', 90],
  ]) {
    assert.equal((await read(program, `?period=${period}`)).data.length, length)
  }
})

test('by its id a program reads the same, and any other id is answered like one that does not exist', async () => {
  const [program, other] = [await server.provision(), await server.provision()]
  await clickThrough(server, program)
  for (const name of ['events', 'performance']) {
    const at = (id: unknown) =>
      server.send('GET', `/api/tracking/${name}/${id}`, { key: program.apiKey })
    const own = await server.send('GET', `/api/v1/programs/me/${name}`, { key: program.apiKey })
    assert.deepEqual((await at(program.programId)).body, own.body)
    for (const id of [other.programId, 999_999, 0, `0${program.programId}`, 'me', '%00', '1e0']) {
      const { status, body } = await at(id)
      assert.deepEqual([status, body.error, body.code], [404, 'Program not found', 'not_found'])
    }
  }
})

test('what is wrong with a question is said in one sentence that names the field, in the form of the path', async () => {
  const program = await server.provision()
  const date = (name: string) => `${name} must be a date such as 2026-03-31, or an ISO 8601 time`
  const cases: [string, string, string][] = [
    ['performance', 'period=1d', 'period must be one of 7d, 30d, 90d, all'],
    ['performance', 'dateFrom=yesterday', date('dateFrom')],
    ['performance', 'dateTo=2026-02-30', date('dateTo')],
    ['performance', 'dateFrom=2026-02-02&dateTo=2026-02-01', 'dateFrom must not be after dateTo'],
    ['events', 'page=0', 'page must be a whole number from 1 to 999999999'],
    ['events', 'pageSize=101', 'pageSize must be a whole number from 1 to 100'],
    ['events', 'eventType=view', 'eventType must be one of click, lead, conversion'],
    ['events', 'dateTo=x', date('dateTo')],
    ['events', 'cursor=abc', 'cursor must be the nextCursor of an earlier answer'],
  ]
  for (const [name, query, sentence] of cases) {
    const send = (path: string) => server.send('GET', `${path}?${query}`, { key: program.apiKey })
    const own = await send(`/api/v1/programs/me/${name}`)
    assert.deepEqual([own.status, own.body.error.message], [400, sentence])
    const byId = await send(`/api/tracking/${name}/${program.programId}`)
    assert.deepEqual([byId.status, byId.body.error], [400, sentence])
  }
})
