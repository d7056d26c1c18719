import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import pg from 'pg'
import { archiveClicks } from '../../src/features/clicks/index.ts'
import { verify } from '../../src/features/verification/index.ts'
import { addPartner, chrome, clickThrough, readSale, sell, signUp } from '../harness/journeys.ts'
import { openTestDatabase, testStartMs } from '../harness/test-database.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { until } from '../harness/until.ts'

const dayMs = 86_400_000
const never = new AbortController().signal

/** A server whose clock can move past the retention; partitions reach a year ahead. */
async function start(t: TestContext) {
  const server = await startTestServer()
  t.after(() => server.close())
  const archive = (retentionDays: number | null = 30, signal = never) =>
    archiveClicks(server.db.database, { nowMs: server.clock.nowMs(), retentionDays, signal })
  return { server, archive }
}

/** Names of the tables of a schema that hold clicks. */
async function clickTables(server: TestServer, schema: string): Promise<string[]> {
  const rows = await server.db.sql<{ name: string }>(
    `select tablename as name from pg_tables
      where schemaname = $1 and tablename like 'affiliate_click_events_%' order by 1`,
    [schema],
  )
  return rows.map((row) => row.name)
}

test('a month is archived when its last day is older than the retention, and not before', async (t) => {
  const { server, archive } = await start(t)
  const program = await server.provision()
  await clickThrough(server, program)
  const april = Date.parse('2026-04-01T00:00:00Z')
  server.clock.set(april + 30 * dayMs - 1)
  await archive()
  assert.ok(
    !(await clickTables(server, 'affitor_archive')).includes('affiliate_click_events_202603'),
  )
  server.clock.advance(1)
  assert.deepEqual(await archive(null), { kind: 'done', months: [] }, 'unset keeps everything')
  const outcome = await archive()
  assert.deepEqual(outcome, { kind: 'done', months: ['2026-03'] })
  assert.ok(
    (await clickTables(server, 'affitor_archive')).includes('affiliate_click_events_202603'),
  )
  assert.ok((await clickTables(server, 'public')).includes('affiliate_click_events_202604'))
  const [row] = await server.db.sql(
    'select user_agent, created_at from affitor_archive.affiliate_click_events_202603',
  )
  assert.deepEqual(row, { user_agent: chrome, created_at: new Date(testStartMs) })
  assert.deepEqual(await archive(), { kind: 'done', months: [] }, 'nothing is done twice')
})

test('who earns from a sale is the same with and without the raw clicks', async (t) => {
  const answers = []
  for (const isArchived of [false, true]) {
    const { server, archive } = await start(t)
    const bySignup = await server.provision({ program: { attributionBinding: 'signup' } })
    const byClick = await server.provision()
    await addPartner(server, byClick, 'leaver')
    await signUp(server, bySignup, 'bound')
    await signUp(server, byClick, 'old')
    await sell(server, byClick, {
      transaction_id: 's1',
      customer_key: 'old',
      subscription_id: 'sub',
    })
    const passedOver = await signUp(server, byClick, 'passed')
    server.clock.advance(1_000)
    await clickThrough(server, byClick, {
      affiliate_url: byClick.landing('leaver'),
      existing_click_id: passedOver,
    })
    server.clock.advance(50 * dayMs)
    if (isArchived) assert.deepEqual((await archive(15)).kind, 'done')
    const left = await server.db.sql(
      "select 1 from affiliate_click_events where created_at < '2026-04-01'",
    )
    assert.equal(left.length === 0, isArchived)
    await server.db.sql(
      "update affiliate_partner_programs set status = 'removed' where partner_id = (select partner_id from affiliate_referral_links where code = 'leaver')",
    )
    await sell(server, byClick, { transaction_id: 's2', customer_key: 'passed' })
    server.clock.advance(20 * dayMs)
    await sell(server, bySignup, { transaction_id: 's3', customer_key: 'bound' })
    await sell(server, byClick, { transaction_id: 's4', customer_key: 'old' })
    await sell(server, byClick, {
      transaction_id: 's5',
      customer_key: 'old',
      subscription_id: 'sub',
    })
    const sales = []
    for (const [program, id] of [
      [byClick, 's2'],
      [bySignup, 's3'],
      [byClick, 's4'],
      [byClick, 's5'],
    ] as const) {
      const { attributed, reason, attribution } = (await readSale(server, program, id)).body.data
      const touches = attribution.touches.map(
        ({ at, why, considered }: Record<string, unknown>) => ({
          at,
          why,
          considered,
        }),
      )
      sales.push({ id, attributed, reason, verdict: attribution.verdict, touches })
    }
    answers.push(sales)
    const { ok, checks } = await verify(server.db.database)
    assert.ok(ok, JSON.stringify(checks.filter((check) => check.differences > 0)))
  }
  assert.deepEqual(answers[1], answers[0])
  const verdicts = answers[0]?.map(({ id, attributed, reason }) => [id, attributed, reason])
  assert.deepEqual(verdicts, [
    ['s2', true, null],
    ['s3', true, null],
    ['s4', false, 'attribution_window_expired'],
    ['s5', true, null],
  ])
})

test('verify recomputes the days of archived clicks, tells of them, and finds what was tampered with', async (t) => {
  const { server, archive } = await start(t)
  const program = await server.provision()
  await signUp(server, program, 'buyer')
  await clickThrough(server, program, { user_agent: 'curl/8' })
  assert.equal((await verify(server.db.database)).archivedBefore, null)
  server.clock.advance(80 * dayMs)
  await clickThrough(server, program)
  await archive()
  const clean = await verify(server.db.database)
  assert.deepEqual([clean.ok, clean.archivedBefore], [true, '2026-05-01'])
  const tamperings: [string, string][] = [
    ['update affiliate_daily_traffic set clicks = clicks + $1', 'daily_traffic'],
    ['update affiliate_kept_touches set link_id = link_id + $1', 'clicks_have_customers'],
    ['update affiliate_kept_touches set customer_id = customer_id + $1', 'clicks_have_customers'],
  ]
  for (const [change, name] of tamperings) {
    await server.db.sql(change, [1000])
    const { checks } = await verify(server.db.database)
    await server.db.sql(change, [-1000])
    assert.ok(
      checks.some((check) => check.name === name && check.differences > 0),
      change,
    )
  }
  assert.ok((await verify(server.db.database)).ok)
})

test('a month whose clicks come back, as by an import, is archived beside the first', async (t) => {
  const { server, archive } = await start(t)
  const program = await server.provision()
  await clickThrough(server, program)
  server.clock.advance(80 * dayMs)
  await archive()
  await server.db.sql("select ensure_event_partitions('2026-03-01', '2026-03-31')")
  const late = server.clock.nowMs()
  server.clock.set(testStartMs)
  await clickThrough(server, program)
  server.clock.set(late)
  assert.ok((await verify(server.db.database)).ok)
  assert.deepEqual(await archive(), { kind: 'done', months: ['2026-03'] })
  const march = (await clickTables(server, 'affitor_archive')).filter((name) =>
    name.includes('202603'),
  )
  assert.deepEqual(march, ['affiliate_click_events_202603', 'affiliate_click_events_202603_2'])
  assert.ok((await verify(server.db.database)).ok)
})

/** A reader that stays, as a dump does: a detach has to wait for it. */
async function openReader(t: TestContext, server: TestServer): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: server.db.url })
  client.on('error', () => undefined)
  await client.connect()
  t.after(() => client.end())
  await client.query('begin; select count(*) from affiliate_click_events')
  return async () => {
    await client.query('commit')
  }
}

function detachWaits(server: TestServer): Promise<void> {
  return until('the detach to wait for the reader', async () => {
    const rows = await server.db.sql(
      `select 1 from pg_stat_activity where datname = current_database()
        and query ~ 'detach partition' and wait_event_type = 'Lock' and pid <> pg_backend_pid()`,
    )
    return rows.length > 0
  })
}

/** A plain DETACH would hold writers as long as the reader stays, which is `readMs`. */
const readMs = 6_000
const clickWaitMaxMs = 3_000

test('no click waits while a month is archived and somebody reads for long', async (t) => {
  const { server, archive } = await start(t)
  const program = await server.provision()
  await clickThrough(server, program)
  server.clock.advance(60 * dayMs)
  const release = await openReader(t, server)
  const archiving = archive()
  // Told below, after the clicks.
  archiving.catch(() => undefined)
  await detachWaits(server)
  const endMs = performance.now() + readMs
  let slowestMs = 0
  let clicks = 0
  while (performance.now() < endMs) {
    const beganMs = performance.now()
    await clickThrough(server, program)
    slowestMs = Math.max(slowestMs, performance.now() - beganMs)
    clicks += 1
  }
  await release()
  t.diagnostic(`${clicks} clicks, the slowest ${Math.round(slowestMs)} ms`)
  assert.ok(slowestMs < clickWaitMaxMs, `a click waited ${slowestMs} ms`)
  const outcome = await archiving
  assert.ok(outcome.kind === 'done' && outcome.months.includes('2026-03'), JSON.stringify(outcome))
  assert.ok((await verify(server.db.database)).ok)
})

test('a detach that was broken off is ended by the next round, and nothing is wrong meanwhile', async (t) => {
  const { server, archive } = await start(t)
  const program = await server.provision({ program: { attributionWindowDays: 90 } })
  await signUp(server, program, 'buyer')
  server.clock.advance(60 * dayMs)
  const release = await openReader(t, server)
  const stopping = new AbortController()
  const broken = archive(30, stopping.signal)
  const failed = assert.rejects(broken, /canceling statement due to user request/)
  await detachWaits(server)
  stopping.abort()
  await failed
  assert.equal((await server.db.sql('select 1 from pg_inherits where inhdetachpending')).length, 1)
  const sale = await sell(server, program, { transaction_id: 't1', customer_key: 'buyer' })
  assert.equal(sale.body.attributed, true, JSON.stringify(sale.body))
  assert.ok((await verify(server.db.database)).ok)
  await release()
  // What was begun is ended also when the retention has been switched off since.
  assert.deepEqual(await archive(null), { kind: 'done', months: ['2026-03'] })
  assert.ok(
    (await clickTables(server, 'affitor_archive')).includes('affiliate_click_events_202603'),
  )
  assert.ok((await verify(server.db.database)).ok)
})

test('of several processes one archives and the others go on', async (t) => {
  const { server, archive } = await start(t)
  server.clock.advance(60 * dayMs)
  const release = await openReader(t, server)
  const first = archive()
  await detachWaits(server)
  const other = openTestDatabase(server.db.url)
  t.after(() => other.close())
  const request = { nowMs: server.clock.nowMs(), retentionDays: 30, signal: never }
  const rounds = await Promise.all([1, 2, 3].map(() => archiveClicks(other, request)))
  assert.deepEqual(rounds, Array(3).fill({ kind: 'busy' }))
  await release()
  assert.equal((await first).kind, 'done')
  assert.deepEqual(await archiveClicks(other, request), { kind: 'done', months: [] })
})
