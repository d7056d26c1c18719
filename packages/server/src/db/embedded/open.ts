import { setTimeout as delay } from 'node:timers/promises'
import { StartError } from '../../shared/errors.ts'
import { findBinaries } from './binaries.ts'
import { chooseRunner } from './choose-runner.ts'
import {
  accepts,
  type Connection,
  databaseName,
  readConnection,
  roleName,
  socketPort,
  writeConnection,
} from './connection.ts'
import { ensureCluster } from './create-cluster.ts'
import { type DataDirectory, prepareDataDirectory } from './data-directory.ts'
import { launch } from './launch.ts'
import { type DirectoryLock, type LockOwner, lockOwner, tryLock } from './lock.ts'
import type { Installation } from './runner.ts'
import {
  createSocketDirectory,
  removeFormerSocketDirectory,
  removeSocketDirectory,
} from './socket-directory.ts'
import { stopFormerPostgres } from './stop-former-postgres.ts'
import { type Supervised, supervise } from './supervise.ts'

/** How long an admin command waits for a server that holds the lock but is still starting. */
const startingServerWaitMs = 15_000
/** How long a start or a command waits for a command that is at work without a server. */
const runningCommandWaitMs = 60_000

export interface EmbeddedPostgres {
  /** Where to connect. It stays the same when PostgreSQL is restarted after a crash. */
  connection: Connection
  /** Stops what this call started, within about 9 seconds; a second call returns the same promise. */
  stop(): Promise<void>
}

export interface EmbeddedOptions {
  /** AFFITOR_DATA_DIR as the operator wrote it; messages repeat it so. */
  dataDir: string
  log: (message: string, details?: Record<string, unknown>) => void
  /** Called at most once, when PostgreSQL dies again and again and is not restarted any more. */
  onFatal: (error: Error) => void
}

/**
 * Starts the server's own PostgreSQL in its data directory, creating both on the first start,
 * and restarts it when it dies.
 * @throws StartError when the directory is in use, out of reach, or of another major version,
 *   or when PostgreSQL does not start.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const directory = await prepareDataDirectory(options.dataDir, options.log)
  const giveUpAtMs = performance.now() + runningCommandWaitMs
  for (;;) {
    const lock = tryLock(directory, 'server')
    if (lock !== null) return startHolding(lock, directory, options)
    const owner = await lockOwner(directory)
    if (owner?.role !== 'command' || performance.now() > giveUpAtMs) {
      throw inUse(directory, owner, 'already in use')
    }
    await delay(100)
  }
}

/**
 * For admin commands: the database of the server that runs on this directory, or, when none
 * does, a PostgreSQL of our own until `stop()`. Commands without a server take turns: one that
 * borrowed the other's PostgreSQL would lose it when that one ends.
 * @throws StartError as `startEmbedded` does, and when the running server's database does not
 *   answer within 15 seconds.
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const directory = await prepareDataDirectory(options.dataDir, options.log)
  const startedAtMs = performance.now()
  for (;;) {
    // Tried in every round: who held the lock may have stopped meanwhile.
    const lock = tryLock(directory, 'command')
    if (lock !== null) return startHolding(lock, directory, options)
    const owner = await lockOwner(directory)
    if (owner?.role === 'server') {
      const connection = await readConnection(directory)
      if (connection !== null && (await accepts(connection))) {
        return { connection, stop: async () => {} }
      }
    }
    const waitMs = owner?.role === 'command' ? runningCommandWaitMs : startingServerWaitMs
    if (performance.now() - startedAtMs > waitMs) {
      throw inUse(directory, owner, 'in use and its database does not answer: it is held')
    }
    await delay(100)
  }
}

function inUse(directory: DataDirectory, owner: LockOwner | null, how: string): StartError {
  const who = owner?.role === 'command' ? 'an admin command' : 'another server'
  return new StartError(
    `Data directory ${directory.shown} is ${how} by ${who} (pid ${owner?.pid ?? 'unknown'})`,
  )
}

/** The lock is released when the start fails, or by `stop()`. */
async function startHolding(
  lock: DirectoryLock,
  directory: DataDirectory,
  options: EmbeddedOptions,
): Promise<EmbeddedPostgres> {
  try {
    return await startLocked(lock, directory, options)
  } catch (error) {
    lock.release()
    throw error
  }
}

async function startLocked(
  lock: DirectoryLock,
  directory: DataDirectory,
  options: EmbeddedOptions,
): Promise<EmbeddedPostgres> {
  const binaries = await findBinaries()
  const runner = await chooseRunner(directory, binaries)
  let socketDirectory: string | null = null
  const cleanUp = async () => {
    if (socketDirectory !== null) await removeSocketDirectory(directory, socketDirectory)
  }
  try {
    await stopFormerPostgres(directory, runner, options.log)
    const former = await readConnection(directory)
    await removeFormerSocketDirectory(directory, former?.host ?? null)
    socketDirectory = await createSocketDirectory(directory, runner.user)
    const installation: Installation = {
      directory,
      runner,
      places: {
        native: binaries.native,
        cluster: directory.cluster,
        socket: socketDirectory,
        log: directory.log,
      },
    }
    const connection: Connection = {
      host: socketDirectory,
      port: socketPort,
      user: roleName,
      password: await ensureCluster(installation, former?.password ?? null, options.log),
      database: databaseName,
    }
    await writeConnection(directory, connection)
    const supervised = await supervise({
      launch: (signal) => launch(installation, connection, options.log, signal),
      log: options.log,
      onFatal: options.onFatal,
    })
    return { connection, stop: stopper(supervised, cleanUp, lock) }
  } catch (error) {
    await cleanUp()
    throw error
  }
}

/** The lock goes last: until then nobody else may touch the directory. */
function stopper(
  supervised: Supervised,
  cleanUp: () => Promise<void>,
  lock: DirectoryLock,
): () => Promise<void> {
  let stopped: Promise<void> | null = null
  const stopNow = async () => {
    try {
      await supervised.stop()
      await cleanUp()
    } finally {
      lock.release()
    }
  }
  return () => {
    stopped ??= stopNow()
    return stopped
  }
}
