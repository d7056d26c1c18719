import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { clickThrough, lead, sell } from '../harness/journeys.ts'
import { rowCounts } from '../harness/tables.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

/** Who a sale without a known customer belongs to, and click ids that other systems made. */
let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

/** A program with one customer who bought a subscription. */
async function start() {
  const program = await server.provision()
  const click_id = await clickThrough(server, program)
  await sell(server, program, { transaction_id: 'in_0', click_id, subscription_id: 'plan_pro' })
  return { program, click_id }
}

test('whoever is named and unknown is not found, whatever the subscription says, and gets no key', async () => {
  const { program } = await start()
  const before = await rowCounts(server.db)
  const named = [
    { customer_key: 'organic_1' },
    { click_id: 'never-made' },
    { customer_key: 'organic_1', click_id: 'never-made' },
  ]
  for (const fields of named) {
    const answer = await sell(server, program, {
      transaction_id: 'in_1',
      subscription_id: 'plan_pro',
      ...fields,
    })
    assert.deepEqual(
      [answer.status, answer.body.error],
      [400, 'Customer not found. Provide customer_key or click_id.'],
      JSON.stringify(fields),
    )
  }
  assert.deepEqual(await rowCounts(server.db), before)
  const alone = await sell(server, program, { transaction_id: 'in_2', customer_key: 'organic_1' })
  assert.equal(alone.status, 400, 'the key was bound to nobody')
})

test('where neither key nor click id is sent the subscription names the customer', async () => {
  const { program } = await start()
  const fields = { transaction_id: 'in_1', subscription_id: 'plan_pro' }
  const renewal = await sell(server, program, fields)
  assert.deepEqual([renewal.status, renewal.body.partner_code], [200, program.code])
})

test('a server lead takes a click id of another form that a customer of its program has', async () => {
  const program = await server.provision()
  const click_id = 'imported click/1'
  await importCustomer(program.programId, click_id)
  const answer = await lead(server, program, { click_id, customer_key: 'u1' })
  assert.deepEqual([answer.status, answer.body.success], [200, true], JSON.stringify(answer.body))
  const sale = await sell(server, program, { transaction_id: 't1', customer_key: 'u1' })
  assert.equal(sale.body.partner_code, program.code)
})

test('a click id of another form leads to no other program’s customer', async () => {
  const program = await server.provision()
  await importCustomer(program.programId, 'imported-2')
  const other = await server.provision()
  const fields = { click_id: 'imported-2', customer_key: 'u1' }
  const notFound = 'Customer not found. Provide a valid click_id or customer_key.'
  const foreign = await lead(server, other, fields)
  assert.deepEqual([foreign.status, foreign.body.error], [400, notFound])
  // Without a key nothing tells which program is meant.
  const browser = await server.post('/api/v1/track/lead', fields)
  assert.deepEqual([browser.status, browser.body.error], [400, notFound])
})

/** A customer with one click, as an import leaves them. */
async function importCustomer(programId: number, clickId: string): Promise<void> {
  await server.db.sql(
    `with customer as (
        insert into affiliate_customers (program_id, click_id, created_at)
        values ($1, $2, $3) returning program_id, id, click_id, created_at)
      insert into affiliate_click_events (program_id, created_at, customer_id, click_id, link_id, partner_id)
      select c.program_id, c.created_at, c.id, c.click_id, l.id, l.partner_id
      from customer c join affiliate_referral_links l using (program_id)`,
    [programId, clickId, new Date(server.clock.nowMs())],
  )
}
