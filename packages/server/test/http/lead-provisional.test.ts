import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { clickThrough, lead, sell, signUp } from '../harness/journeys.ts'
import { startTestServer, type TestProgram, type TestServer } from '../harness/test-server.ts'

/** Programs with lead_auth server_required: a browser may announce a lead, only the backend settles it. */
let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

const strict = () => server.provision({ program: { leadAuth: 'server_required' } })
const browserLead = (body: object) => server.post('/api/v1/track/lead', body)

async function state(program: TestProgram, clickId: string) {
  const [row] = await server.db.sql(
    `select c.status, c.customer_key, c.lead_at, e.settled_at,
        (select count(*)::int from affiliate_lead_events l where l.program_id = $1) as events,
        (select coalesce(sum(leads), 0)::int from affiliate_daily_traffic t
          where t.program_id = $1 and t.link_id = 0) as counted
      from affiliate_customers c
      left join affiliate_lead_events e on e.program_id = c.program_id and e.customer_id = c.id
      where c.program_id = $1 and c.click_id = $2`,
    [program.programId, clickId],
  )
  assert.ok(row)
  return row
}

test('a browser lead is provisional: answered so, stored, counted nowhere', async () => {
  const program = await strict()
  const click_id = await clickThrough(server, program)
  const answer = await browserLead({ click_id, customer_key: 'u1' })
  assert.equal(answer.status, 200)
  assert.equal(answer.body.success, true)
  assert.equal(answer.body.provisional, true)
  assert.equal(typeof answer.body.message, 'string')
  assert.deepEqual(await state(program, click_id), {
    status: 'click',
    customer_key: null,
    lead_at: null,
    settled_at: null,
    events: 1,
    counted: 0,
  })
})

test('a repeated browser lead stays provisional and adds nothing', async () => {
  const program = await strict()
  const click_id = await clickThrough(server, program)
  await browserLead({ click_id })
  const answer = await browserLead({ click_id })
  assert.equal(answer.body.provisional, true)
  assert.equal(answer.body.already_tracked, true)
  const now = await state(program, click_id)
  assert.deepEqual([now.status, now.events, now.counted], ['click', 1, 0])
})

test("the backend's lead settles it: one event, counted once, from that moment on", async () => {
  const program = await strict()
  const click_id = await clickThrough(server, program)
  await browserLead({ click_id })
  server.clock.advance(3_600_000)
  const answer = await lead(server, program, { click_id, customer_key: 'u1' })
  assert.deepEqual(answer.body, { success: true, message: 'Lead tracked successfully' })
  const at = new Date(server.clock.nowMs())
  assert.deepEqual(await state(program, click_id), {
    status: 'lead',
    customer_key: 'u1',
    lead_at: at,
    settled_at: at,
    events: 1,
    counted: 1,
  })
  const again = await lead(server, program, { click_id })
  assert.equal(again.body.already_tracked, true)
  assert.equal((await browserLead({ click_id })).body.already_tracked, true)
  assert.equal((await state(program, click_id)).counted, 1)
})

test('a sale that names the click settles it, and the customer is a conversion', async () => {
  const program = await strict()
  const click_id = await clickThrough(server, program)
  await browserLead({ click_id, customer_key: 'u1' })
  server.clock.advance(3_600_000)
  const sale = await sell(server, program, { transaction_id: 't1', click_id, customer_key: 'u1' })
  assert.equal(sale.body.attributed, true)
  const at = new Date(server.clock.nowMs())
  assert.deepEqual(await state(program, click_id), {
    status: 'conversion',
    customer_key: 'u1',
    lead_at: at,
    settled_at: at,
    events: 1,
    counted: 1,
  })
  assert.equal((await lead(server, program, { click_id })).body.already_tracked, true)
  assert.equal((await state(program, click_id)).counted, 1)
})

test('a sale without a lead makes none', async () => {
  const program = await strict()
  const click_id = await clickThrough(server, program)
  await sell(server, program, { transaction_id: 't1', click_id })
  const now = await state(program, click_id)
  assert.deepEqual([now.status, now.events, now.counted, now.lead_at], ['conversion', 0, 0, null])
})

test('a key that only a browser named pays nobody: a sale by that key finds no customer', async () => {
  const program = await strict()
  const click_id = await clickThrough(server, program)
  await browserLead({ click_id, customer_key: 'somebody-who-will-pay' })
  const sale = await sell(server, program, {
    transaction_id: 't1',
    customer_key: 'somebody-who-will-pay',
  })
  assert.deepEqual([sale.status, sale.body.code], [400, 'customer_not_found'])
})

test("the backend's lead needs no browser lead before it", async () => {
  const program = await strict()
  const click_id = await signUp(server, program, 'u1')
  const now = await state(program, click_id)
  assert.deepEqual([now.status, now.events, now.counted], ['lead', 1, 1])
})

test('a provisional lead binds nobody: under signup binding the later click still wins', async () => {
  const program = await server.provision({
    program: { leadAuth: 'server_required', attributionBinding: 'signup' },
    partner: { links: 2 },
  })
  const click_id = await clickThrough(server, program)
  await browserLead({ click_id })
  server.clock.advance(1_000)
  const affiliate_url = program.landing(program.codes[1])
  await clickThrough(server, program, { affiliate_url, existing_click_id: click_id })
  server.clock.advance(1_000)
  const sale = await sell(server, program, { transaction_id: 't1', click_id })
  assert.equal(sale.body.partner_code, program.codes[1])
})

test('errors are those of every program: a browser lead that names nobody is 400', async () => {
  await strict()
  const answer = await browserLead({ click_id: 'unknown' })
  assert.deepEqual(
    [answer.status, answer.body.error],
    [400, 'Customer not found. Provide a valid click_id or customer_key.'],
  )
})
