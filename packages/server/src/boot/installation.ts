import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { type Database, isLockTimeout } from '../db/database.ts'
import { migrate, readMigrations } from '../db/migrate.ts'
import { ensurePartitions } from '../db/partitions.ts'
import type { Clock } from '../shared/clock.ts'
import type { Randomness } from '../shared/random.ts'
import { type Connection, type OpenMode, openConfiguredDatabase } from './open-database.ts'
import { openSecret } from './secret.ts'

/** A database that is migrated and ready, with the secret it was begun with. */
export interface Installation {
  database: Database
  /** For workers, who open connections of their own to the same database. */
  connection: Connection
  pepper: Buffer
  /** Names of the migrations that were applied just now. */
  migrated: string[]
  close(): Promise<void>
}

export interface InstallationDeps {
  config: Config
  mode: OpenMode
  /** Where it is not the usual number of the mode. */
  connectionsMax?: number | undefined
  clock: Clock
  randomness: Randomness
  log: Logger
  /** The embedded PostgreSQL died and could not be restarted. */
  onFatal: (error: Error) => void
}

/** Opens the database, brings its schema up to date, makes partitions ahead. Throws StartError. */
export async function openInstallation(deps: InstallationDeps): Promise<Installation> {
  const { config, clock, randomness, log } = deps
  const { database, connection, close } = await openConfiguredDatabase(
    config,
    deps.mode,
    log,
    deps.onFatal,
    deps.connectionsMax,
  )
  try {
    const migrated = await migrate(database, await readMigrations())
    if (migrated.length > 0) log.info({ count: migrated.length }, 'migrated the database')
    await ensurePartitions(database, clock.nowMs()).catch((error) => {
      // Somebody reads for long just now. There are months in hand, and the hourly upkeep tries again.
      if (!isLockTimeout(error)) throw error
      log.warn('the partitions of the months ahead will be made later')
    })
    const pepper = await openSecret(config, database, randomness, clock.nowMs())
    return { database, connection, pepper, migrated: migrated.map((one) => one.name), close }
  } catch (error) {
    await close()
    throw error
  }
}
