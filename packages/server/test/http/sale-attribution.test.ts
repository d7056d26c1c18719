import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { addPartner, clickThrough, lead, readSale, sell, signUp } from '../harness/journeys.ts'
import { rowCounts } from '../harness/tables.ts'
import { testStartMs } from '../harness/test-database.ts'
import { startTestServer, type TestProgram, type TestServer } from '../harness/test-server.ts'

/** Who gets a sale, and until when. */
let server: TestServer
before(async () => {
  server = await startTestServer()
})
beforeEach(() => server.clock.set(testStartMs))
after(() => server.close())

const dayMs = 86_400_000
const days = (count: number) => server.clock.advance(count * dayMs)
const expired = (clickAgeDays: number, windowDays = 60) => ({
  success: true,
  attributed: false,
  reason: 'attribution_window_expired',
  click_age_days: clickAgeDays,
  window_days: windowDays,
  sale_id: null,
  commission_id: null,
})

/** A click of the customer on another partner's link. */
async function switchPartner(program: TestProgram, clickId: string, code: string): Promise<void> {
  const affiliate_url = program.landing(code)
  const kept = await clickThrough(server, program, { affiliate_url, existing_click_id: clickId })
  assert.equal(kept, clickId)
}

test('75 days after the click, with a window of 60, the sale is nobody’s and is not created', async () => {
  const program = await server.provision()
  const click_id = await signUp(server, program, 'u1')
  days(75)
  const before = await rowCounts(server.db)
  const answer = await sell(server, program, { transaction_id: 't1', click_id })
  assert.equal(answer.status, 200)
  assert.deepEqual(answer.body, expired(75))
  const after = await rowCounts(server.db)
  assert.deepEqual(after, {
    ...before,
    affiliate_sale_transactions: (before.affiliate_sale_transactions ?? 0) + 1,
  })
})

test('the window includes its last millisecond', async () => {
  for (const windowDays of [1, 60]) {
    const program = await server.provision({ program: { attributionWindowDays: windowDays } })
    server.clock.set(testStartMs)
    const click_id = await clickThrough(server, program)
    days(windowDays)
    const last = await sell(server, program, { transaction_id: 'last', click_id })
    assert.equal(last.body.attributed, true)
    server.clock.advance(1)
    const late = await sell(server, program, { transaction_id: 'late', click_id })
    assert.deepEqual(late.body, expired(windowDays, windowDays))
  }
})

test('the age of a click is told in whole days that have passed', async () => {
  const program = await server.provision({ program: { attributionWindowDays: 10 } })
  const click_id = await clickThrough(server, program)
  days(12)
  server.clock.advance(-1)
  assert.deepEqual(
    (await sell(server, program, { transaction_id: 't1', click_id })).body,
    expired(11, 10),
  )
  server.clock.advance(1)
  assert.deepEqual(
    (await sell(server, program, { transaction_id: 't2', click_id })).body,
    expired(12, 10),
  )
})

test('a refused sale that is sent again gets the same answer, days later too', async () => {
  const program = await server.provision()
  const click_id = await clickThrough(server, program)
  days(75)
  const sale = { transaction_id: 't1', click_id }
  const first = await sell(server, program, sale)
  days(10)
  const again = await sell(server, program, sale)
  assert.equal(again.status, 200)
  assert.deepEqual(again.body, first.body)
  const other = await sell(server, program, { ...sale, amount_cents: 1 })
  assert.deepEqual(
    [other.status, other.body.code, other.body.sale_id, other.body.commission_id],
    [409, 'transaction_mismatch', null, null],
  )
})

test('the decision on a refused sale can be read, with why no click counted', async () => {
  const program = await server.provision()
  const click_id = await signUp(server, program, 'u1')
  days(75)
  await sell(server, program, { transaction_id: 't1', customer_key: 'u1', amount_cents: 4_900 })
  const { data } = (await readSale(server, program, 't1')).body
  assert.deepEqual(
    [data.sale_id, data.attributed, data.reason, data.partner_code, data.commission],
    [null, false, 'attribution_window_expired', null, null],
  )
  assert.deepEqual([data.amount_cents, data.currency, data.click_id], [4_900, 'USD', click_id])
  assert.equal(data.attribution.verdict, 'attribution_window_expired')
  const [touch] = data.attribution.touches
  assert.deepEqual(
    [touch.why, touch.considered, touch.partner_code],
    ['outside_window', false, program.code],
  )
})

test('a refused sale does not make the customer a conversion', async () => {
  const program = await server.provision()
  const click_id = await clickThrough(server, program)
  days(75)
  await sell(server, program, { transaction_id: 't1', click_id })
  const [row] = await server.db.sql(
    'select status from affiliate_customers where program_id = $1',
    [program.programId],
  )
  assert.equal(row?.status, 'click')
})

test('a newer click opens the window again', async () => {
  const program = await server.provision()
  const click_id = await clickThrough(server, program)
  days(75)
  await clickThrough(server, program, { existing_click_id: click_id })
  days(59)
  assert.equal(
    (await sell(server, program, { transaction_id: 't1', click_id })).body.attributed,
    true,
  )
})

test('under click binding the window runs from the credited click to the sale, signup or not', async () => {
  const program = await server.provision({ program: { attributionBinding: 'click' } })
  await signUp(server, program, 'u1')
  days(61)
  const answer = await sell(server, program, { transaction_id: 't1', customer_key: 'u1' })
  assert.deepEqual(answer.body, expired(61))
})

test('under signup binding the window runs to the lead, then the customer belongs to the partner', async () => {
  const program = await server.provision({ program: { attributionBinding: 'signup' } })
  const click_id = await clickThrough(server, program)
  days(60)
  await lead(server, program, { click_id, customer_key: 'u1' })
  for (const [i, waitDays] of [0, 100, 150].entries()) {
    days(waitDays)
    const sale = await sell(server, program, { transaction_id: `t${i}`, customer_key: 'u1' })
    assert.equal(sale.body.partner_code, program.code, `after ${waitDays} days`)
  }
})

test('under signup binding a click after the lead changes nothing', async () => {
  const program = await server.provision({ program: { attributionBinding: 'signup' } })
  const click_id = await signUp(server, program, 'u1')
  const other = await addPartner(server, program, `later-${program.programId}`)
  days(1)
  await switchPartner(program, click_id, other.codes[0] ?? '')
  days(1)
  const sale = await sell(server, program, { transaction_id: 't1', customer_key: 'u1' })
  assert.equal(sale.body.partner_code, program.code)
  const { touches } = (await readSale(server, program, 't1')).body.data.attribution
  assert.deepEqual(
    touches.map((touch: { why: string }) => touch.why),
    ['last_click', 'after_signup'],
  )
})

test('under signup binding a lead after the window leaves the sale without a partner', async () => {
  const program = await server.provision({ program: { attributionBinding: 'signup' } })
  const click_id = await clickThrough(server, program)
  days(60)
  server.clock.advance(1)
  await lead(server, program, { click_id, customer_key: 'u1' })
  days(30)
  const answer = await sell(server, program, { transaction_id: 't1', customer_key: 'u1' })
  assert.deepEqual(answer.body, expired(60))
})

test('under signup binding without a lead the first sale binds', async () => {
  const program = await server.provision({ program: { attributionBinding: 'signup' } })
  const click_id = await clickThrough(server, program)
  await sell(server, program, { transaction_id: 't1', click_id })
  days(100)
  const later = await sell(server, program, { transaction_id: 't2', click_id })
  assert.equal(later.body.attributed, true)
})

test('a renewal of an attributed subscription is never limited by the window', async () => {
  for (const attributionBinding of ['click', 'signup'] as const) {
    server.clock.set(testStartMs)
    const program = await server.provision({ program: { attributionBinding } })
    await signUp(server, program, 'u1')
    const subscription = { sale_type: 'subscription', is_recurring: true, subscription_id: 'sub_1' }
    await sell(server, program, { transaction_id: 'in_0', customer_key: 'u1', ...subscription })
    for (const month of [1, 2, 3, 8]) {
      server.clock.set(testStartMs + month * 31 * dayMs)
      const renewal = await sell(server, program, {
        transaction_id: `in_${month}`,
        customer_key: 'u1',
        ...subscription,
      })
      assert.deepEqual([renewal.body.attributed, renewal.body.commission_cents], [true, 3_000])
    }
    const { touches } = (await readSale(server, program, 'in_8')).body.data.attribution
    assert.equal(touches[0].why, 'renewal_of_subscription')
  }
})

test('a renewal needs no customer: the subscription id says whose it is', async () => {
  const program = await server.provision()
  const click_id = await clickThrough(server, program)
  await sell(server, program, { transaction_id: 'in_0', click_id, subscription_id: 'sub_1' })
  days(200)
  const renewal = await sell(server, program, { transaction_id: 'in_1', subscription_id: 'sub_1' })
  assert.deepEqual([renewal.body.attributed, renewal.body.partner_code], [true, program.code])
  assert.equal((await readSale(server, program, 'in_1')).body.data.click_id, click_id)
})

test("a renewal stays with the first sale's partner, whoever is clicked later", async () => {
  const program = await server.provision()
  const click_id = await clickThrough(server, program)
  await sell(server, program, { transaction_id: 'in_0', click_id, subscription_id: 'sub_1' })
  const other = await addPartner(server, program, `other-${program.programId}`)
  days(10)
  await switchPartner(program, click_id, other.codes[0] ?? '')
  const renewal = await sell(server, program, {
    transaction_id: 'in_1',
    click_id,
    subscription_id: 'sub_1',
  })
  assert.equal(renewal.body.partner_code, program.code)
  const fresh = await sell(server, program, {
    transaction_id: 'in_2',
    click_id,
    subscription_id: 'sub_2',
  })
  assert.equal(fresh.body.partner_code, other.codes[0])
})

test('a subscription whose first sale was refused is limited by the window', async () => {
  const program = await server.provision()
  const click_id = await clickThrough(server, program)
  days(75)
  const sale = { click_id, subscription_id: 'sub_1' }
  assert.deepEqual(
    (await sell(server, program, { transaction_id: 'in_0', ...sale })).body,
    expired(75),
  )
  days(30)
  assert.deepEqual(
    (await sell(server, program, { transaction_id: 'in_1', ...sale })).body,
    expired(105),
  )
})

test("another customer's subscription id steers no money", async () => {
  const program = await server.provision()
  await signUp(server, program, 'u1')
  await sell(server, program, {
    transaction_id: 'in_0',
    customer_key: 'u1',
    subscription_id: 'sub_1',
  })
  const other = await addPartner(server, program, `own-${program.programId}`)
  await signUp(server, program, 'u2', { affiliate_url: program.landing(other.codes[0]) })
  const sale = await sell(server, program, {
    transaction_id: 'in_1',
    customer_key: 'u2',
    subscription_id: 'sub_1',
  })
  assert.equal(sale.body.partner_code, other.codes[0])
  const foreign = await server.provision()
  const unknown = await sell(server, foreign, { transaction_id: 'in_1', subscription_id: 'sub_1' })
  assert.equal(unknown.body.code, 'customer_not_found')
})

test('a removed partner gets neither new sales nor renewals', async () => {
  const program = await server.provision()
  await signUp(server, program, 'u1')
  await sell(server, program, {
    transaction_id: 'in_0',
    customer_key: 'u1',
    subscription_id: 'sub_1',
  })
  await server.db.sql(
    "update affiliate_partner_programs set status = 'removed' where program_id = $1",
    [program.programId],
  )
  for (const more of [{}, { subscription_id: 'sub_1' }]) {
    const answer = await sell(server, program, {
      transaction_id: 'in_1',
      customer_key: 'u1',
      ...more,
    })
    assert.deepEqual(
      [answer.status, answer.body.error],
      [400, 'No partner-program relationship found for this customer'],
    )
  }
})

test('the sale goes to the newest click of a partner who is still there', async () => {
  const program = await server.provision()
  const click_id = await clickThrough(server, program)
  const other = await addPartner(server, program, `gone-${program.programId}`)
  days(1)
  await switchPartner(program, click_id, other.codes[0] ?? '')
  await server.db.sql(
    "update affiliate_partner_programs set status = 'removed' where program_id = $1 and partner_id = $2",
    [program.programId, other.partnerId],
  )
  const sale = await sell(server, program, { transaction_id: 't1', click_id })
  assert.equal(sale.body.partner_code, program.code)
})
