import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Database } from '../../src/db/database.ts'
import { migrate, readMigrations, schemaVersion } from '../../src/db/migrate.ts'
import { StartError } from '../../src/shared/errors.ts'
import { runAdmin, temporaryDirectory } from '../harness/server-command.ts'
import { createEmptyDatabase, openTestDatabase } from '../harness/test-database.ts'

test('processes that migrate an empty database at once apply each migration once', async (t) => {
  const { url, database } = await empty(t)
  const names = (await readMigrations()).map((migration) => migration.name)
  const env = {
    DATABASE_URL: url,
    AFFITOR_DATA_DIR: temporaryDirectory(t),
    AFFITOR_SECRET: 'a secret of at least thirty-two characters',
  }
  const ended = await Promise.all(
    Array.from({ length: 4 }, () => runAdmin(t, ['migrate', '--json'], env)),
  )
  assert.deepEqual(
    ended.map((one) => one.code),
    [0, 0, 0, 0],
    ended.map((one) => one.stderr).join(''),
  )
  const applied = ended.map((one) => (JSON.parse(one.stdout) as { applied: string[] }).applied)
  assert.deepEqual(
    applied.filter((list) => list.length > 0),
    [names],
  )
  const rows = await rowsOf(database, 'select name from schema_migrations order by version')
  assert.deepEqual(
    rows.map((row) => row.name),
    names,
  )
})

test('connections of one process that migrate at once apply each migration once', async (t) => {
  const { database } = await empty(t)
  const migrations = await readMigrations()
  const applied = await Promise.all(Array.from({ length: 5 }, () => migrate(database, migrations)))
  assert.deepEqual(applied.map((list) => list.length).sort(), [0, 0, 0, 0, migrations.length])
  assert.equal(await schemaVersion(database), migrations.at(-1)?.version)
})

test('a database that is up to date is left as it is', async (t) => {
  const { database, migrations } = await migrated(t)
  const before = await rowsOf(database, 'select * from schema_migrations order by version')
  assert.deepEqual(await migrate(database, migrations), [])
  assert.deepEqual(
    await rowsOf(database, 'select * from schema_migrations order by version'),
    before,
  )
})

test('a migration that fails leaves nothing of itself and of those before it', async (t) => {
  const { database } = await empty(t)
  const migrations = await readMigrations()
  const broken = {
    version: 999_999,
    name: 'broken',
    sql: 'create table half (); select 1 / 0',
    checksum: 'x',
  }
  await assert.rejects(migrate(database, [...migrations, broken]), /division by zero/)
  assert.deepEqual(await rowsOf(database, tablesSql), [])
  assert.equal(await schemaVersion(database), 0)
  assert.equal((await migrate(database, migrations)).length, migrations.length)
})

test('a database of a newer server is refused in one sentence', async (t) => {
  const { database, migrations } = await migrated(t)
  const newer = {
    version: 999_999,
    name: 'from_tomorrow',
    sql: 'create table tomorrow ()',
    checksum: 'x',
  }
  await migrate(database, [...migrations, newer])
  await refused(
    database,
    migrations,
    'The database is at schema version 999999 (from_tomorrow), which is newer than this server: start the newer server, or restore a backup',
  )
})

test('a migration that was edited after it was applied is refused by its name', async (t) => {
  const { database, migrations } = await migrated(t)
  const edited = migrations.map((migration) =>
    migration.version === 2 ? { ...migration, checksum: `${migration.checksum}0` } : migration,
  )
  await refused(
    database,
    edited,
    `Migration 2 (${migrations[1]?.name}) was applied to this database with other contents: migrations are never edited`,
  )
})

const tablesSql = `select tablename from pg_tables where schemaname = 'public'`

async function refused(
  database: Database,
  migrations: Parameters<typeof migrate>[1],
  sentence: string,
): Promise<void> {
  const before = await rowsOf(database, tablesSql)
  await assert.rejects(migrate(database, migrations), (error) => {
    assert.ok(error instanceof StartError)
    assert.equal(error.message, sentence)
    return true
  })
  assert.deepEqual(await rowsOf(database, tablesSql), before)
}

async function empty(t: TestContext) {
  const { url, drop } = await createEmptyDatabase()
  const database = openTestDatabase(url)
  t.after(async () => {
    await database.close()
    await drop()
  })
  return { url, database }
}

async function migrated(t: TestContext) {
  const { database } = await empty(t)
  const migrations = await readMigrations()
  await migrate(database, migrations)
  return { database, migrations }
}

function rowsOf(database: Database, text: string): Promise<Record<string, unknown>[]> {
  return database.exclusively(async (client) => (await client.query(text)).rows)
}
