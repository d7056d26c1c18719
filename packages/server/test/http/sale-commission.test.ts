import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { balance, readSale, sell, signUp } from '../harness/journeys.ts'
import { testStartMs } from '../harness/test-database.ts'
import {
  type PlanChange,
  startTestServer,
  type TestProgram,
  type TestServer,
} from '../harness/test-server.ts'

/** What an attributed sale pays. */
let server: TestServer
before(async () => {
  server = await startTestServer()
})
beforeEach(() => server.clock.set(testStartMs))
after(() => server.close())

async function withPolicy(policy: PlanChange['policy'] = {}): Promise<TestProgram> {
  const program = await server.provision({ policy: { duration: { type: 'lifetime' }, ...policy } })
  await signUp(server, program, 'u1')
  return program
}

/** A sale of u1, in a window that never ends because it renews. */
const buy = (program: TestProgram, transaction_id: string, more = {}) =>
  sell(server, program, { transaction_id, customer_key: 'u1', subscription_id: 'sub_1', ...more })

test('percentages round half up to the minor unit', async () => {
  const cases: [number, number, number][] = [
    [3_000, 4_900, 1_470],
    [3_000, 999, 300],
    [3_000, 995, 299],
    [1_000, 5, 1],
    [1_000, 14, 1],
    [1_000, 15, 2],
    [1_250, 4, 1],
    [3_333, 10_000, 3_333],
    [10_000, 7, 7],
    [1, 5_000, 1],
    [3_000, 999_999_999_999, 300_000_000_000],
    [9_999, 1_000_000_000_000, 999_900_000_000],
  ]
  for (const [bps, amount_cents, expected] of cases) {
    const program = await withPolicy({ rate: { type: 'percent', bps } })
    const sale = await buy(program, 't1', { amount_cents })
    assert.equal(sale.body.commission_cents, expected, `${bps} bps of ${amount_cents}`)
    assert.equal(await balance(server, program, 'pending'), expected)
  }
})

test('a commission that rounds to zero is none, with its reason, and the sale counts', async () => {
  const program = await withPolicy({ rate: { type: 'percent', bps: 1_000 } })
  const sale = await buy(program, 't1', { amount_cents: 4 })
  const { sale_id } = sale.body
  assert.deepEqual(sale.body, {
    success: true,
    sale_id,
    commission_id: null,
    message: 'Sale tracked successfully',
    attributed: true,
    partner_code: program.code,
    commission_cents: 0,
    reason: 'rounds_to_zero',
  })
  const { data } = (await readSale(server, program, 't1')).body
  assert.deepEqual([data.sale_id, data.commission, data.reason], [sale_id, null, 'rounds_to_zero'])
})

test('a rate of nothing pays nothing, and says so', async () => {
  const rates = [
    { type: 'percent', bps: 0 },
    { type: 'fixed', amountCents: 0, currency: 'USD' },
  ] as const
  for (const rate of rates) {
    const program = await withPolicy({ rate })
    const sale = await buy(program, 't1')
    assert.deepEqual([sale.body.commission_id, sale.body.reason], [null, 'policy_pays_nothing'])
    const ledger = await server.send('GET', '/api/v1/programs/me/ledger', { key: program.apiKey })
    assert.deepEqual(ledger.body.data.transactions, [])
  }
})

test('a fixed commission is the same for every amount, in its own currency', async () => {
  const program = await withPolicy({ rate: { type: 'fixed', amountCents: 2_500, currency: 'EUR' } })
  const cases: [string, number, string][] = [
    ['t1', 1, 'USD'],
    ['t2', 1_000_000, 'JPY'],
    ['t3', 100, 'EUR'],
  ]
  for (const [id, amount_cents, currency] of cases) {
    const sale = await buy(program, id, { amount_cents, currency })
    assert.equal(sale.body.commission_cents, 2_500)
    const { data } = (await readSale(server, program, id)).body
    assert.deepEqual([data.currency, data.commission.currency], [currency, 'EUR'])
  }
  assert.equal(await balance(server, program, 'pending', 'EUR'), 7_500)
  assert.equal(await balance(server, program, 'pending', 'USD'), 0)
})

test('one_time pays the first sale of a customer and no other', async () => {
  const program = await withPolicy({ duration: { type: 'one_time' } })
  assert.equal((await buy(program, 't1')).body.commission_cents, 3_000)
  for (const [id, more] of [
    ['t2', {}],
    ['t3', { subscription_id: 'sub_2' }],
  ] as const) {
    const sale = await buy(program, id, more)
    assert.deepEqual(
      [sale.body.attributed, sale.body.commission_id, sale.body.reason],
      [true, null, 'not_first_sale'],
    )
  }
  await signUp(server, program, 'u2')
  const other = await sell(server, program, { transaction_id: 't4', customer_key: 'u2' })
  assert.equal(other.body.commission_cents, 3_000)
})

test('months pay up to the same day and time so many months after the first sale, that moment not included', async () => {
  const program = await withPolicy({ duration: { type: 'months', months: 3 } })
  assert.equal((await buy(program, 't0')).body.commission_cents, 3_000)
  const endMs = Date.parse('2026-06-15T12:00:00.000Z')
  server.clock.set(endMs - 1)
  assert.equal((await buy(program, 't1')).body.commission_cents, 3_000)
  server.clock.set(endMs)
  const ended = await buy(program, 't2')
  assert.deepEqual(
    [ended.body.attributed, ended.body.commission_id, ended.body.reason],
    [true, null, 'duration_ended'],
  )
})

test('months that end on a day the month does not have end on its last', async () => {
  server.clock.set(Date.parse('2026-03-31T10:00:00.000Z'))
  const program = await withPolicy({ duration: { type: 'months', months: 1 } })
  await buy(program, 't0')
  server.clock.set(Date.parse('2026-04-30T09:59:59.999Z'))
  assert.equal((await buy(program, 't1')).body.commission_cents, 3_000)
  server.clock.set(Date.parse('2026-04-30T10:00:00.000Z'))
  assert.equal((await buy(program, 't2')).body.reason, 'duration_ended')
})

test('months count from the first attributed sale: a refused one before it does not start them', async () => {
  const program = await server.provision({ policy: { duration: { type: 'months', months: 1 } } })
  const click_id = await signUp(server, program, 'u1')
  server.clock.advance(75 * 86_400_000)
  assert.equal(
    (await sell(server, program, { transaction_id: 't0', click_id })).body.attributed,
    false,
  )
  server.clock.advance(60 * 86_400_000)
  await signUp(server, program, 'unused', { existing_click_id: click_id })
  const sale = await sell(server, program, { transaction_id: 't1', click_id })
  assert.equal(sale.body.commission_cents, 3_000)
})

test('lifetime pays every sale', async () => {
  const program = await withPolicy({ duration: { type: 'lifetime' } })
  for (const [i, waitDays] of [0, 30, 100, 150].entries()) {
    server.clock.advance(waitDays * 86_400_000)
    assert.equal((await buy(program, `t${i}`)).body.commission_cents, 3_000)
  }
})

test('a commission remembers its policy and until when it is held', async () => {
  const program = await withPolicy({ holdDays: 14 })
  await buy(program, 't1')
  const { commission } = (await readSale(server, program, 't1')).body.data
  assert.equal(commission.status, 'pending')
  assert.equal(commission.hold_ends_at, '2026-03-29T12:00:00.000Z')
  assert.equal(commission.policy_version, 1)
  assert.equal(commission.reversed_cents, 0)
})

test('the policy in force at the time of the sale counts', async () => {
  const program = await withPolicy()
  await server.db.sql(
    `insert into affiliate_commission_policies (program_id, id, version, group_id, effective_from, type,
        rate_bps, duration, hold_days, created_at)
      select program_id, id, 2, group_id, $2, 'percent', 5000, 'lifetime', 30, $2
      from affiliate_commission_policies where program_id = $1`,
    [program.programId, new Date(testStartMs + 1_000)],
  )
  server.clock.advance(999)
  assert.equal((await buy(program, 't1')).body.commission_cents, 3_000)
  server.clock.advance(1)
  assert.equal((await buy(program, 't2')).body.commission_cents, 5_000)
  assert.equal((await readSale(server, program, 't2')).body.data.commission.policy_version, 2)
})
