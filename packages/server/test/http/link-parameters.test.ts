import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { chrome } from '../harness/journeys.ts'
import { startTestServer, type TestProgram, type TestServer } from '../harness/test-server.ts'
import { until } from '../harness/until.ts'

/** Links that were made for another system carry the code in a parameter of its own. */
let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

const click = (affiliate_url: string, more: object = {}) =>
  server.post('/api/v1/track/click', { affiliate_url, user_agent: chrome, ...more })

function reading(...linkParameters: string[]) {
  return server.provision({ program: { linkParameters } })
}

async function storedUrls(program: TestProgram) {
  const rows = await server.db.sql(
    'select affiliate_url, page_url from affiliate_click_events where program_id = $1 order by id',
    [program.programId],
  )
  return rows.map(({ affiliate_url, page_url }) => [affiliate_url, page_url])
}

test('a code in a parameter that the program reads is a click of its link', async () => {
  const program = await reading('ref', 'tap_a')
  for (const parameter of ['ref', 'tap_a']) {
    const url = `https://example.com/x?utm_source=a&${parameter}=${program.code.toUpperCase()}`
    const answer = await click(url, { page_url: url })
    assert.equal(answer.body.partner_code, program.code)
  }
  // Kept under the one name that is kept of any landing.
  const kept = `https://example.com/x?utm_source=a&aff=${program.code}`
  assert.deepEqual(await storedUrls(program), [
    [kept, kept],
    [kept, kept],
  ])
})

test('aff goes before the others, also where it names another partner or nobody', async () => {
  const program = await reading('ref')
  const other = await reading('ref')
  const both = await click(`https://example.com/?ref=${program.code}&aff=${other.code}`)
  assert.equal(both.body.partner_code, other.code)
  const nobody = await click(`https://example.com/?ref=${program.code}&aff=nobody`)
  assert.equal(nobody.body.error, 'Referral link not found')
})

test('of several, the first in the address counts', async () => {
  const first = await reading('ref', 'via')
  const second = await reading('via')
  const answer = await click(
    `https://example.com/?x=1&ref=unknown&via=${second.code}&ref=${first.code}`,
  )
  assert.equal(answer.body.partner_code, second.code)
})

test("a parameter that the code's program does not read is no code, whatever others read", async () => {
  const program = await reading('via')
  await reading('ref')
  for (const url of [
    `https://example.com/?ref=${program.code}`,
    `https://example.com/?VIA=${program.code}`,
    'https://example.com/?via=nobody',
    `https://example.com/?via=${encodeURIComponent("' or 1=1")}`,
    'https://example.com/?via=%00',
  ]) {
    const answer = await click(url)
    assert.equal(answer.status, 400)
    assert.equal(answer.body.error, 'No aff parameter found in affiliate_url')
  }
  assert.deepEqual(await storedUrls(program), [])
})

test('a flood of addresses without aff takes two connections, and every one of them is answered', async (t) => {
  const program = await reading('ref')
  const lookingUp = async () => {
    const rows = await server.db.sql(
      `select 1 from pg_stat_activity where datname = current_database()
        and state = 'active' and query like '%unnest%link_parameters%' and pid <> pg_backend_pid()`,
    )
    return rows.length
  }
  const database = new pg.Client({ connectionString: server.db.url })
  await database.connect()
  t.after(() => database.end())
  await database.query('begin')
  await database.query('lock table affiliate_programs in access exclusive mode')
  const flood = Promise.all(
    Array.from({ length: 50 }, (_, n) =>
      click(`https://example.com/?ref=${n === 49 ? program.code : `nobody${n}`}`),
    ),
  )
  await until('look-ups wait for the lock', async () => (await lookingUp()) >= 2)
  // With a connection for each, all that the server has would be taken by now or a moment later.
  const readyMs = performance.now()
  while (performance.now() - readyMs < 500) assert.equal(await lookingUp(), 2)
  await database.query('rollback')
  const answers = await flood
  assert.deepEqual(
    answers.map(({ status }) => status),
    [...Array<number>(49).fill(400), 200],
  )
})

test('the database refuses parameters that are none', async () => {
  const program = await server.provision()
  for (const bad of [
    "'{aff}'",
    "'{a b}'",
    '\'{""}\'',
    "'{a,NULL}'",
    '\'{"a,b"}\'',
    "'{a,b,c,d,e,f,g,h,i,j,k}'",
  ]) {
    await assert.rejects(
      server.db.sql(`update affiliate_programs set link_parameters = ${bad} where id = $1`, [
        program.programId,
      ]),
      /link_parameters/,
    )
  }
})
