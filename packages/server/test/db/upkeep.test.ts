import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import pg from 'pg'
import { migrate, readMigrations } from '../../src/db/migrate.ts'
import { startPartitionUpkeep } from '../../src/jobs/partition-upkeep.ts'
import { startServer, temporaryDirectory } from '../harness/server-command.ts'
import {
  createEmptyDatabase,
  createTestDatabase,
  openTestDatabase,
  testStartMs,
} from '../harness/test-database.ts'
import { until } from '../harness/until.ts'

const dayMs = 86_400_000
const stopMaxMs = 10_000

test('upkeep that fails is told and tried again, and makes the months ahead all the same', async (t) => {
  const db = await createTestDatabase()
  t.after(() => db.drop())
  const errors: string[] = []
  const archived: string[] = []
  let nowMs = testStartMs
  await db.sql('alter table affiliate_archived_months rename to away')
  const stop = startPartitionUpkeep({
    database: db.database,
    clock: { nowMs: () => nowMs },
    retentionDays: 30,
    everyMs: 50,
    onError: (error) => errors.push(String(error)),
    onArchived: (months) => archived.push(...months),
    onPostponed: () => undefined,
  })
  t.after(stop)
  await until('two failures', async () => errors.length >= 2)
  assert.match(errors[0] ?? '', /affiliate_archived_months/)
  nowMs += 600 * dayMs
  await until('the months ahead', async () => {
    const [row] = await db.sql(
      "select to_regclass('affiliate_sale_events_202802') is not null as made",
    )
    return row?.made === true
  })
  assert.equal(archived.length, 0)
  await db.sql('alter table away rename to affiliate_archived_months')
  await until('the archive', async () => archived.includes('2026-03'))
  await stop()
  const locks = await db.sql(
    "select 1 from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())",
  )
  assert.deepEqual(locks, [], 'no lock is left behind')
})

/** A database of an older server with a click of 2020 in it. */
async function oldInstallation(t: TestContext) {
  const { url, drop } = await createEmptyDatabase()
  const database = openTestDatabase(url)
  await migrate(database, await readMigrations())
  await database.close()
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  t.after(async () => {
    await client.end()
    await drop()
  })
  await client.query("select ensure_event_partitions('2020-01-01', '2020-01-31')")
  await client.query(
    "insert into affiliate_click_events (program_id, created_at, is_test) values (1, '2020-01-05', true)",
  )
  const env = {
    DATABASE_URL: url,
    AFFITOR_DATA_DIR: temporaryDirectory(t),
    AFFITOR_SECRET: 'a secret of at least thirty-two characters',
  }
  const isTrue = async (question: string) =>
    (await client.query(`select ${question} as answer`)).rows[0]?.answer === true
  return { client, env, isTrue }
}

const isArchived = "to_regclass('affitor_archive.affiliate_click_events_202001') is not null"
const isWaiting = `exists (select from pg_stat_activity where datname = current_database()
  and query ~ 'detach partition' and wait_event_type = 'Lock' and pid <> pg_backend_pid())`

test('a server that is stopped while it archives ends in time, and the next one goes on', async (t) => {
  const { client, env, isTrue } = await oldInstallation(t)
  const keeping = startServer(t, env)
  await keeping.ready
  await client.query('begin; select count(*) from affiliate_click_events')
  const retaining = { ...env, AFFITOR_RETENTION_DAYS: '30' }
  const first = startServer(t, retaining)
  await first.ready
  await until('the detach to wait for the reader', () => isTrue(isWaiting))
  const beganMs = performance.now()
  first.signal('SIGTERM')
  const { code, stderr } = await first.ended
  const tookMs = performance.now() - beganMs
  assert.deepEqual([code, stderr], [0, ''])
  assert.ok(tookMs < stopMaxMs, `stopped after ${tookMs} ms`)
  await client.query('commit')
  assert.equal(await isTrue(isArchived), false)
  const second = startServer(t, retaining)
  await second.ready
  await until('the archive', () => isTrue(isArchived))
  second.signal('SIGTERM')
  assert.equal((await second.ended).code, 0)
})
