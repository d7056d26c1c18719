import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { later } from '../../src/db/batcher.ts'
import { trackLeads } from '../../src/features/conversions/leads/track-leads.ts'
import { verify } from '../../src/features/verification/index.ts'
import { addPartner, clickThrough } from '../harness/journeys.ts'
import { startTestServer, type TestProgram, type TestServer } from '../harness/test-server.ts'
import { refuseInDatabase } from './refuse.ts'
import { newCustomers, tally, together } from './together.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

test('a lead that the database refuses fails alone, and its neighbours are recorded', async () => {
  const program = await server.provision()
  const clickIds = await newCustomers(server, () => program.landing(), 60)
  await refuseInDatabase(server, {
    table: 'affiliate_lead_events',
    column: 'event_name',
    value: 'poison',
  })
  const answers = await together(60, (n) =>
    signUp(program, {
      click_id: clickIds[n],
      event_name: n === 30 ? 'poison' : 'signup',
      customer_key: `user_${n}`,
    }),
  )
  assert.deepEqual(
    answers.map((answer) => answer.status),
    answers.map((_, n) => (n === 30 ? 500 : 200)),
  )
  assert.equal(answers[30]?.body.error, 'Lead tracking failed')
  assert.equal(await countLeads(program), 59)
  const poisoned = await server.db.sql(
    'select status, customer_key from affiliate_customers where program_id = $1 and click_id = $2',
    [program.programId, clickIds[30]],
  )
  assert.deepEqual(poisoned, [{ status: 'click', customer_key: null }])
  await assertBooks()
})

test('leads of one customer sent at once are one lead', async () => {
  const program = await server.provision()
  const clickIds = await newCustomers(server, () => program.landing(), 12)
  const answers = await together(60, (n) =>
    signUp(program, { click_id: clickIds[n % 12], customer_key: `one_${n}` }),
  )
  assert.deepEqual(
    tally(answers, ({ status, body }) => `${status} ${body.already_tracked}`),
    { '200 undefined': 12, '200 true': 48 },
  )
  assert.equal(await countLeads(program), 12)
  assert.equal(await countKeys(program), 60)
  await assertBooks()
})

test('a lead that knows only a key waits for the lead before it that binds the key', async () => {
  const program = await server.provision()
  const { programId } = program
  const [clickId] = await newCustomers(server, () => program.landing(), 1)
  const lead = (clickIds: string[]) => ({
    ...{ serverProgramId: programId, clickIds, customerKey: 'new', email: null, sessionId: null },
    ...{ pageUrl: null, eventName: null, atMs: server.clock.nowMs() },
  })
  const { database } = server.db
  const [first, second] = [lead([String(clickId)]), lead([])]
  assert.deepEqual(await trackLeads(database, [first, second]), [
    { kind: 'tracked', step: 'record' },
    later,
  ])
  assert.deepEqual(await trackLeads(database, [second]), [
    { kind: 'tracked', step: 'already_tracked' },
  ])
  await assertBooks()
})

test('leads of one batch are each credited to their own partner, whichever program they are of', async () => {
  const programs = [await server.provision(), await server.provision()] as const
  const second = await addPartner(server, programs[0], `second-${programs[0].programId}`)
  const strict = await server.provision({ program: { leadAuth: 'server_required' } })
  const strictSecond = await addPartner(server, strict, `second-${strict.programId}`)
  const visitors = [
    { program: programs[0], code: programs[0].code },
    { program: programs[1], code: programs[1].code },
    { program: programs[0], code: String(second.codes[0]) },
    { program: strict, code: strict.code },
    { program: programs[1], code: programs[1].code },
    { program: strict, code: String(strictSecond.codes[0]) },
  ]
  const leads = []
  for (const { program, code } of visitors) {
    const clickId = await clickThrough(server, program, { affiliate_url: program.landing(code) })
    leads.push({ program, code, clickId })
  }
  const { database } = server.db
  // A browser's first: in the strict program they wait, and the batch of the backend's settles them.
  const browser = leads.filter(({ program }) => program === strict)
  await trackLeads(
    database,
    browser.map(({ clickId }) => lead(null, clickId)),
  )
  const answers = await trackLeads(
    database,
    leads.map(({ program, clickId }) => lead(program.programId, clickId)),
  )
  assert.deepEqual(
    answers.map((answer) => typeof answer === 'object' && 'step' in answer && answer.step),
    ['record', 'record', 'record', 'settle', 'record', 'settle'],
  )
  for (const { program, code, clickId } of leads) {
    const credited = await server.db.sql(
      `select l.code, e.partner_id = l.partner_id as of_link from affiliate_lead_events e
        join affiliate_referral_links l on l.program_id = e.program_id and l.id = e.link_id
        where e.program_id = $1 and e.click_id = $2`,
      [program.programId, clickId],
    )
    assert.deepEqual(credited, [{ code, of_link: true }])
  }
  await assertBooks()
})

test("a browser's leads of a key do not hold up the backend's", async () => {
  const program = await server.provision()
  const clickIds = await newCustomers(server, () => program.landing(), 3)
  const [visitor, other, buyer] = clickIds.map(String)
  const answers = await trackLeads(server.db.database, [
    lead(null, visitor, 'user_1'),
    lead(null, other, 'user_1'),
    lead(program.programId, buyer, 'user_1'),
  ])
  assert.deepEqual(answers, [later, later, { kind: 'tracked', step: 'record' }])
  await assertBooks()
})

test('two customers who are given the same new key at once: one of them has it, and one signs up for it', async () => {
  const program = await server.provision()
  const clickIds = await newCustomers(server, () => program.landing(), 40)
  const answers = await together(40, (n) =>
    signUp(program, { click_id: clickIds[n], customer_key: `shared_${n % 20}` }),
  )
  // The backend's key names the customer: whoever comes second means the one who has it.
  assert.deepEqual(
    tally(answers, ({ status, body }) => `${status} ${body.already_tracked}`),
    { '200 undefined': 20, '200 true': 20 },
  )
  assert.equal(await countKeys(program), 20)
  await assertBooks()
})

test('two browsers that claim the same new key at once both sign up, and one of them has it', async () => {
  const program = await server.provision()
  const clickIds = await newCustomers(server, () => program.landing(), 40)
  const answers = await together(40, (n) =>
    server.post('/api/v1/track/lead', {
      click_id: clickIds[n],
      customer_key: `claimed_${n % 20}`,
    }),
  )
  assert.deepEqual(
    tally(answers, ({ status, body }) => `${status} ${body.already_tracked}`),
    { '200 undefined': 40 },
  )
  assert.equal(await countKeys(program), 20)
  await assertBooks()
})

test("a browser's lead and the backend's at once are one lead, under the backend's key", async () => {
  const program = await server.provision({ program: { leadAuth: 'server_required' } })
  const clickIds = await newCustomers(server, () => program.landing(), 30)
  const answers = await together(60, (n) => {
    const body = { click_id: clickIds[Math.floor(n / 2)] }
    return n % 2 === 0
      ? server.post('/api/v1/track/lead', body)
      : signUp(program, { ...body, customer_key: `backend_${n}` })
  })
  assert.deepEqual(
    tally(answers, (answer) => answer.status),
    { '200': 60 },
  )
  assert.equal(await countLeads(program), 30)
  const keys = await server.db.sql(
    'select count(*)::integer as n from affiliate_customers where program_id = $1 and lead_at is not null and customer_key is not null',
    [program.programId],
  )
  assert.deepEqual(keys, [{ n: 30 }])
  await assertBooks()
})

test('a customer whom somebody else holds keeps only its own lead waiting', async () => {
  const program = await server.provision()
  const clickIds = await newCustomers(server, () => program.landing(), 20)
  // The first ones go alone; this one is with others.
  const held = 15
  await server.db.database.transaction(async (tx) => {
    const hold = {
      name: 'test_hold_customer',
      text: 'select 1 from affiliate_customers where program_id = $1 and click_id = $2 for update',
    }
    await tx.query(hold, [program.programId, clickIds[held]])
    const answers = await together(20, (n) => signUp(program, { click_id: clickIds[n] }))
    assert.deepEqual(
      answers.map((answer) => answer.status),
      answers.map((_, n) => (n === held ? 503 : 200)),
    )
    assert.ok(answers[held]?.headers.get('retry-after'))
  })
  const again = await signUp(program, { click_id: clickIds[held] })
  assert.equal(again.body.already_tracked, undefined)
  await assertBooks()
})

/** A lead as the use case takes it: a browser's without a program. */
function lead(serverProgramId: number | null, clickId: string | undefined, customerKey?: string) {
  return {
    ...{ serverProgramId, clickIds: [String(clickId)], customerKey: customerKey ?? null },
    ...{ email: null, sessionId: null, pageUrl: null, eventName: null },
    atMs: server.clock.nowMs(),
  }
}

function signUp(program: TestProgram, fields: Record<string, unknown>) {
  return server.post('/api/v1/track/lead', fields, { key: program.apiKey })
}

async function countLeads(program: TestProgram): Promise<number> {
  const [row] = await server.db.sql<{ n: number }>(
    'select count(*)::integer as n from affiliate_lead_events where program_id = $1',
    [program.programId],
  )
  return Number(row?.n)
}

async function countKeys(program: TestProgram): Promise<number> {
  const [row] = await server.db.sql<{ n: number }>(
    'select count(*)::integer as n from affiliate_customer_keys where program_id = $1',
    [program.programId],
  )
  return Number(row?.n)
}

async function assertBooks(): Promise<void> {
  const { checks } = await verify(server.db.database)
  assert.deepEqual(
    checks.filter((check) => check.differences > 0),
    [],
  )
}
