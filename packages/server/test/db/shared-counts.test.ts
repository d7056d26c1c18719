import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { Database } from '../../src/db/database.ts'
import { createSharedCounts, type SharedCounts } from '../../src/db/shared-counts.ts'
import { tablesHolding } from '../harness/tables.ts'
import {
  createTestDatabase,
  openTestDatabase,
  type TestDatabase,
} from '../harness/test-database.ts'

const processes = 4
const pepper = randomBytes(32)
const minute = 29_000_000

let db: TestDatabase
let pools: Database[] = []
let counts: SharedCounts[] = []
const cleanUpErrors: unknown[] = []
before(async () => {
  db = await createTestDatabase()
  pools = Array.from({ length: processes }, () => openTestDatabase(db.url))
  counts = pools.map((pool) =>
    createSharedCounts(
      pool,
      pepper,
      () => performance.now(),
      (error) => cleanUpErrors.push(error),
    ),
  )
})
after(async () => {
  await Promise.all(pools.map((pool) => pool.close()))
  await db.drop()
})

test('what four processes add at once for many callers is told as one count, each sum exactly once', async () => {
  const callers = Array.from({ length: 20 }, (_, n) => `caller ${n}`)
  const eachOf = 50
  const sums = await Promise.all(
    callers.map((who) =>
      Promise.all(
        counts.flatMap((count) => Array.from({ length: eachOf }, () => count.add(minute, who, 1))),
      ),
    ),
  )
  const expected = Array.from({ length: processes * eachOf }, (_, n) => n + 1)
  for (const told of sums)
    assert.deepEqual(
      told.sort((a, b) => a - b),
      expected,
    )
})

test('several at a time count as several, and each minute counts anew', async () => {
  const [one, other] = counts
  assert.equal(await one?.add(minute, 'bulk', 30), 30)
  assert.equal(await other?.add(minute, 'bulk', 12), 42)
  assert.equal(await one?.add(minute + 1, 'bulk', 1), 1)
})

test('no caller can be read from the table, nor followed through it', async () => {
  await counts[0]?.add(minute, 'click string 192.0.2.77', 1)
  await counts[0]?.add(minute + 1, 'click string 192.0.2.77', 1)
  assert.deepEqual(await tablesHolding(db, '192.0.2.77'), [])
  const [row] = await db.sql('select count(distinct counter) = count(*) as apart from rate_counts')
  assert.equal(row?.apart, true)
})

test('minutes that are over are deleted by whoever counts in a later one', async () => {
  await counts[0]?.add(minute, 'old', 1)
  await Promise.all(counts.map((count) => count.add(minute + 10, 'new', 1)))
  const oldest = async () =>
    (await db.sql<{ minute: number }>('select min(minute) as minute from rate_counts'))[0]?.minute
  const giveUpAtMs = performance.now() + 20_000
  while ((await oldest()) !== minute + 10) {
    assert.ok(performance.now() < giveUpAtMs, 'old minutes stay')
  }
  assert.deepEqual(cleanUpErrors, [])
})
