import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { verify } from '../../src/features/verification/index.ts'
import { startTestServer, type TestProgram, type TestServer } from '../harness/test-server.ts'
import { assertRecount } from './recount.ts'
import { refuseInDatabase } from './refuse.ts'
import { newCustomers, tally, together } from './together.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

test('a sale that the database refuses fails alone, and its neighbours are recorded', async () => {
  const program = await server.provision()
  const clickIds = await newCustomers(server, () => program.landing(), 60)
  await refuseInDatabase(server, {
    table: 'affiliate_sale_events',
    column: 'transaction_id',
    value: 'poison',
  })
  const answers = await together(60, (n) =>
    sell(program, {
      transaction_id: n === 30 ? 'poison' : `with_poison_${n}`,
      click_id: clickIds[n],
    }),
  )
  assert.deepEqual(
    answers.map((answer) => answer.status),
    answers.map((_, n) => (n === 30 ? 500 : 200)),
  )
  assert.equal(answers[30]?.body.error, 'Sale tracking failed')
  const sold = await server.send('GET', '/api/v1/programs/me/sales/poison', {
    key: program.apiKey,
  })
  assert.equal(sold.status, 404)
  await assertBooks()
})

test('sales of one customer sent at once are decided one after the other: one of them is the first', async () => {
  const program = await server.provision({ policy: { duration: { type: 'one_time' } } })
  const clickIds = await newCustomers(server, () => program.landing(), 12)
  const answers = await together(60, (n) =>
    sell(program, { transaction_id: `first_${n}`, click_id: clickIds[n % 12] }),
  )
  assert.deepEqual(
    tally(answers, ({ status, body }) => `${status} ${body.reason}`),
    { '200 undefined': 12, '200 not_first_sale': 48 },
  )
  await assertBooks()
})

test('two customers who are given the same new key at once both buy, and one of them has the key', async () => {
  const program = await server.provision()
  const clickIds = await newCustomers(server, () => program.landing(), 40)
  const answers = await together(40, (n) =>
    sell(program, {
      transaction_id: `key_${n}`,
      click_id: clickIds[n],
      customer_key: `shared_${n % 20}`,
    }),
  )
  assert.deepEqual(
    tally(answers, (answer) => answer.status),
    { '200': 40 },
  )
  const keys = await server.db.sql(
    `select k.customer_key from affiliate_customer_keys k
      where k.program_id = $1 and exists (
        select from affiliate_sale_events e where e.program_id = k.program_id
          and e.customer_id = k.customer_id and e.customer_key = k.customer_key)`,
    [program.programId],
  )
  assert.equal(keys.length, 20)
  await assertBooks()
})

test('two programs whose sales have the same ids at once keep them apart', async () => {
  const programs = [await server.provision(), await server.provision()] as const
  const customers = await Promise.all(
    programs.map((program) => newCustomers(server, () => program.landing(), 20)),
  )
  const answers = await together(40, (n) =>
    sell(programs[n % 2 === 0 ? 0 : 1], {
      transaction_id: `same_${Math.floor(n / 2)}`,
      customer_key: `same_${Math.floor(n / 2)}`,
      click_id: customers[n % 2]?.[Math.floor(n / 2)],
    }),
  )
  assert.deepEqual(
    tally(answers, (answer) => answer.status),
    { '200': 40 },
  )
  assert.equal(new Set(answers.map((answer) => answer.body.sale_id)).size, 40)
  await assertBooks()
})

test('a customer whom somebody else holds keeps only its own sales waiting, and they are told to come back', async () => {
  const program = await server.provision()
  const other = await server.provision()
  const clickIds = await newCustomers(server, () => program.landing(), 20)
  // The first ones go alone; this one is with others.
  const held = 15
  const [elsewhere] = await newCustomers(server, () => other.landing(), 1)
  await server.db.database.transaction(async (tx) => {
    const hold = {
      name: 'test_hold_customer',
      text: 'select 1 from affiliate_customers where program_id = $1 and click_id = $2 for update',
    }
    await tx.query(hold, [program.programId, clickIds[held]])
    const answers = await together(21, (n) =>
      n === 20
        ? sell(other, { transaction_id: 'elsewhere', click_id: elsewhere })
        : sell(program, { transaction_id: `held_${n}`, click_id: clickIds[n] }),
    )
    assert.deepEqual(
      answers.map((answer) => answer.status),
      answers.map((_, n) => (n === held ? 503 : 200)),
    )
    assert.ok(answers[held]?.headers.get('retry-after'))
  })
  const again = await sell(program, { transaction_id: `held_${held}`, click_id: clickIds[held] })
  assert.equal(again.status, 200)
  await assertBooks()
})

function sell(program: TestProgram, fields: Record<string, unknown>) {
  const sale = { amount_cents: 10_000, ...fields }
  return server.post('/api/v1/track/sale', sale, { key: program.apiKey })
}

async function assertBooks(): Promise<void> {
  const { checks } = await verify(server.db.database)
  assert.deepEqual(
    checks.filter((check) => check.differences > 0),
    [],
  )
  await assertRecount(server.db)
}
