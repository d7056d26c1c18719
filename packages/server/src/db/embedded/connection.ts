import { constants } from 'node:fs'
import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import { Client } from 'pg'
import { type DataDirectory, dataDirectoryFault, syncDirectory } from './data-directory.ts'

/** The names are fixed, so that a backup of one installation fits into another. */
export const roleName = 'affitor'
export const databaseName = 'affitor'

/** Only names the socket file (`.s.PGSQL.5432`): PostgreSQL listens on no TCP port. */
export const socketPort = 5432

const connectTimeoutMs = 3_000

/** What a PostgreSQL client needs; `host` is the directory of the unix socket. */
export interface Connection {
  host: string
  port: number
  user: string
  password: string
  database: string
}

/** The stored connection, or null when there is none that can be understood. */
export async function readConnection(directory: DataDirectory): Promise<Connection | null> {
  let text: string
  try {
    text = await readFile(directory.connectionFile, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw dataDirectoryFault(directory.shown, error)
  }
  try {
    const value: unknown = JSON.parse(text)
    return isConnection(value) ? value : null
  } catch {
    return null
  }
}

/**
 * Replaces the stored connection, readable by the directory's owner only. It is on disk when
 * this returns: a cluster whose password was lost in a power cut could not be entered.
 */
export async function writeConnection(
  directory: DataDirectory,
  connection: Connection,
): Promise<void> {
  const temporary = `${directory.connectionFile}.new`
  await rm(temporary, { force: true })
  const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = constants
  const file = await open(temporary, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600)
  try {
    await file.writeFile(`${JSON.stringify(connection, null, 2)}\n`)
    if (process.geteuid?.() === 0) {
      const { uid, gid } = await stat(directory.path)
      await file.chown(uid, gid)
    }
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(temporary, directory.connectionFile)
  await syncDirectory(directory.path)
}

/** Whether a client gets in with this connection now. */
export async function accepts(connection: Connection): Promise<boolean> {
  try {
    await runSql(connection, 'SELECT 1')
    return true
  } catch {
    return false
  }
}

/** Runs one statement on a connection of its own. Throws what `pg` throws. */
export async function runSql(connection: Connection, sql: string): Promise<void> {
  const client = new Client({ ...connection, connectionTimeoutMillis: connectTimeoutMs })
  // Without a listener, a connection that breaks between two calls would end the process.
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query(sql)
  } finally {
    await client.end()
  }
}

function isConnection(value: unknown): value is Connection {
  if (typeof value !== 'object' || value === null) return false
  const { host, port, user, password, database } = value as Record<string, unknown>
  return (
    typeof host === 'string' &&
    typeof port === 'number' &&
    typeof user === 'string' &&
    typeof password === 'string' &&
    typeof database === 'string'
  )
}
