import { createHash, randomBytes } from 'node:crypto'
import pg from 'pg'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { migrate, readMigrations } from '../../src/db/migrate.ts'
import { ensurePartitions } from '../../src/db/partitions.ts'

export interface TestDatabase {
  database: Database
  /** For processes that a test starts itself. */
  url: string
  /** Statements of the test's own, past the server's pool. */
  sql<Row extends pg.QueryResultRow = pg.QueryResultRow>(
    text: string,
    values?: unknown[],
  ): Promise<Row[]>
  drop(): Promise<void>
}

/** The moment at which tests begin: the middle of a month, so that a few days stay within it. */
export const testStartMs = Date.parse('2026-03-15T12:00:00.000Z')

/**
 * A migrated database of its own for one test file, cloned from a template that the first file makes.
 * A missing PostgreSQL fails the file.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const template = await ensureTemplate()
  const name = `t_${randomBytes(8).toString('hex')}`
  await asAdmin((client) => client.query(`create database ${name} template ${template}`))
  const url = urlOf(name)
  const database = openTestDatabase(url)
  const own = new pg.Pool({ connectionString: url, max: 2 })
  // end() does not wait for its sockets, and dropping the database by force may come before they close.
  own.on('error', () => undefined)
  return {
    database,
    url,
    async sql(text, values) {
      return (await own.query(text, values)).rows
    },
    async drop() {
      await own.end()
      await database.close()
      await asAdmin((client) => client.query(`drop database ${name} with (force)`))
    },
  }
}

/** An empty database, for tests of what happens at the very first start. */
export async function createEmptyDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `e_${randomBytes(8).toString('hex')}`
  await asAdmin((client) => client.query(`create database ${name}`))
  return {
    url: urlOf(name),
    drop: async () => {
      await asAdmin((client) => client.query(`drop database ${name} with (force)`))
    },
  }
}

export function openTestDatabase(url: string): Database {
  return openDatabase({
    connection: { connectionString: url },
    connectionsMax: 10,
    statementTimeoutMs: 20_000,
    onIdleError: () => undefined,
  })
}

async function ensureTemplate(): Promise<string> {
  const migrations = await readMigrations()
  const digest = createHash('sha256').update(migrations.map((one) => one.checksum).join())
  const name = `template_${digest.digest('hex').slice(0, 16)}`
  await asAdmin(async (client) => {
    // Test files start together; one makes the template, the others wait for it.
    await client.query('select pg_advisory_lock(4400002)')
    const found = await client.query('select from pg_database where datname = $1', [name])
    if (found.rowCount === 1) return
    const draft = `${name}_draft`
    await client.query(`drop database if exists ${draft} with (force)`)
    await client.query(`create database ${draft}`)
    const database = openTestDatabase(urlOf(draft))
    await migrate(database, migrations)
    for (const months of [0, 3, 6, 9, 12]) {
      await ensurePartitions(database, testStartMs + months * 30 * 86_400_000)
    }
    await database.close()
    await client.query(`alter database ${draft} rename to ${name}`)
  })
  return name
}

async function asAdmin<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: adminUrl() })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function adminUrl(): string {
  const url = process.env.AFFITOR_TEST_DATABASE_URL
  if (url === undefined) {
    throw new Error('No PostgreSQL for tests: run them with npm test -- <file>')
  }
  return url
}

function urlOf(name: string): string {
  const url = new URL(adminUrl())
  url.pathname = `/${name}`
  return url.href
}
