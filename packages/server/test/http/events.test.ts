import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { clickThrough, lead, refund, sell, signUp } from '../harness/journeys.ts'
import { startTestServer, type TestProgram, type TestServer } from '../harness/test-server.ts'

/** What happened in a program, as its backend pages through it. */
let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

interface Event {
  id: number
  event_type: string
  timestamp: string
  [field: string]: unknown
}

async function read(program: TestProgram, query = '') {
  const path = `/api/v1/programs/me/events${query}`
  const answer = await server.send('GET', path, { key: program.apiKey })
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return {
    data: answer.body.data as Event[],
    pagination: answer.body.meta.pagination as {
      page: number
      pageSize: number
      pageCount: number
      total: number
      nextCursor: string | null
    },
  }
}

const minute = 60_000
const names = (events: Event[]) => events.map((one) => `${one.event_type} ${one.id}`)

/** Clicks, a lead and a sale for each, over several days and a month's end. */
async function busyProgram(visitors: number): Promise<TestProgram> {
  const program = await server.provision()
  for (let i = 0; i < visitors; i += 1) {
    await signUp(server, program, `u${i}`)
    await sell(server, program, { transaction_id: `t${i}`, customer_key: `u${i}` })
    if (i % 2 === 0) server.clock.advance(i % 4 === 0 ? 1 : 20 * 3_600_000)
  }
  return program
}

test('each kind of event has the fields of the contract, newest first', async () => {
  const program = await server.provision()
  const click_id = await signUp(server, program, 'u1', {
    session_id: 's1',
    page_url: 'https://example.com/a',
    referrer_url: 'https://news.example.org/',
  })
  server.clock.advance(minute)
  const sale = await sell(server, program, {
    transaction_id: 't1',
    customer_key: 'u1',
    amount_cents: 900,
    currency: 'KWD',
    sale_type: 'subscription',
    is_recurring: true,
  })
  const at = new Date(server.clock.nowMs()).toISOString()
  const before = new Date(server.clock.nowMs() - minute).toISOString()
  const { data, pagination } = await read(program)
  assert.deepEqual(pagination, { page: 1, pageSize: 10, pageCount: 1, total: 3, nextCursor: null })
  const [conversion, click, signup] = data
  assert.deepEqual(conversion, {
    ...{ id: sale.body.sale_id, event_type: 'conversion', timestamp: at, click_id },
    ...{ amount_cents: 900, currency: 'KWD', sale_type: 'subscription', payment_status: 'paid' },
    ...{ processor_event_id: 't1', is_recurring: true, createdAt: at },
  })
  assert.deepEqual(click, {
    ...{ id: click?.id, event_type: 'click', timestamp: before, click_id, session_id: 's1' },
    ...{ page_url: 'https://example.com/a', referrer_url: 'https://news.example.org/' },
    ...{ geo_country: null, geo_region: null, geo_city: null },
    ...{ device_type: 'desktop', device_os: 'Windows', browser_name: 'Chrome' },
    ...{ converted: true, createdAt: before },
  })
  assert.deepEqual(signup, {
    ...{ id: signup?.id, event_type: 'lead', timestamp: before, click_id, customer_key: 'u1' },
    ...{ session_id: null, page_url: null, converted: true, createdAt: before },
  })
  for (const [refund_amount_cents, status] of [
    [100, 'partially_refunded'],
    [900, 'refunded'],
  ]) {
    await refund(server, program, { transaction_id: 't1', refund_amount_cents })
    assert.equal((await read(program)).data[0]?.payment_status, status)
  }
})

test('tests, bots and leads that wait are neither shown nor counted, and a settled lead is at its settling', async () => {
  const program = await server.provision({ program: { leadAuth: 'server_required' } })
  const click_id = await clickThrough(server, program)
  await clickThrough(server, program, { user_agent: 'curl/8.0' })
  const additional_data = { test_mode: true, program_id: program.programId }
  for (const call of ['click', 'lead'])
    await server.post(`/api/v1/track/${call}`, { additional_data })
  await sell(server, program, { additional_data })
  await server.post('/api/v1/track/lead', { click_id })
  assert.equal((await read(program)).pagination.total, 1)
  assert.deepEqual(
    (await read(program)).data.map((one) => one.event_type),
    ['click'],
  )
  assert.equal((await read(program)).data[0]?.converted, false)
  // Into the next month, where its totals are.
  server.clock.advance(31 * 86_400_000)
  await lead(server, program, { click_id, customer_key: 'u1' })
  const { data } = await read(program, '?eventType=lead')
  assert.equal(data[0]?.timestamp, new Date(server.clock.nowMs()).toISOString())
  const day = new Date(server.clock.nowMs()).toISOString().slice(0, 10)
  const onDay = await read(program, `?dateFrom=${day}&dateTo=${day}`)
  assert.deepEqual([names(onDay.data), onDay.pagination.total], [names(data), 1])
})

test('pages by number and by cursor are the same, and together hold every event once', async () => {
  const program = await busyProgram(9)
  const whole = await read(program, '?pageSize=100')
  assert.equal(whole.pagination.total, 27)
  assert.equal(whole.data.length, 27)
  assert.equal(new Set(names(whole.data)).size, 27)
  const times = whole.data.map((one) => one.timestamp)
  assert.deepEqual(times, [...times].sort().reverse())
  for (const filter of ['', '&eventType=click', '&eventType=lead', '&eventType=conversion']) {
    const all = names((await read(program, `?pageSize=100${filter}`)).data)
    for (const pageSize of [1, 4, 9]) {
      let cursor: string | null = null
      for (let page = 1; page <= Math.ceil(all.length / pageSize); page += 1) {
        const expected = all.slice((page - 1) * pageSize, page * pageSize)
        const size = `?pageSize=${pageSize}${filter}`
        const byNumber = await read(program, `${size}&page=${page}`)
        const byCursor = await read(program, cursor === null ? size : `${size}&cursor=${cursor}`)
        assert.deepEqual(names(byNumber.data), expected, `${size} page ${page}`)
        assert.deepEqual(byCursor, byNumber)
        assert.equal(byNumber.pagination.pageCount, Math.ceil(all.length / pageSize))
        cursor = byNumber.pagination.nextCursor
      }
      assert.equal(cursor, null)
    }
    assert.deepEqual((await read(program, `?page=1000${filter}`)).data, [])
  }
})

test('new events do not shift the pages of a cursor', async () => {
  const program = await busyProgram(4)
  const all = names((await read(program, '?pageSize=100')).data)
  const seen: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page = await read(program, `?pageSize=5&cursor=${cursor}`)
    seen.push(...names(page.data))
    cursor = page.pagination.nextCursor
    // At the same moment as the newest ones, and later.
    await clickThrough(server, program)
    server.clock.advance(1)
  }
  assert.deepEqual(seen, all)
})

test('dates cut to the day and times to the millisecond, and total is what is shown', async () => {
  const program = await busyProgram(9)
  const { data } = await read(program, '?pageSize=100')
  const times = data.map((one) => Date.parse(one.timestamp))
  const moments = [...new Set(times)]
  const texts = moments.flatMap((at) => [
    new Date(at).toISOString(),
    new Date(at + 1).toISOString(),
    new Date(at).toISOString().slice(0, 10),
  ])
  for (const [i, dateFrom] of texts.entries()) {
    const dateTo = texts[(i * 7) % texts.length] ?? ''
    const untilMs = Date.parse(dateTo) + (dateTo.length === 10 ? 86_400_000 : 1)
    const fromMs = Date.parse(dateFrom)
    if (fromMs >= untilMs) continue
    const expected = times.filter((at) => at >= fromMs && at < untilMs).length
    const query = `?pageSize=3&page=2&dateFrom=${dateFrom}&dateTo=${dateTo}`
    const page = await read(program, query)
    assert.equal(page.pagination.total, expected, query)
    assert.equal(page.data.length, Math.max(0, Math.min(3, expected - 3)), query)
  }
})

test('months that were dropped leave the count, as they left the list', async () => {
  const program = await server.provision()
  await clickThrough(server, program)
  const from = new Date(server.clock.nowMs()).toISOString()
  server.clock.advance(40 * 86_400_000)
  await clickThrough(server, program)
  assert.equal((await read(program)).pagination.total, 2)
  await server.db.sql(
    'delete from affiliate_click_events where program_id = $1 and created_at <= $2',
    [program.programId, from],
  )
  assert.equal((await read(program)).pagination.total, 1)
})
