import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { clickThrough, readSale, refund, sell, signUp } from '../harness/journeys.ts'
import { rowCounts } from '../harness/tables.ts'
import {
  type Answer,
  startTestServer,
  type TestProgram,
  type TestServer,
} from '../harness/test-server.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

const tables = {
  click: 'affiliate_click_events',
  lead: 'affiliate_lead_events',
  sale: 'affiliate_sale_events',
  refund: 'affiliate_refunds',
} as const
type Call = keyof typeof tables
const calls = Object.keys(tables) as Call[]

function assertTestEvent(answer: Answer, call: Call, programId: number): number {
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  const { eventId } = answer.body.data
  assert.ok(Number.isInteger(eventId))
  assert.deepEqual(answer.body, {
    success: true,
    message: `Test ${call} event tracked successfully`,
    data: { eventId, programId, test_mode: true },
  })
  return eventId
}

/** What a test event must not touch: every row and every total of everything but the event itself. */
async function untouched() {
  const money = await server.db.sql('select * from affiliate_daily_money order by 1, 2, 3, 4')
  const traffic = await server.db.sql('select * from affiliate_daily_traffic order by 1, 2, 3')
  const customers = await server.db.sql('select * from affiliate_customers order by 1, 2')
  const sales = await server.db.sql('select * from affiliate_sale_transactions order by 1, 2')
  const commissions = await server.db.sql('select * from affiliate_commissions order by 1, 2')
  return { money, traffic, customers, sales, commissions }
}

async function withSale(): Promise<{ program: TestProgram; clickId: string }> {
  const program = await server.provision()
  const clickId = await signUp(server, program, 'u1')
  await sell(server, program, { transaction_id: 't1', customer_key: 'u1' })
  return { program, clickId }
}

test('a test event stores one record with is_test and touches nothing else', async () => {
  const { program, clickId } = await withSale()
  const test = { additional_data: { test_mode: true, program_id: program.programId } }
  const bodies: Record<Call, object> = {
    click: { affiliate_url: program.landing(), existing_click_id: clickId, ...test },
    lead: { click_id: clickId, customer_key: 'new-key', email: 'ada@example.com', ...test },
    sale: {
      transaction_id: 't2',
      customer_key: 'u1',
      amount_cents: 5_000,
      currency: 'EUR',
      subscription_id: 's1',
      ...test,
    },
    refund: { transaction_id: 't1', refund_amount_cents: 100, refund_id: 'r1', ...test },
  }
  for (const call of calls) {
    const [counts, state] = [await rowCounts(server.db), await untouched()]
    const answer = await server.post(`/api/v1/track/${call}`, bodies[call], { key: program.apiKey })
    const id = assertTestEvent(answer, call, program.programId)
    const table = tables[call]
    assert.deepEqual(await rowCounts(server.db), { ...counts, [table]: (counts[table] ?? 0) + 1 })
    assert.deepEqual(await untouched(), state)
    const [row] = await server.db.sql(`select * from ${table} where program_id = $1 and id = $2`, [
      program.programId,
      id,
    ])
    assert.equal(row?.is_test, true)
    assert.equal(row?.created_at.getTime(), server.clock.nowMs())
  }
})

test('a test sale and a test refund leave the transaction id free, and the sale whole', async () => {
  const { program } = await withSale()
  const additional_data = { test_mode: true }
  await sell(server, program, { transaction_id: 't2', customer_key: 'u1', additional_data })
  await refund(server, program, { transaction_id: 't1', refund_id: 'r1', additional_data })
  assert.equal((await readSale(server, program, 't2')).status, 404)
  assert.equal(
    (await sell(server, program, { transaction_id: 't2', customer_key: 'u1' })).status,
    200,
  )
  const real = await refund(server, program, {
    transaction_id: 't1',
    refund_id: 'r1',
    refund_amount_cents: 1_000,
  })
  assert.equal(real.body.deduction_amount_cents, 300)
})

test('the same test event can be sent any number of times', async () => {
  const program = await server.provision()
  const body = {
    transaction_id: 't1',
    additional_data: { test_mode: true, program_id: program.programId },
  }
  for (const call of calls) {
    const ids = new Set<number>()
    for (let i = 0; i < 3; i += 1) {
      const answer = await server.post(`/api/v1/track/${call}`, body, { key: program.apiKey })
      ids.add(assertTestEvent(answer, call, program.programId))
    }
    assert.equal(ids.size, 3)
  }
})

test('without a key, click and lead need the program, as a number or as its digits', async () => {
  const { programId } = await server.provision()
  for (const call of ['click', 'lead'] as const) {
    for (const program_id of [programId, String(programId)]) {
      const body = { additional_data: { test_mode: true, program_id } }
      assertTestEvent(await server.post(`/api/v1/track/${call}`, body), call, programId)
    }
  }
})

test('without a key, a missing, wrong or unknown program is 400 and stores nothing', async () => {
  await server.provision()
  const before = await rowCounts(server.db)
  const required = 'additional_data.program_id is required in test mode'
  const wrong = 'additional_data.program_id must be a whole number'
  const unknown = 'additional_data.program_id names no program'
  const cases: [unknown, string][] = [
    [undefined, required],
    [null, required],
    ['', required],
    [999_999_999, unknown],
    ['999999999', unknown],
    [Number.MAX_SAFE_INTEGER, unknown],
    [0, wrong],
    [-1, wrong],
    [1.5, wrong],
    ['1x', wrong],
    ['0x1', wrong],
    [2 ** 53, wrong],
    [true, wrong],
    [[1], wrong],
  ]
  for (const call of ['click', 'lead']) {
    for (const [program_id, error] of cases) {
      const body = { additional_data: { test_mode: true, program_id } }
      const answer = await server.post(`/api/v1/track/${call}`, body)
      assert.deepEqual([answer.status, answer.body.error], [400, error], `${call} ${program_id}`)
    }
  }
  assert.deepEqual(await rowCounts(server.db), before)
})

test("with a key the program is the key's, whatever the body names", async () => {
  const program = await server.provision()
  const other = await server.provision()
  for (const call of ['lead', 'sale', 'refund'] as const) {
    for (const program_id of [undefined, other.programId, 999_999_999]) {
      const body = { additional_data: { test_mode: true, program_id } }
      const answer = await server.post(`/api/v1/track/${call}`, body, { key: program.apiKey })
      assertTestEvent(answer, call, program.programId)
    }
  }
})

test('a test click that comes with a key needs no program id', async () => {
  const program = await server.provision()
  const body = { additional_data: { test_mode: true } }
  const answer = await server.post('/api/v1/track/click', body, { key: program.apiKey })
  assertTestEvent(answer, 'click', program.programId)
})

test('sale and refund need the key in test mode too', async () => {
  const { programId } = await server.provision()
  const body = { additional_data: { test_mode: true, program_id: programId } }
  for (const call of ['sale', 'refund']) {
    const answer = await server.post(`/api/v1/track/${call}`, body)
    assert.deepEqual(
      [answer.status, answer.body.error],
      [401, 'Missing or invalid Authorization header'],
    )
  }
})

test('a lead in test mode with a wrong key is 401', async () => {
  const { programId } = await server.provision()
  const body = { additional_data: { test_mode: true, program_id: programId } }
  assert.equal((await server.post('/api/v1/track/lead', body, { key: 'nonsense' })).status, 401)
})

test('a test sale or refund without a transaction id gets one of its moment', async () => {
  const program = await server.provision()
  const body = { additional_data: { test_mode: true } }
  for (const call of ['sale', 'refund'] as const) {
    const answer = await server.post(`/api/v1/track/${call}`, body, { key: program.apiKey })
    const id = assertTestEvent(answer, call, program.programId)
    const [row] = await server.db.sql(
      `select transaction_id from ${tables[call]} where program_id = $1 and id = $2`,
      [program.programId, id],
    )
    assert.equal(row?.transaction_id, `test_txn_${server.clock.nowMs()}`)
  }
})

test('test_mode that is not true is a real call', async () => {
  const program = await server.provision()
  const additional_data = { test_mode: false, program_id: program.programId }
  const answer = await server.post('/api/v1/track/click', {
    affiliate_url: program.landing(),
    additional_data,
  })
  assert.match(answer.body.click_id, /^cust_/)
  for (const test_mode of ['true', 1, [true]]) {
    const body = { affiliate_url: program.landing(), additional_data: { test_mode } }
    const refused = await server.post('/api/v1/track/click', body)
    assert.deepEqual(
      [refused.status, refused.body.error],
      [400, 'additional_data.test_mode must be true or false'],
    )
  }
})

test('test events are stored cleaned, like real ones', async () => {
  const program = await server.provision()
  const body = {
    page_url: 'https://example.com/x?token=secret&utm_source=y',
    event_name: 'a\u0000b',
    email: 'ada@example.com',
    additional_data: { test_mode: true, program_id: program.programId },
  }
  const click = await server.post('/api/v1/track/click', body)
  const lead = await server.post('/api/v1/track/lead', body)
  const [clickRow] = await server.db.sql('select * from affiliate_click_events where id = $1', [
    click.body.data.eventId,
  ])
  const [leadRow] = await server.db.sql('select * from affiliate_lead_events where id = $1', [
    lead.body.data.eventId,
  ])
  assert.equal(clickRow?.page_url, 'https://example.com/x?utm_source=y')
  assert.deepEqual(
    [leadRow?.page_url, leadRow?.event_name],
    ['https://example.com/x?utm_source=y', 'ab'],
  )
})

test('a test click in the history of a program wins no sale', async () => {
  const program = await server.provision()
  const clickId = await clickThrough(server, program)
  server.clock.advance(1_000)
  const test = {
    affiliate_url: program.landing(),
    existing_click_id: clickId,
    additional_data: { test_mode: true, program_id: program.programId },
  }
  await server.post('/api/v1/track/click', test)
  await sell(server, program, { transaction_id: 't1', click_id: clickId })
  const { touches } = (await readSale(server, program, 't1')).body.data.attribution
  assert.equal(touches.length, 1)
})
