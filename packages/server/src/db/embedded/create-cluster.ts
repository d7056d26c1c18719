import { randomBytes } from 'node:crypto'
import { chown, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { StartError } from '../../shared/errors.ts'
import { reasonIn, runCommand } from './command.ts'
import { databaseName, roleName, socketPort, writeConnection } from './connection.ts'
import { ensurePrivateDirectory, syncDirectory } from './data-directory.ts'
import type { Installation } from './runner.ts'

type Log = (message: string, details?: Record<string, unknown>) => void

/** initdb takes a second; a slow disk may need a minute for its fsync. */
const initdbTimeoutMs = 180_000
const shortCommandTimeoutMs = 30_000

/**
 * Makes sure that there is a complete cluster of the right version, and returns the password of
 * its owner role. No PostgreSQL may run on it meanwhile.
 * @param storedPassword from connection.json, null when that is missing.
 * @throws StartError when the cluster is of another version or cannot be created.
 */
export async function ensureCluster(
  installation: Installation,
  storedPassword: string | null,
  log: Log,
): Promise<string> {
  const { directory, runner } = installation
  await ensurePrivateDirectory(directory.log, runner.user)
  await removeLeftovers(installation)
  const clusterMajor = await readMajor(installation)
  const binariesMajor = await programMajor(installation)
  if (clusterMajor === null) return createCluster(installation, log)
  if (clusterMajor !== binariesMajor) {
    throw new StartError(
      `The database in ${directory.shown} was made by PostgreSQL ${clusterMajor}, and this version of Affitor runs PostgreSQL ${binariesMajor}, which cannot read it`,
    )
  }
  return storedPassword ?? resetPassword(installation, log)
}

/**
 * A cluster appears under its name only when it is complete and on disk: a crash in the middle
 * leaves a directory that the next start removes. The password is stored before, for the same
 * reason: a cluster without it could not be entered.
 */
async function createCluster(installation: Installation, log: Log): Promise<string> {
  const { directory, runner, places } = installation
  const startedAtMs = performance.now()
  const password = newPassword()
  const fresh = `${directory.cluster}.new-${randomBytes(6).toString('hex')}`
  await mkdir(fresh, { mode: 0o700 })
  if (runner.user !== null) await chown(fresh, runner.user.uid, runner.user.gid)
  const freshPlaces = { ...places, cluster: fresh, socket: directory.run }
  const seen = runner.seen(freshPlaces)
  const passwordFile = await writePasswordFile(installation, password)
  try {
    const initdb = runner.command(freshPlaces, 'initdb', [
      ...['-D', seen.cluster, '--encoding=UTF8', '--data-checksums'],
      // PostgreSQL's own Unicode rules: the same on every system, and no index breaks with a new libc.
      ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
      ...['--auth-local=scram-sha-256', '--auth-host=scram-sha-256', `--username=${roleName}`],
      `--pwfile=${join(seen.socket, basename(passwordFile))}`,
    ])
    const result = await runCommand(initdb, initdbTimeoutMs)
    if (!result.ok) {
      throw new StartError(
        `The database could not be created in ${directory.shown}: ${reasonIn(result.stderr)}`,
      )
    }
  } catch (error) {
    await rm(fresh, { recursive: true, force: true, maxRetries: 3 })
    throw error
  } finally {
    await rm(passwordFile, { force: true })
  }
  const connection = {
    host: places.socket,
    port: socketPort,
    user: roleName,
    password,
    database: databaseName,
  }
  await writeConnection(directory, connection)
  await rename(fresh, directory.cluster)
  await syncDirectory(directory.path)
  const tookMs = Math.round(performance.now() - startedAtMs)
  log('created the database', { directory: directory.shown, tookMs })
  return password
}

/** 256 random bits: the one secret between this machine's users and the data. */
function newPassword(): string {
  return randomBytes(32).toString('hex')
}

/** On disk for a second only, where PostgreSQL's user can read it and others cannot. */
async function writePasswordFile(installation: Installation, password: string): Promise<string> {
  const { directory, runner } = installation
  const path = join(directory.run, `password-${randomBytes(6).toString('hex')}`)
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(`${password}\n`)
    if (runner.user !== null) await file.chown(runner.user.uid, runner.user.gid)
  } finally {
    await file.close()
  }
  return path
}

/**
 * A lost connection.json must not cost the data: whoever owns the cluster's files may set a new
 * password in PostgreSQL's single-user mode.
 */
async function resetPassword(installation: Installation, log: Log): Promise<string> {
  const { directory, runner, places } = installation
  const password = newPassword()
  const args = ['--single', '-j', '-D', runner.seen(places).cluster, 'postgres']
  const command = runner.command(places, 'postgres', args)
  const sql = `ALTER ROLE ${roleName} PASSWORD '${password}';\n\n`
  const result = await runCommand(command, shortCommandTimeoutMs, sql)
  if (!result.ok || /\b(ERROR|FATAL|PANIC):/.test(result.stderr)) {
    throw new StartError(
      `${directory.shown}/connection.json is missing or damaged, and a new password could not be set: ${reasonIn(result.stderr)}`,
    )
  }
  log('set a new database password, because connection.json was missing or damaged')
  return password
}

async function removeLeftovers({ directory }: Installation): Promise<void> {
  const prefix = `${basename(directory.cluster)}.new-`
  for (const name of await readdir(directory.path)) {
    if (!name.startsWith(prefix)) continue
    await rm(join(directory.path, name), { recursive: true, force: true, maxRetries: 3 })
  }
  for (const name of await readdir(directory.run)) {
    if (name.startsWith('password-')) await rm(join(directory.run, name), { force: true })
  }
}

/** The major version that made the cluster; null when there is none. */
async function readMajor({ directory }: Installation): Promise<string | null> {
  try {
    return (await readFile(join(directory.cluster, 'PG_VERSION'), 'utf8')).trim()
  } catch (error) {
    const names = await readdir(directory.cluster).catch(() => null)
    if (names === null) return null
    throw new StartError(`${directory.shown}/postgres holds no complete database`, {
      cause: error,
    })
  }
}

/** Also the proof that PostgreSQL's programs run here at all, before anything is created. */
async function programMajor({ runner, places, directory }: Installation): Promise<string> {
  const somewhere = { ...places, cluster: directory.log }
  const version = runner.command(somewhere, 'postgres', ['--version'])
  const result = await runCommand(version, shortCommandTimeoutMs)
  const major = /PostgreSQL\) (\d+)/.exec(result.stdout)?.[1]
  if (result.ok && major !== undefined) return major
  throw new StartError(
    `The built-in PostgreSQL does not run on this machine (${reasonIn(result.stderr)}): set DATABASE_URL to a PostgreSQL of your own`,
  )
}
