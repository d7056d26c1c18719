import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

test('a click, a lead, a sale and a refund end in a ledger that sums to zero', async () => {
  const program = await server.provision()
  const click = await server.post('/api/v1/track/click', { affiliate_url: program.landing() })
  assert.equal(click.status, 200)
  const { click_id } = click.body
  const key = program.apiKey
  const lead = await server.post('/api/v1/track/lead', { click_id, customer_key: 'u1' }, { key })
  assert.deepEqual(lead.body, { success: true, message: 'Lead tracked successfully' })
  const sale = await server.post(
    '/api/v1/track/sale',
    { transaction_id: 't1', customer_key: 'u1', amount_cents: 4900 },
    { key },
  )
  assert.equal(sale.body.commission_cents, 1470)
  const refund = await server.post(
    '/api/v1/track/refund',
    { transaction_id: 't1', refund_amount_cents: 1000 },
    { key },
  )
  assert.equal(refund.body.deduction_amount_cents, 300)
  const ledger = await server.send('GET', '/api/v1/programs/me/ledger', { key })
  assert.deepEqual(ledger.body.data.sum_cents, { USD: 0 })
  const pending = ledger.body.data.accounts.find(
    (one: { account: string }) => one.account === 'pending',
  )
  assert.equal(pending.balance_cents, 1170)
  const read = await server.send('GET', '/api/v1/programs/me/sales/t1', { key })
  assert.equal(read.body.data.commission.reversed_cents, 300)
})
