import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { balance, clickThrough, readSale, sell, signUp } from '../harness/journeys.ts'
import { rowCounts, tablesHolding } from '../harness/tables.ts'
import { startTestServer, type TestProgram, type TestServer } from '../harness/test-server.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

async function salesOf(program: TestProgram) {
  return server.db.sql(
    'select * from affiliate_sale_events where program_id = $1 and not is_test order by id',
    [program.programId],
  )
}

/** A program with the customer u1. */
async function withCustomer(change = {}): Promise<TestProgram> {
  const program = await server.provision(change)
  await signUp(server, program, 'u1')
  return program
}

test('an attributed sale answers its ids, the partner and the commission', async () => {
  const program = await withCustomer()
  const answer = await sell(server, program, {
    transaction_id: 't1',
    customer_key: 'u1',
    amount_cents: 4_900,
  })
  assert.equal(answer.status, 200)
  const { sale_id, commission_id } = answer.body
  assert.deepEqual(answer.body, {
    success: true,
    sale_id,
    commission_id,
    message: 'Sale tracked successfully',
    attributed: true,
    partner_code: program.code,
    commission_cents: 1_470,
  })
  assert.ok(Number.isInteger(sale_id) && Number.isInteger(commission_id))
  assert.equal(await balance(server, program, 'pending'), 1_470)
  assert.equal(await balance(server, program, 'expense'), -1_470)
})

test('every field of a sale is stored', async () => {
  const program = await withCustomer()
  const line_items = [{ sku: 'a', quantity: 2, price: 19.99 }, 'text', null, true]
  await sell(server, program, {
    transaction_id: 't1',
    customer_key: 'u1',
    amount_cents: 2_900,
    currency: 'eur',
    sale_type: 'subscription',
    is_recurring: true,
    subscription_id: 'sub_1',
    subscription_interval: 'annual',
    product_id: 'pro',
    line_items,
    email: 'ada.lovelace@example.com',
    event_name: 'first_invoice',
    additional_data: { note: 'x' },
    created_at: '2001-01-01',
    timestamp: 1,
  })
  const [row] = await salesOf(program)
  assert.ok(row)
  assert.deepEqual(
    [row.transaction_id, Number(row.amount_cents), row.currency, row.sale_type, row.is_recurring],
    ['t1', 2_900, 'EUR', 'subscription', true],
  )
  assert.deepEqual(
    [row.subscription_id, row.subscription_interval, row.product_id, row.event_name],
    ['sub_1', 'annual', 'pro', 'first_invoice'],
  )
  assert.deepEqual(row.line_items, line_items)
  assert.equal(row.customer_key, 'u1')
  assert.equal(row.email_hash.length, 32)
  assert.equal(row.email_masked, 'a***@e***.com')
  assert.deepEqual(await tablesHolding(server.db, 'ada.lovelace'), [])
  assert.equal(row.created_at.getTime(), server.clock.nowMs())
})

test('what is left out has its default', async () => {
  const program = await withCustomer()
  await sell(server, program, { transaction_id: 't1', customer_key: 'u1' })
  const [row] = await salesOf(program)
  assert.deepEqual(
    [row?.currency, row?.sale_type, row?.is_recurring, row?.subscription_id, row?.line_items],
    ['USD', 'payment', false, null, null],
  )
})

test('every bad field is refused by its name, and nothing is stored', async () => {
  const program = await withCustomer()
  const before = await rowCounts(server.db)
  const idRequired = 'transaction_id is required and must be a string'
  const idLong = 'transaction_id must be a string of at most 255 characters'
  const amount = 'amount_cents is required and must be a positive integer'
  const currency = 'currency must be an ISO 4217 code, such as USD'
  const cases: [object, string][] = [
    [{ transaction_id: undefined }, idRequired],
    [{ transaction_id: '' }, idRequired],
    [{ transaction_id: 42 }, idRequired],
    [{ transaction_id: {} }, idRequired],
    [{ transaction_id: 'x'.repeat(256) }, idLong],
    [
      { transaction_id: 'a\u0000' },
      'transaction_id must not contain NUL characters or broken Unicode',
    ],
    [
      { transaction_id: '\udc00' },
      'transaction_id must not contain NUL characters or broken Unicode',
    ],
    [{ amount_cents: undefined }, amount],
    [{ amount_cents: null }, amount],
    [{ amount_cents: 0 }, amount],
    [{ amount_cents: -1 }, amount],
    [{ amount_cents: 49.5 }, amount],
    [{ amount_cents: '4900' }, amount],
    [{ amount_cents: true }, amount],
    [{ amount_cents: [4900] }, amount],
    [{ amount_cents: 10 ** 12 + 1 }, 'amount_cents must be at most 1000000000000'],
    [{ customer_key: 42 }, 'customer_key must be a string of at most 255 characters'],
    [{ customer_key: 'x'.repeat(256) }, 'customer_key must be a string of at most 255 characters'],
    [{ click_id: [] }, 'click_id must be a string of at most 255 characters'],
    [{ currency: 'XXX' }, currency],
    [{ currency: 'US' }, currency],
    [{ currency: 'DOLLAR' }, currency],
    [{ currency: 840 }, currency],
    [{ currency: ' USD' }, currency],
    [{ sale_type: 'gift' }, 'sale_type must be one of payment, subscription'],
    [{ sale_type: 'Payment' }, 'sale_type must be one of payment, subscription'],
    [{ is_recurring: 'true' }, 'is_recurring must be true or false'],
    [{ is_recurring: 1 }, 'is_recurring must be true or false'],
    [{ subscription_id: 7 }, 'subscription_id must be a string of at most 255 characters'],
    [
      { subscription_interval: 'weekly' },
      'subscription_interval must be one of monthly, quarterly, annual',
    ],
    [{ product_id: 7 }, 'product_id must be a string of at most 255 characters'],
    [{ email: 7 }, 'email must be a string'],
    [{ event_name: 7 }, 'event_name must be a string'],
    [{ additional_data: [] }, 'additional_data must be an object'],
    [{ line_items: 'x'.repeat(16_384) }, 'line_items must be at most 16 KiB of JSON'],
  ]
  for (const [fields, error] of cases) {
    const answer = await sell(server, program, {
      transaction_id: 't1',
      customer_key: 'u1',
      ...fields,
    })
    assert.deepEqual(
      [answer.status, answer.body.error],
      [400, error],
      JSON.stringify(fields).slice(0, 80),
    )
    assert.equal(answer.body.code, 'invalid_request')
  }
  assert.deepEqual(await rowCounts(server.db), before)
})

test('the smallest and the largest amount are accepted, and written as numbers in any form', async () => {
  const program = await withCustomer()
  const forms: [string, number][] = [
    ['1', 1],
    ['1000000000000', 10 ** 12],
    ['4900.0', 4_900],
    ['49e2', 4_900],
  ]
  for (const [i, [written, cents]] of forms.entries()) {
    const rawBody = `{"transaction_id":"t${i}","customer_key":"u1","amount_cents":${written}}`
    const answer = await server.send('POST', '/api/v1/track/sale', { key: program.apiKey, rawBody })
    assert.equal(answer.status, 200, written)
    assert.equal((await readSale(server, program, `t${i}`)).body.data.amount_cents, cents)
  }
  const largest = (await readSale(server, program, 't1')).body.data
  assert.equal(largest.commission.amount_cents, 3 * 10 ** 11)
})

test('currencies keep their own minor unit and come in any case', async () => {
  const program = await withCustomer({ program: { currency: 'JPY' } })
  const cases: [unknown, string][] = [
    [undefined, 'JPY'],
    [null, 'JPY'],
    ['', 'JPY'],
    ['jpy', 'JPY'],
    ['KWD', 'KWD'],
    ['kWd', 'KWD'],
    ['Eur', 'EUR'],
    ['clf', 'CLF'],
  ]
  for (const [i, [currency, stored]] of cases.entries()) {
    const sale = { transaction_id: `t${i}`, customer_key: 'u1', amount_cents: 1_000, currency }
    assert.equal((await sell(server, program, sale)).body.commission_cents, 300)
    const { data } = (await readSale(server, program, `t${i}`)).body
    assert.deepEqual([data.currency, data.commission.currency], [stored, stored])
  }
  assert.equal(await balance(server, program, 'pending', 'JPY'), 4 * 300)
  assert.equal(await balance(server, program, 'pending', 'KWD'), 2 * 300)
})

test('line items are any JSON of up to 16 KiB, stored as sent', async () => {
  const program = await withCustomer()
  const values = [
    [],
    {},
    'text',
    0,
    false,
    1.5,
    [[[]]],
    { a: { b: [null, 'é😀'] } },
    'x'.repeat(16_382),
  ]
  for (const [i, line_items] of values.entries()) {
    const answer = await sell(server, program, {
      transaction_id: `t${i}`,
      customer_key: 'u1',
      line_items,
    })
    assert.equal(answer.status, 200, JSON.stringify(line_items).slice(0, 60))
  }
  const rows = await salesOf(program)
  assert.deepEqual(
    rows.map((row) => row.line_items),
    values,
  )
  const wide = { line_items: 'é'.repeat(8_192), transaction_id: 'wide', customer_key: 'u1' }
  assert.equal((await sell(server, program, wide)).status, 400, 'bytes are counted, not characters')
})

test('numbers in line items are kept as far as a double holds them', async () => {
  const program = await withCustomer()
  const line_items = '[9007199254740991,-0.1,1.7976931348623157e+308,5e-324]'
  const rawBody = `{"transaction_id":"t1","customer_key":"u1","amount_cents":1,"line_items":${line_items}}`
  await server.send('POST', '/api/v1/track/sale', { key: program.apiKey, rawBody })
  const [row] = await server.db.sql(
    'select line_items::text as text from affiliate_sale_events where program_id = $1',
    [program.programId],
  )
  assert.equal(row?.text, line_items)
})

test('a sale of nobody is refused', async () => {
  const program = await withCustomer()
  const foreign = await clickThrough(server, await server.provision())
  const error = 'Customer not found. Provide customer_key or click_id.'
  for (const who of [
    {},
    { customer_key: 'nobody' },
    { click_id: 'nobody' },
    { click_id: foreign },
    { subscription_id: 'sub_x' },
    { email: 'ada@example.com' },
  ]) {
    const answer = await sell(server, program, { transaction_id: 't1', ...who })
    assert.deepEqual(
      [answer.status, answer.body.error, answer.body.code],
      [400, error, 'customer_not_found'],
    )
  }
  assert.equal(
    (await sell(server, program, { transaction_id: 't1', customer_key: 'u1' })).status,
    200,
    'the id is still free',
  )
})

test('an unknown key falls back to the click id, whose customer then gets the key', async () => {
  const program = await server.provision()
  const click_id = await clickThrough(server, program)
  const first = await sell(server, program, {
    transaction_id: 't1',
    customer_key: 'new-key',
    click_id,
  })
  assert.equal(first.body.attributed, true)
  const second = await sell(server, program, { transaction_id: 't2', customer_key: 'new-key' })
  assert.equal(second.body.attributed, true)
  const { data } = (await readSale(server, program, 't2')).body
  assert.deepEqual([data.click_id, data.customer_key], [click_id, 'new-key'])
})

test('a known key counts before the click id', async () => {
  const program = await server.provision()
  const owner = await signUp(server, program, 'u1')
  const click_id = await clickThrough(server, program)
  await sell(server, program, { transaction_id: 't1', customer_key: 'u1', click_id })
  assert.equal((await readSale(server, program, 't1')).body.data.click_id, owner)
})

test('a customer whose clicks are all gone has no attribution', async () => {
  const program = await withCustomer()
  await server.db.sql('delete from affiliate_click_events where program_id = $1', [
    program.programId,
  ])
  const answer = await sell(server, program, { transaction_id: 't1', customer_key: 'u1' })
  assert.deepEqual(
    [answer.status, answer.body.error, answer.body.code],
    [400, 'No affiliate attribution found for this customer in this program', 'no_attribution'],
  )
})

test('a customer whose partner left the program has no partner, and the id stays free', async () => {
  const program = await withCustomer()
  const set = (status: string) =>
    server.db.sql('update affiliate_partner_programs set status = $2 where program_id = $1', [
      program.programId,
      status,
    ])
  await set('removed')
  const answer = await sell(server, program, { transaction_id: 't1', customer_key: 'u1' })
  assert.deepEqual(
    [answer.status, answer.body.error, answer.body.code],
    [400, 'No partner-program relationship found for this customer', 'no_partner'],
  )
  await set('active')
  assert.equal(
    (await sell(server, program, { transaction_id: 't1', customer_key: 'u1' })).status,
    200,
  )
})

test('a sale counts once for the day: revenue, sales, commission, and a conversion for the first', async () => {
  const program = await withCustomer()
  for (const transaction_id of ['t1', 't2']) {
    await sell(server, program, { transaction_id, customer_key: 'u1', amount_cents: 1_000 })
  }
  await sell(server, program, { transaction_id: 't2', customer_key: 'u1', amount_cents: 1_000 })
  const rows = await server.db.sql(
    `select m.link_id = 0 as whole, m.sales::int, m.revenue_cents::int as revenue, m.commission_cents::int as commission,
        t.conversions::int
      from affiliate_daily_money m join affiliate_daily_traffic t using (program_id, day, link_id)
      where m.program_id = $1 order by m.link_id`,
    [program.programId],
  )
  const counted = { sales: 2, revenue: 2_000, commission: 600, conversions: 1 }
  assert.deepEqual(rows, [
    { whole: true, ...counted },
    { whole: false, ...counted },
  ])
})
