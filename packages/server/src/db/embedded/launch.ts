import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { StartError } from '../../shared/errors.ts'
import { childEnvironment, reasonIn } from './command.ts'
import { type Connection, runSql } from './connection.ts'
import { stopPostmaster } from './postmaster.ts'
import type { Installation } from './runner.ts'
import { postgresArguments } from './settings.ts'
import { formerPid, stopFormerPostgres } from './stop-former-postgres.ts'

type Log = (message: string, details?: Record<string, unknown>) => void

/** Children of a killed postmaster notice its death and end within this time. */
const lingeringMs = 15_000
const startTimeoutMs = 60_000
/** Redoing up to 2 GB of log on a slow disk; killing that would only make it begin anew. */
const recoveryTimeoutMs = 600_000

/** A running PostgreSQL that accepted a connection. */
export interface Postmaster {
  pid: number
  /** Fulfilled when the process has ended. */
  ended: Promise<void>
  hasEnded(): boolean
}

/**
 * Starts PostgreSQL and waits until it accepts connections.
 * @param signal ends the waiting when the server stops; PostgreSQL is stopped then.
 * @throws StartError with PostgreSQL's own words when it does not start.
 */
export async function launch(
  installation: Installation,
  connection: Connection,
  log: Log,
  signal: AbortSignal,
): Promise<Postmaster> {
  const giveUpAtMs = performance.now() + lingeringMs
  for (;;) {
    await stopFormerPostgres(installation.directory, installation.runner, log)
    const launchedAtMs = Date.now()
    const postmaster = await spawnPostgres(installation)
    const refusal = await waitUntilReady(postmaster, connection, log, signal)
    if (refusal === null) return postmaster
    if (!(await stopPostmaster(postmaster.pid, postmaster.hasEnded))) {
      log('PostgreSQL does not end', { pid: postmaster.pid })
    }
    const said = refusal.said ?? (await readLogs(installation, launchedAtMs))
    const lingers = /still in use|lock file ".*" already exists/.test(said)
    if (!lingers || signal.aborted || performance.now() > giveUpAtMs) {
      throw new StartError(`PostgreSQL did not start: ${reasonIn(said)}`)
    }
    await delay(100)
  }
}

async function spawnPostgres({ directory, runner, places }: Installation): Promise<Postmaster> {
  const stale = await formerPid(directory)
  const { file, args, ...identity } = runner.command(
    places,
    'postgres',
    postgresArguments(runner.seen(places)),
  )
  const { O_WRONLY, O_CREAT, O_TRUNC, O_APPEND, O_NOFOLLOW } = constants
  const output = openSync(
    directory.startLog,
    O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW,
    0o600,
  )
  let child: ChildProcess
  try {
    child = spawn(file, args, {
      ...identity,
      cwd: '/',
      // A pid left in postmaster.pid that now belongs to another program would block the start.
      // We have seen that it is no postmaster, and tell PostgreSQL so by the variable that
      // pg_ctl uses for its own pid. PostgreSQL still looks for shared memory in use, which
      // deleting the file would skip.
      env: { ...childEnvironment, ...(stale === null ? {} : { PG_GRANDPARENT_PID: `${stale}` }) },
      // A process group of its own: Ctrl-C in a terminal reaches the server first, which then
      // finishes its work before it stops the database.
      detached: true,
      stdio: ['ignore', output, output],
    })
  } finally {
    closeSync(output)
  }
  return watched(child)
}

async function watched(child: ChildProcess): Promise<Postmaster> {
  let hasEnded = false
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      hasEnded = true
      resolve()
    })
  })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (error) =>
      reject(new StartError(`PostgreSQL could not be started: ${error.message}`)),
    )
  })
  if (child.pid === undefined) throw new Error('a process that was started has no pid')
  return { pid: child.pid, ended, hasEnded: () => hasEnded }
}

/** Null when a client got in, else why not; without words when PostgreSQL's log has them. */
async function waitUntilReady(
  postmaster: Postmaster,
  connection: Connection,
  log: Log,
  signal: AbortSignal,
): Promise<{ said?: string } | null> {
  const startedAtMs = performance.now()
  let recovering = false
  while (!postmaster.hasEnded()) {
    if (signal.aborted) return { said: 'the server was stopped meanwhile' }
    const code = await tryDatabase(connection)
    if (code === null) return null
    if (code === '28P01') return { said: 'connection.json holds a wrong password' }
    // 57P03: it answers, but only to say that it is still recovering.
    const waitMs = code === '57P03' ? recoveryTimeoutMs : startTimeoutMs
    const waitedMs = performance.now() - startedAtMs
    if (waitedMs > waitMs) return { said: `it accepts no connection after ${waitMs / 1000} s` }
    if (code === '57P03' && !recovering && waitedMs > 5_000) {
      recovering = true
      log('PostgreSQL is recovering from a crash; this can take minutes')
    }
    await delay(25)
  }
  return {}
}

/** Null when the database was reached, created if it was missing; else the error's code. */
async function tryDatabase(connection: Connection): Promise<string | null> {
  const code = await codeOf(runSql(connection, 'SELECT 1'))
  // 3D000: the first start, or a crash just after the cluster was made.
  if (code !== '3D000') return code
  const create = `CREATE DATABASE ${connection.database}`
  const created = await codeOf(runSql({ ...connection, database: 'postgres' }, create))
  return created === null ? tryDatabase(connection) : created
}

async function codeOf(work: Promise<void>): Promise<string | null> {
  try {
    await work
    return null
  } catch (error) {
    return (error as { code?: string }).code ?? 'unknown'
  }
}

/** What PostgreSQL said since it was launched, before and after its own log began. */
async function readLogs({ directory }: Installation, sinceMs: number): Promise<string> {
  let said = await readFile(directory.startLog, 'utf8').catch(() => '')
  for (const name of await readdir(directory.log).catch(() => [])) {
    const path = join(directory.log, name)
    if ((await stat(path)).mtimeMs < sinceMs) continue
    // The day's file also holds earlier starts; the last words are this one's.
    said += `\n${(await readFile(path, 'utf8')).slice(-4_000)}`
  }
  return said
}
