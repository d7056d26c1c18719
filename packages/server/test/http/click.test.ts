import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { addPartner, chrome, clickThrough, lead, readSale, sell } from '../harness/journeys.ts'
import { rowCounts } from '../harness/tables.ts'
import { startTestServer, type TestProgram, type TestServer } from '../harness/test-server.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

const click = (body: object) => server.post('/api/v1/track/click', { user_agent: chrome, ...body })

async function eventsOf(program: TestProgram) {
  return server.db.sql(
    `select e.*, l.code from affiliate_click_events e
      left join affiliate_referral_links l on l.program_id = e.program_id and l.id = e.link_id
      where e.program_id = $1 order by e.id`,
    [program.programId],
  )
}

async function customersOf(program: TestProgram) {
  return server.db.sql(
    'select click_id, status from affiliate_customers where program_id = $1 order by id',
    [program.programId],
  )
}

test("a click answers a new click id, the link's code and the program's cookie window", async () => {
  const program = await server.provision({
    program: { cookieWindowDays: 30, attributionWindowDays: 90 },
  })
  const answer = await click({ affiliate_url: program.landing() })
  const { click_id } = answer.body
  assert.deepEqual(answer.body, {
    success: true,
    click_id,
    partner_code: program.code,
    cookie_window_days: 30,
  })
  assert.deepEqual(await customersOf(program), [{ click_id, status: 'click' }])
  const [event] = await eventsOf(program)
  assert.equal(event?.click_id, click_id)
  assert.equal(event?.created_at.getTime(), server.clock.nowMs())
})

test('a click id names its program and moment, and ends in at least 96 random bits', async () => {
  const program = await server.provision()
  const ids = await Promise.all(Array.from({ length: 60 }, () => clickThrough(server, program)))
  assert.equal(new Set(ids).size, 60)
  const form = new RegExp(`^cust_${program.programId}_${server.clock.nowMs()}_([0-9a-f]{24,})$`)
  const tails = ids.map((id) => form.exec(id)?.[1])
  assert.equal(new Set(tails).size, 60)
  assert.ok(!tails.includes(undefined), ids[0])
  for (const position of [0, 11, 23]) {
    assert.ok(new Set(tails.map((tail) => tail?.[position])).size > 4, 'every digit varies')
  }
})

test('what is wrong with affiliate_url is said in one sentence, and nothing is stored', async () => {
  await server.provision()
  const before = await rowCounts(server.db)
  const long = `https://example.com/?aff=${'a'.repeat(65)}`
  const cases: [unknown, string, string][] = [
    [undefined, 'affiliate_url is required', 'invalid_request'],
    [null, 'affiliate_url is required', 'invalid_request'],
    ['', 'affiliate_url is required', 'invalid_request'],
    ['not a url', 'Invalid affiliate_url', 'invalid_request'],
    ['javascript:alert(1)?aff=x', 'Invalid affiliate_url', 'invalid_request'],
    ['ftp://example.com/?aff=x', 'Invalid affiliate_url', 'invalid_request'],
    ['https://', 'Invalid affiliate_url', 'invalid_request'],
    ['https://example.com/', 'No aff parameter found in affiliate_url', 'invalid_request'],
    ['https://example.com/?aff=', 'No aff parameter found in affiliate_url', 'invalid_request'],
    ['https://example.com/#?aff=x', 'No aff parameter found in affiliate_url', 'invalid_request'],
    ['https://example.com/?aff=nobody', 'Referral link not found', 'link_not_found'],
    ["https://example.com/?aff=' or 1=1", 'Referral link not found', 'link_not_found'],
    ['https://example.com/?aff=%00', 'Referral link not found', 'link_not_found'],
    [long, 'Referral link not found', 'link_not_found'],
  ]
  for (const [affiliate_url, error, code] of cases) {
    const answer = await click({ affiliate_url })
    assert.deepEqual(
      [answer.status, answer.body.error, answer.body.code],
      [400, error, code],
      String(affiliate_url),
    )
  }
  assert.deepEqual(await rowCounts(server.db), before)
})

test('a field of another type is refused by its name', async () => {
  const program = await server.provision()
  const fields = [
    'page_url',
    'page_title',
    'referrer_url',
    'session_id',
    'user_agent',
    'screen_resolution',
    'viewport_size',
    'language',
    'timezone',
    'existing_click_id',
    'affiliate_url',
  ]
  for (const field of fields) {
    for (const value of [1, true, [], {}, ['x']]) {
      const answer = await click({ affiliate_url: program.landing(), [field]: value })
      assert.equal(answer.status, 400)
      assert.equal(answer.body.error, `${field} must be a string`)
    }
  }
  for (const value of [1, 'x', [], true]) {
    const answer = await click({ affiliate_url: program.landing(), additional_data: value })
    assert.equal(answer.body.error, 'additional_data must be an object')
  }
})

test('a code is found in any case and answered in its own spelling', async () => {
  await server.provision({ partner: { code: 'MixedCase_1' } })
  for (const spelling of [
    'MixedCase_1',
    'mixedcase_1',
    'MIXEDCASE_1',
    '%4DixedCase_1',
    ' MixedCase_1 ',
  ]) {
    const answer = await click({ affiliate_url: `https://example.com/x?aff=${spelling}&b=1` })
    assert.equal(answer.body.partner_code, 'MixedCase_1', spelling)
  }
})

test('a code is unique in the whole installation, case aside', async () => {
  await server.provision({ partner: { code: 'OnlyOnce' } })
  await assert.rejects(server.provision({ partner: { code: 'onlyonce' } }), /code_taken/)
})

test('a known click id of the same program is kept: a new event, no new customer', async () => {
  const program = await server.provision()
  const first = await clickThrough(server, program)
  server.clock.advance(1_000)
  const again = await clickThrough(server, program, { existing_click_id: first })
  assert.equal(again, first)
  assert.equal((await customersOf(program)).length, 1)
  const events = await eventsOf(program)
  assert.deepEqual(
    events.map((event) => event.click_id),
    [first, first],
  )
  assert.equal(events[1]?.created_at.getTime(), (events[0]?.created_at.getTime() ?? 0) + 1_000)
})

test("under last click the later partner's click takes the visitor over", async () => {
  const program = await server.provision()
  const other = await addPartner(server, program, 'second-partner')
  const click_id = await clickThrough(server, program)
  server.clock.advance(1_000)
  const affiliate_url = program.landing(other.codes[0])
  assert.equal(
    await clickThrough(server, program, { affiliate_url, existing_click_id: click_id }),
    click_id,
  )
  const sale = await sell(server, program, { transaction_id: 't1', click_id })
  assert.equal(sale.body.partner_code, 'second-partner')
  const read = await readSale(server, program, 't1')
  assert.deepEqual(
    read.body.data.attribution.touches.map((touch: { partner_code: string; why: string }) => [
      touch.partner_code,
      touch.why,
    ]),
    [
      [program.code, 'superseded_by_later_click'],
      ['second-partner', 'last_click'],
    ],
  )
})

test('a click id that this program does not know makes a new customer', async () => {
  const program = await server.provision()
  const other = await server.provision()
  const foreign = await clickThrough(server, other)
  const unknown = `cust_${program.programId}_1714000000000_${'0'.repeat(24)}`
  const ids = [foreign, unknown, 'nonsense', 'x'.repeat(5_000), 'a\u0000b', '\ud800']
  for (const existing_click_id of ids) {
    const answer = await click({ affiliate_url: program.landing(), existing_click_id })
    assert.equal(answer.status, 200)
    assert.notEqual(answer.body.click_id, existing_click_id)
    assert.match(answer.body.click_id, new RegExp(`^cust_${program.programId}_`))
  }
  assert.equal((await customersOf(program)).length, ids.length)
  assert.equal((await customersOf(other)).length, 1)
})

test('a click id of a lead or a buyer is kept, and the status stays', async () => {
  const program = await server.provision()
  const click_id = await clickThrough(server, program)
  await lead(server, program, { click_id, customer_key: 'u1' })
  assert.equal(await clickThrough(server, program, { existing_click_id: click_id }), click_id)
  await sell(server, program, { transaction_id: 't1', customer_key: 'u1' })
  assert.equal(await clickThrough(server, program, { existing_click_id: click_id }), click_id)
  assert.deepEqual(await customersOf(program), [{ click_id, status: 'conversion' }])
})

test('a link switched off answers 200 with success false, and nothing is stored', async () => {
  const program = await server.provision()
  await server.db.sql(
    'update affiliate_referral_links set is_active = false where program_id = $1',
    [program.programId],
  )
  const answer = await click({ affiliate_url: program.landing() })
  assert.equal(answer.status, 200)
  assert.deepEqual(answer.body, { success: false, message: 'Referral link is inactive' })
  assert.equal((await eventsOf(program)).length, 0)
  await server.db.sql(
    'update affiliate_referral_links set is_active = true where program_id = $1',
    [program.programId],
  )
  assert.equal((await click({ affiliate_url: program.landing() })).body.success, true)
})

test("a removed partner's link is inactive", async () => {
  const program = await server.provision()
  await server.db.sql(
    "update affiliate_partner_programs set status = 'removed' where program_id = $1",
    [program.programId],
  )
  const answer = await click({ affiliate_url: program.landing() })
  assert.equal(answer.status, 200)
  assert.deepEqual(answer.body, { success: false, message: 'Referral link is inactive' })
  assert.equal((await customersOf(program)).length, 0)
})

test('a program that does not run takes no clicks', async () => {
  for (const status of ['paused', 'draft'] as const) {
    const program = await server.provision({ program: { status } })
    const answer = await click({ affiliate_url: program.landing() })
    assert.deepEqual(
      [answer.status, answer.body.error],
      [400, 'Invalid referral link configuration'],
    )
    assert.equal((await eventsOf(program)).length, 0)
  }
})

test('clicks grow the daily counters of the link and of the program, on their UTC day', async () => {
  const program = await server.provision({ partner: { links: 2 } })
  const startMs = server.clock.nowMs()
  server.clock.set(Date.parse('2026-04-01T23:59:59.999Z'))
  const [first, second] = program.codes
  const existing_click_id = await clickThrough(server, program)
  await clickThrough(server, program, { existing_click_id })
  await clickThrough(server, program, { affiliate_url: program.landing(second) })
  server.clock.advance(1)
  await Promise.all(Array.from({ length: 20 }, () => clickThrough(server, program)))
  const rows = await server.db.sql(
    `select day::text, code, clicks from affiliate_daily_traffic t
      left join affiliate_referral_links l on l.program_id = t.program_id and l.id = t.link_id
      where t.program_id = $1 order by day, link_id`,
    [program.programId],
  )
  assert.deepEqual(
    rows.map((row) => [row.day, row.code, Number(row.clicks)]),
    [
      ['2026-04-01', null, 3],
      ['2026-04-01', first, 2],
      ['2026-04-01', second, 1],
      ['2026-04-02', null, 20],
      ['2026-04-02', first, 20],
    ],
  )
  server.clock.set(startMs)
})

test('a bot is stored and flagged, gets a click id that works, and counts nowhere', async () => {
  const program = await server.provision()
  const bots = [
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'curl/8.5.0',
    'python-requests/2.32.3',
    'facebookexternalhit/1.1',
  ]
  for (const user_agent of bots) await clickThrough(server, program, { user_agent })
  const events = await eventsOf(program)
  assert.deepEqual(
    events.map((event) => [event.is_bot, event.device_type]),
    bots.map(() => [true, 'bot']),
  )
  const counted = await server.db.sql('select from affiliate_daily_traffic where program_id = $1', [
    program.programId,
  ])
  assert.equal(counted.length, 0)
  const sale = await sell(server, program, { transaction_id: 't1', click_id: events[0]?.click_id })
  assert.equal(sale.body.attributed, true)
})
