import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { chrome, clickThrough } from '../../server/test/harness/journeys.ts'
import {
  startTestServer,
  type TestProgram,
  type TestServer,
} from '../../server/test/harness/test-server.ts'
import { Affitor } from '../src/server.ts'

/** The server entry against the real server. */
let server: TestServer
let program: TestProgram
let affitor: Affitor
before(async () => {
  server = await startTestServer()
  program = await server.provision()
  affitor = new Affitor({ apiKey: program.apiKey, baseUrl: `${server.url}/` })
})
after(() => server.close())

test('click, signup, sale and refund: each answers what the server did', async () => {
  const click = await affitor.trackClick({ affiliateUrl: program.landing(), userAgent: chrome })
  assert.ok(click.ok && 'click_id' in click.data)
  const clickId = click.data.click_id
  const lead = await affitor.trackLead({ clickId, customerExternalId: 'u1', email: 'a@b.example' })
  assert.deepEqual(lead, {
    ok: true,
    status: 200,
    data: { success: true, message: 'Lead tracked successfully' },
    error: null,
  })
  const again = await affitor.trackLead({ clickId, customerKey: 'u1' })
  assert.ok(again.ok && 'already_tracked' in again.data && again.data.already_tracked)
  const sale = await affitor.trackSale({
    invoiceId: 'in_1',
    customerKey: 'u1',
    amountCents: 10_000,
  })
  assert.ok(sale.ok && 'commission_cents' in sale.data)
  assert.equal(sale.data.commission_cents, 3_000)
  const refund = await affitor.trackRefund({
    transactionId: 'in_1',
    amountCents: 2_500,
    refundId: 're_1',
    reason: 'asked for it',
  })
  assert.ok(refund.ok && 'deduction_amount_cents' in refund.data)
  assert.equal(refund.data.deduction_amount_cents, 750)
})

test('a sale that was recorded before is a success with the first ids, another amount is not', async () => {
  const clickId = await clickThrough(server, program)
  const sale = { transactionId: 'twice', clickId, amountCents: 4_900 }
  const first = await affitor.trackSale(sale)
  assert.ok(first.ok)
  const second = await affitor.trackSale(sale)
  assert.equal(second.ok, true)
  assert.equal(second.status, 409)
  assert.ok(second.data !== null && 'duplicate' in second.data)
  assert.equal(second.data.sale_id, first.data && 'sale_id' in first.data && first.data.sale_id)
  const other = await affitor.trackSale({ ...sale, amountCents: 5_000 })
  assert.equal(other.ok, false)
  assert.equal(other.error?.code, 'transaction_mismatch')
})

test('a refusal tells code, message and request id, and is not sent twice', async () => {
  let sent = 0
  const counting = new Affitor({
    apiKey: program.apiKey,
    baseUrl: server.url,
    fetch: (...args) => {
      sent += 1
      return fetch(...args)
    },
  })
  const sale = await counting.trackSale({
    transactionId: 't',
    customerKey: 'nobody',
    amountCents: 1,
  })
  assert.equal(sale.ok, false)
  assert.equal(sale.status, 400)
  assert.equal(sale.error?.code, 'customer_not_found')
  assert.equal(sale.error?.message, 'Customer not found. Provide customer_key or click_id.')
  assert.match(sale.error?.requestId ?? '', /./)
  assert.equal(sent, 1)
})

test('a wrong key is told without the key', async () => {
  const key = `aff_${'x'.repeat(43)}`
  const wrong = new Affitor({ apiKey: key, baseUrl: server.url })
  const sale = await wrong.trackSale({ transactionId: 't', amountCents: 1 })
  assert.equal(sale.status, 401)
  assert.equal(sale.error?.message, 'Invalid API token')
  assert.doesNotMatch(JSON.stringify(sale) + String(wrong), /xxxx/)
  assert.doesNotMatch(JSON.stringify(wrong), /xxxx/)
})

test('test mode stores a test event', async () => {
  const sale = await affitor.trackSale({ testMode: true })
  assert.ok(sale.ok && 'data' in sale.data)
  assert.equal(sale.data.data.test_mode, true)
  assert.equal(sale.data.data.programId, program.programId)
  const click = await affitor.trackClick({ testMode: true, programId: program.programId })
  assert.ok(click.ok && 'data' in click.data)
})

test('what cannot be right is refused before anything is sent', async () => {
  for (const bad of [{ apiKey: '' }, { apiKey: 'a b' }, { baseUrl: 'affitor.example' }]) {
    const options = { apiKey: 'aff_x', baseUrl: 'https://a.example', ...bad }
    assert.throws(() => new Affitor(options), TypeError)
  }
  const conflict = await affitor.trackSale({
    transactionId: 'a',
    invoiceId: 'b',
    amountCents: 1,
  })
  assert.equal(conflict.error?.code, 'invalid_input')
  assert.equal(
    conflict.error?.message,
    'transactionId and invoiceId name the same field differently',
  )
  const circle: Record<string, unknown> = {}
  circle.self = circle
  const unwritable = await affitor.trackSale({
    transactionId: 'a',
    amountCents: 1,
    lineItems: circle,
  })
  assert.equal(unwritable.error?.code, 'invalid_input')
})
