import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { migrate, readMigrations } from '../../src/db/migrate.ts'
import { ensurePartitions } from '../../src/db/partitions.ts'
import { createEmptyDatabase, openTestDatabase } from '../harness/test-database.ts'

const tables = ['affiliate_click_events', 'affiliate_lead_events', 'affiliate_sale_events']

test('partitions exist from yesterday to three months ahead, across the turn of a year', async (t) => {
  const { database, partitions } = await migrated(t)
  await ensurePartitions(database, Date.parse('2026-12-01T00:30:00Z'))
  const months = ['202611', '202612', '202701', '202702', '202703']
  assert.deepEqual(
    await partitions(),
    tables.flatMap((table) => months.map((month) => `${table}_${month}`)),
  )
})

test('making partitions again makes none, and a later month only what is missing', async (t) => {
  const { database, partitions } = await migrated(t)
  const march = Date.parse('2026-03-15T12:00:00Z')
  assert.equal(await ensurePartitions(database, march), 4 * tables.length)
  const before = await partitions()
  assert.equal(await ensurePartitions(database, march), 0)
  assert.deepEqual(await partitions(), before)
  assert.equal(await ensurePartitions(database, Date.parse('2026-04-15T12:00:00Z')), tables.length)
})

test('processes that make partitions at once make each once', async (t) => {
  const { database, partitions } = await migrated(t)
  const nowMs = Date.parse('2026-03-15T12:00:00Z')
  const made = await Promise.all(Array.from({ length: 8 }, () => ensurePartitions(database, nowMs)))
  assert.deepEqual(
    made.filter((count) => count > 0),
    [4 * tables.length],
  )
  assert.equal((await partitions()).length, 4 * tables.length)
})

test('months begin and end in UTC, whatever time zone the connection has', async (t) => {
  const { database, rows } = await migrated(t)
  await rows(
    "set timezone = 'Pacific/Kiritimati'; select ensure_event_partitions('2026-03-15', '2026-05-15')",
  )
  await ensurePartitions(database, Date.parse('2026-04-15T12:00:00Z'))
  const moments = {
    '2026-03-31T23:59:59.999Z': 'affiliate_click_events_202603',
    '2026-04-01T00:00:00.000Z': 'affiliate_click_events_202604',
    '2026-04-30T23:59:59.999Z': 'affiliate_click_events_202604',
    '2026-05-01T00:00:00.000Z': 'affiliate_click_events_202605',
  }
  for (const [moment, partition] of Object.entries(moments)) {
    const [row] = await rows(
      `insert into affiliate_click_events (program_id, created_at, is_test) values (1, '${moment}', true)
        returning tableoid::regclass::text as partition`,
    )
    assert.equal(row?.partition, partition, moment)
  }
})

test('an event for which there is no partition is refused, not lost elsewhere', async (t) => {
  const { rows } = await migrated(t)
  await assert.rejects(
    rows(
      "insert into affiliate_click_events (program_id, created_at, is_test) values (1, '2031-01-01', true)",
    ),
    /no partition of relation "affiliate_click_events" found for row/,
  )
})

async function migrated(t: TestContext) {
  const { url, drop } = await createEmptyDatabase()
  const database = openTestDatabase(url)
  t.after(async () => {
    await database.close()
    await drop()
  })
  await migrate(database, await readMigrations())
  const rows = (text: string): Promise<Record<string, unknown>[]> =>
    database.exclusively(async (client) => {
      const results = [await client.query(text)].flat()
      return results.at(-1)?.rows ?? []
    })
  const partitions = async () => {
    const found = await rows(
      'select inhrelid::regclass::text as name from pg_inherits where inhparent in (' +
        `${tables.map((table) => `'${table}'::regclass`).join()}) and inhrelid::regclass::text not like '%_idx' order by 1`,
    )
    return found.map((row) => String(row.name))
  }
  return { database, rows, partitions }
}
