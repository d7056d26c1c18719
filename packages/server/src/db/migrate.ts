import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { StartError } from '../shared/errors.ts'
import type { Database } from './database.ts'

export interface Migration {
  version: number
  name: string
  sql: string
  checksum: string
}

/** One number for every process that migrates the same database. */
const MIGRATION_LOCK = 4_400_001

const migrationsDir = fileURLToPath(new URL('../../migrations/', import.meta.url))

/**
 * Brings the schema up to the code: every missing migration, in one transaction, under a lock, so that
 * processes that start together apply each one once. Returns what was applied.
 * Throws StartError when the schema is newer than this code, or was made by other migrations.
 */
export async function migrate(database: Database, migrations: Migration[]): Promise<Migration[]> {
  return database.exclusively(async (client) => {
    await client.query('begin')
    await client.query('set local statement_timeout = 0')
    await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
    const pending = await findPending(client, migrations)
    for (const migration of pending) await apply(client, migration)
    await client.query('commit')
    return pending
  })
}

/** The migrations that come with this code, in order. */
export async function readMigrations(): Promise<Migration[]> {
  const files = (await readdir(migrationsDir))
    .filter((file) => /^\d{6}_\w+\.sql$/.test(file))
    .sort()
  return Promise.all(
    files.map(async (file) => {
      const sql = await readFile(`${migrationsDir}${file}`, 'utf8')
      return {
        version: Number(file.slice(0, 6)),
        name: file.slice(7, -4),
        sql,
        checksum: createHash('sha256').update(sql).digest('hex'),
      }
    }),
  )
}

/** The version the database is at: 0 when it is empty. */
export async function schemaVersion(database: Database): Promise<number> {
  return database.exclusively(async (client) => {
    const applied = await readApplied(client)
    return Math.max(0, ...applied.map((row) => row.version))
  })
}

interface Applied {
  version: number
  name: string
  checksum: string
}

async function findPending(client: pg.ClientBase, migrations: Migration[]): Promise<Migration[]> {
  const applied = await readApplied(client)
  const known = new Map(migrations.map((migration) => [migration.version, migration]))
  for (const row of applied) {
    const own = known.get(row.version)
    if (own === undefined) {
      throw new StartError(
        `The database is at schema version ${row.version} (${row.name}), which is newer than this server: start the newer server, or restore a backup`,
      )
    }
    if (own.checksum !== row.checksum) {
      throw new StartError(
        `Migration ${row.version} (${own.name}) was applied to this database with other contents: migrations are never edited`,
      )
    }
  }
  const done = new Set(applied.map((row) => row.version))
  return migrations.filter((migration) => !done.has(migration.version))
}

async function readApplied(client: pg.ClientBase): Promise<Applied[]> {
  const table = await client.query<{ oid: string | null }>(
    "select to_regclass('schema_migrations')::text as oid",
  )
  if (!table.rows[0]?.oid) return []
  const result = await client.query<Applied>(
    'select version, name, checksum from schema_migrations order by version',
  )
  return result.rows
}

async function apply(client: pg.ClientBase, migration: Migration): Promise<void> {
  await client.query(`create table if not exists schema_migrations (
    version integer primary key,
    name text not null,
    checksum text not null,
    applied_at timestamptz(3) not null default now()
  )`)
  await client.query(migration.sql)
  await client.query(
    'insert into schema_migrations (version, name, checksum) values ($1, $2, $3)',
    [migration.version, migration.name, migration.checksum],
  )
}
