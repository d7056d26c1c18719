import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { after, before, test } from 'node:test'
import { clickThrough, lead, readSale, sell, signUp } from '../harness/journeys.ts'
import { rowCounts, tablesHolding } from '../harness/tables.ts'
import { startTestServer, type TestProgram, type TestServer } from '../harness/test-server.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

const browserLead = (body: object) => server.post('/api/v1/track/lead', body)
const tracked = { success: true, message: 'Lead tracked successfully' }
const again = { ...tracked, already_tracked: true }

async function customerOf(program: TestProgram, clickId: string) {
  const [row] = await server.db.sql(
    `select c.*, array(select customer_key from affiliate_customer_keys k
        where k.program_id = c.program_id and k.customer_id = c.id order by customer_key) as keys
      from affiliate_customers c where c.program_id = $1 and c.click_id = $2`,
    [program.programId, clickId],
  )
  assert.ok(row)
  return row
}

async function leadsOf(program: TestProgram) {
  return server.db.sql('select * from affiliate_lead_events where program_id = $1 order by id', [
    program.programId,
  ])
}

/** The program's counted leads over all days. */
async function countedLeads(program: TestProgram): Promise<number> {
  const [row] = await server.db.sql(
    `select coalesce(sum(leads), 0)::int as leads from affiliate_daily_traffic
      where program_id = $1 and link_id = 0`,
    [program.programId],
  )
  return row?.leads
}

test('a browser lead needs no key: the click id says who it is', async () => {
  const program = await server.provision()
  const click_id = await clickThrough(server, program)
  const answer = await browserLead({ click_id, email: 'ada@example.com', customer_key: 'u1' })
  assert.deepEqual([answer.status, answer.body], [200, tracked])
  const customer = await customerOf(program, click_id)
  assert.deepEqual([customer.status, customer.customer_key], ['lead', 'u1'])
  const [event] = await leadsOf(program)
  assert.deepEqual(
    [event?.mode, event?.is_provisional, event?.click_id],
    ['browser', false, click_id],
  )
  assert.equal(event?.settled_at.getTime(), server.clock.nowMs())
})

test('every field of a lead is stored, cleaned', async () => {
  const program = await server.provision()
  const click_id = await clickThrough(server, program)
  await lead(server, program, {
    click_id,
    customer_key: 'u1',
    session_id: 's1',
    page_url: 'https://example.com/welcome?token=secret&utm_source=x',
    event_name: 'trial\u0000 started',
    has_attribution: true,
    debug_mode: false,
    program_id: program.programId,
    click_ids: [click_id],
  })
  const [event] = await leadsOf(program)
  assert.equal(event?.customer_key, 'u1')
  assert.equal(event?.session_id, 's1')
  assert.equal(event?.page_url, 'https://example.com/welcome?utm_source=x')
  assert.equal(event?.event_name, 'trial started')
  assert.equal(event?.mode, 'server')
  assert.equal(event?.created_at.getTime(), server.clock.nowMs())
})

test('the event name may stand in additional_data', async () => {
  const program = await server.provision()
  const click_id = await clickThrough(server, program)
  await browserLead({ click_id, additional_data: { event_name: 'newsletter' } })
  assert.equal((await leadsOf(program))[0]?.event_name, 'newsletter')
})

test('a lead counts for the day, the program and the link of the credited click', async () => {
  const program = await server.provision({ partner: { links: 2 } })
  const first = await clickThrough(server, program)
  server.clock.advance(1_000)
  const affiliate_url = program.landing(program.codes[1])
  await clickThrough(server, program, { affiliate_url, existing_click_id: first })
  await browserLead({ click_id: first })
  const rows = await server.db.sql(
    `select l.code, t.leads::int from affiliate_daily_traffic t
      left join affiliate_referral_links l on l.program_id = t.program_id and l.id = t.link_id
      where t.program_id = $1 order by t.link_id`,
    [program.programId],
  )
  assert.deepEqual(
    rows.map((row) => [row.code, row.leads]),
    [
      [null, 1],
      [program.codes[0], 0],
      [program.codes[1], 1],
    ],
  )
})

test('what is wrong with a lead is said in one sentence, and nothing is stored', async () => {
  const program = await server.provision()
  const other = await server.provision()
  const foreign = await clickThrough(server, other)
  const before = await rowCounts(server.db)
  const required = 'click_id or customer_key is required'
  const notFound = 'Customer not found. Provide a valid click_id or customer_key.'
  const unknown = `cust_${program.programId}_1714000000000_${'0'.repeat(24)}`
  const cases: [object, boolean, string][] = [
    [{}, true, required],
    [{}, false, required],
    [{ email: 'ada@example.com' }, false, required],
    [{ click_ids: [] }, true, required],
    [{ customer_key: 'nobody' }, true, notFound],
    [{ click_id: unknown }, true, notFound],
    [{ click_id: unknown }, false, notFound],
    [{ click_ids: [unknown, 'nonsense'] }, false, notFound],
    [{ customer_key: 'nobody' }, false, notFound],
    [{ click_id: foreign }, true, 'Customer does not belong to this program'],
    [
      { click_id: foreign, customer_key: 'nobody' },
      true,
      'Customer does not belong to this program',
    ],
    [{ click_ids: [foreign] }, true, 'Customer does not belong to this program'],
  ]
  for (const [body, withKey, error] of cases) {
    const answer = await (withKey ? lead(server, program, { ...body }) : browserLead(body))
    assert.deepEqual([answer.status, answer.body.error], [400, error], JSON.stringify(body))
  }
  assert.deepEqual(await rowCounts(server.db), before)
})

test('a field of another type is refused by its name', async () => {
  const program = await server.provision()
  const click_id = await clickThrough(server, program)
  const long = 'x'.repeat(256)
  const tooMany = 'click_ids must be a list of at most 20 strings'
  const cases: [object, string][] = [
    [{ click_id: 1 }, 'click_id must be a string of at most 255 characters'],
    [{ customer_key: 42 }, 'customer_key must be a string of at most 255 characters'],
    [{ customer_key: long }, 'customer_key must be a string of at most 255 characters'],
    [
      { customer_key: 'a\u0000b' },
      'customer_key must not contain NUL characters or broken Unicode',
    ],
    [{ customer_key: '\ud800' }, 'customer_key must not contain NUL characters or broken Unicode'],
    [{ email: 1 }, 'email must be a string'],
    [{ session_id: {} }, 'session_id must be a string'],
    [{ page_url: [] }, 'page_url must be a string'],
    [{ event_name: true }, 'event_name must be a string'],
    [{ click_ids: 'x' }, tooMany],
    [{ click_ids: [1] }, tooMany],
    [{ click_ids: Array.from({ length: 21 }, (_, i) => `c${i}`) }, tooMany],
    [{ program_id: 'x' }, 'program_id must be a whole number'],
    [{ program_id: 1.5 }, 'program_id must be a whole number'],
    [{ has_attribution: 'yes' }, 'has_attribution must be true or false'],
    [{ debug_mode: 1 }, 'debug_mode must be true or false'],
    [{ additional_data: 'x' }, 'additional_data must be an object'],
  ]
  for (const [fields, error] of cases) {
    const answer = await lead(server, program, { click_id, ...fields })
    assert.deepEqual([answer.status, answer.body.error], [400, error], JSON.stringify(fields))
  }
  assert.equal((await leadsOf(program)).length, 0)
})

test('of several click ids the newest known one counts, and newest stands last', async () => {
  const program = await server.provision()
  const older = await clickThrough(server, program)
  const newer = await clickThrough(server, program)
  for (const send of [(body: object) => lead(server, program, { ...body }), browserLead]) {
    const fresh = await clickThrough(server, program)
    const answer = await send({ click_ids: [older, newer, fresh, 'unknown', ''] })
    assert.equal(answer.status, 200)
    assert.equal((await customerOf(program, fresh)).status, 'lead')
  }
  assert.equal((await customerOf(program, newer)).status, 'click')
  assert.equal((await customerOf(program, older)).status, 'click')
})

test('20 click ids are accepted', async () => {
  const program = await server.provision()
  const click_id = await clickThrough(server, program)
  const click_ids = [...Array.from({ length: 19 }, (_, i) => `old${i}`), click_id]
  assert.deepEqual((await browserLead({ click_ids })).body, tracked)
})

test('with a key, a candidate of another program is passed over for an older one of this program', async () => {
  const program = await server.provision()
  const own = await clickThrough(server, program)
  const foreign = await clickThrough(server, await server.provision())
  assert.deepEqual((await lead(server, program, { click_ids: [own, foreign] })).body, tracked)
  assert.equal((await customerOf(program, own)).status, 'lead')
})

test('with a key, the customer key is looked up before the click id', async () => {
  const program = await server.provision()
  const known = await clickThrough(server, program)
  await lead(server, program, { click_id: known, customer_key: 'u1' })
  const other = await clickThrough(server, program)
  assert.deepEqual(
    (await lead(server, program, { click_id: other, customer_key: 'u1' })).body,
    again,
  )
  assert.equal((await customerOf(program, other)).status, 'click')
})

test('a repeated lead answers already_tracked, adds nothing and counts once', async () => {
  const program = await server.provision()
  const click_id = await clickThrough(server, program)
  assert.deepEqual((await browserLead({ click_id })).body, tracked)
  server.clock.advance(5_000)
  assert.deepEqual((await browserLead({ click_id })).body, again)
  assert.deepEqual((await lead(server, program, { click_id })).body, again)
  assert.equal((await leadsOf(program)).length, 1)
  assert.equal(await countedLeads(program), 1)
})

test('a repeated lead binds a customer key that was missing', async () => {
  const program = await server.provision()
  const click_id = await clickThrough(server, program)
  await browserLead({ click_id })
  await lead(server, program, { click_id, customer_key: 'late-key' })
  assert.equal((await customerOf(program, click_id)).customer_key, 'late-key')
  const sale = await sell(server, program, { transaction_id: 't1', customer_key: 'late-key' })
  assert.equal(sale.body.attributed, true)
})

test('the status runs click, lead, conversion and never back', async () => {
  const program = await server.provision()
  const click_id = await clickThrough(server, program)
  const status = async () => (await customerOf(program, click_id)).status
  assert.equal(await status(), 'click')
  await browserLead({ click_id })
  assert.equal(await status(), 'lead')
  await sell(server, program, { transaction_id: 't1', click_id })
  assert.equal(await status(), 'conversion')
  await browserLead({ click_id })
  await clickThrough(server, program, { existing_click_id: click_id })
  assert.equal(await status(), 'conversion')
})

test('a first lead after the sale is recorded, binds its key and leaves the status', async () => {
  const program = await server.provision()
  const click_id = await clickThrough(server, program)
  await sell(server, program, { transaction_id: 't1', click_id })
  assert.deepEqual((await lead(server, program, { click_id, customer_key: 'u1' })).body, tracked)
  const customer = await customerOf(program, click_id)
  assert.deepEqual([customer.status, customer.customer_key], ['conversion', 'u1'])
  assert.equal((await leadsOf(program)).length, 1)
  assert.equal(await countedLeads(program), 1)
})

test("a browser cannot take another customer's key, and cannot learn that it exists", async () => {
  const program = await server.provision()
  const victim = await signUp(server, program, 'victim')
  const thief = await clickThrough(server, program)
  const answer = await browserLead({ click_id: thief, customer_key: 'victim' })
  const innocent = await clickThrough(server, program)
  const usual = await browserLead({ click_id: innocent, customer_key: 'free-key' })
  assert.deepEqual([answer.status, answer.body], [usual.status, usual.body])
  assert.deepEqual((await customerOf(program, thief)).keys, [])
  assert.deepEqual((await customerOf(program, victim)).keys, ['victim'])
  await sell(server, program, { transaction_id: 't1', customer_key: 'victim' })
  assert.equal((await readSale(server, program, 't1')).body.data.click_id, victim)
})

test('a browser cannot give a customer a second key, the backend can', async () => {
  const program = await server.provision()
  const click_id = await signUp(server, program, 'first-key')
  await browserLead({ click_id, customer_key: 'someone-who-will-pay' })
  assert.deepEqual((await customerOf(program, click_id)).keys, ['first-key'])
  await lead(server, program, { click_id, customer_key: 'second-key' })
  const customer = await customerOf(program, click_id)
  assert.deepEqual(customer.keys, ['first-key', 'second-key'])
  assert.equal(customer.customer_key, 'first-key')
})

test("the backend does not take another customer's key either: it finds that customer", async () => {
  const program = await server.provision()
  const owner = await signUp(server, program, 'u1')
  const click_id = await clickThrough(server, program)
  await lead(server, program, { click_id, customer_key: 'u1' })
  assert.deepEqual((await customerOf(program, click_id)).keys, [])
  assert.deepEqual((await customerOf(program, owner)).keys, ['u1'])
})

test('the same key in two programs names two customers', async () => {
  const programs = [await server.provision(), await server.provision()]
  for (const program of programs) {
    const click_id = await signUp(server, program, 'same-key')
    await sell(server, program, { transaction_id: 't1', customer_key: 'same-key' })
    assert.equal((await readSale(server, program, 't1')).body.data.click_id, click_id)
  }
})

test('keys are compared exactly', async () => {
  const program = await server.provision()
  const keys = ['u1', 'U1', ' u1', 'u1 ', 'é', 'e\u0301', "'; drop table x; --", '../u1', '😀']
  const ids = new Map<string, string>()
  for (const key of keys) ids.set(key, await signUp(server, program, key))
  assert.equal(new Set(ids.values()).size, keys.length)
  for (const key of keys) {
    assert.deepEqual((await customerOf(program, ids.get(key) ?? '')).keys, [key])
  }
})

test('an email is stored as a keyed hash and a mask, and nowhere in the clear', async () => {
  const program = await server.provision()
  const click_id = await clickThrough(server, program)
  const email = ' Ada.Lovelace@Example.COM '
  await browserLead({ click_id, email })
  const pepper = createHash('sha256').update('test').digest()
  const hash = createHmac('sha256', pepper).update('ada.lovelace@example.com').digest('hex')
  const [event] = await leadsOf(program)
  assert.equal(event?.email_hash.toString('hex'), hash)
  assert.equal(event?.email_masked, 'A***@E***.COM')
  assert.equal((await customerOf(program, click_id)).email_hash.toString('hex'), hash)
  for (const text of ['Ada.Lovelace', 'ada.lovelace', 'Example.COM']) {
    assert.deepEqual(await tablesHolding(server.db, text), [], text)
  }
  const plain = createHash('sha256').update('ada.lovelace@example.com').digest('hex')
  assert.notEqual(hash, plain)
})

test('emails of every sort are accepted and never break a lead', async () => {
  const program = await server.provision()
  for (const email of [
    'no-at-sign',
    '@',
    'a@b',
    'ü@münchen.example',
    '\u0000@x.y',
    '\ud800@x.y',
    'x'.repeat(1_000),
  ]) {
    const click_id = await clickThrough(server, program)
    assert.deepEqual((await browserLead({ click_id, email })).body, tracked, email)
  }
  const click_id = await clickThrough(server, program)
  assert.equal((await browserLead({ click_id, email: 'x'.repeat(1_001) })).status, 400)
})
