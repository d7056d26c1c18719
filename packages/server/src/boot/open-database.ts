import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { type Database, type DatabaseOptions, openDatabase } from '../db/database.ts'
import { type EmbeddedPostgres, openEmbedded, startEmbedded } from '../db/embedded/open.ts'
import { StartError } from '../shared/errors.ts'

export type Connection = DatabaseOptions['connection']

export interface OpenDatabase {
  database: Database
  /** For workers, who open connections of their own to the same database. */
  connection: Connection
  /** Closes the connections, and the embedded PostgreSQL if it was started here. */
  close(): Promise<void>
}

/** `serve` owns the data directory; `beside` also works while a server runs on it. */
export type OpenMode = 'serve' | 'beside'

const connectionsMaxOf = { serve: 20, beside: 4 } as const
const statementTimeoutMs = 10_000
/** The oldest major version that the schema was tried on. */
const serverVersionMin = 15

/** The configured PostgreSQL, or the embedded one. Throws StartError when it cannot be used. */
export async function openConfiguredDatabase(
  config: Config,
  mode: OpenMode,
  log: Logger,
  onFatal: (error: Error) => void,
  connectionsMax: number = connectionsMaxOf[mode],
): Promise<OpenDatabase> {
  const embedded = config.databaseUrl === null ? await openOwn(config, mode, log, onFatal) : null
  const connection: Connection =
    embedded === null ? { connectionString: config.databaseUrl ?? '' } : embedded.connection
  const database = openPool(connection, connectionsMax, log)
  const close = async () => {
    await database.close()
    await embedded?.stop()
  }
  try {
    await checkServer(database, embedded === null)
  } catch (error) {
    await close()
    throw error
  }
  return { database, connection, close }
}

/** Connections to a database that somebody else has found usable. */
export function openPool(connection: Connection, connectionsMax: number, log: Logger): Database {
  return openDatabase({
    connection,
    connectionsMax,
    statementTimeoutMs,
    onIdleError: (error) => log.warn({ error: error.message }, 'lost a database connection'),
  })
}

function openOwn(
  config: Config,
  mode: OpenMode,
  log: Logger,
  onFatal: (error: Error) => void,
): Promise<EmbeddedPostgres> {
  const open = mode === 'serve' ? startEmbedded : openEmbedded
  return open({
    dataDir: config.dataDir,
    log: (message, details) => log.info(details ?? {}, message),
    onFatal,
  })
}

async function checkServer(database: Database, isExternal: boolean): Promise<void> {
  const version = await readServerVersion(database, isExternal)
  if (version < serverVersionMin) {
    throw new StartError(
      `PostgreSQL ${version} is too old: this server needs ${serverVersionMin} or newer`,
    )
  }
}

async function readServerVersion(database: Database, isExternal: boolean): Promise<number> {
  try {
    const [row] = await database.query<{ version: string }>({
      name: 'server_version',
      text: "select current_setting('server_version_num') as version",
    })
    return Math.floor(Number(row?.version) / 10_000)
  } catch (error) {
    const reason = error instanceof Error ? error.message || String(error) : String(error)
    // The address may hold a password, so only the reason is told.
    const which = isExternal ? 'The database of DATABASE_URL' : 'The built-in database'
    throw new StartError(`${which} cannot be used: ${reason}`)
  }
}
