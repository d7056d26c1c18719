import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { StartError } from '../packages/server/src/shared/errors.ts'
import { runProgram } from './run-program.ts'

const installTimeoutMs = 5 * 60_000
const debianPostgres = '/usr/lib/postgresql'

/** The load generator. Root on Debian installs it where it is missing; anybody else gets a StartError. */
export async function findWrk(signal: AbortSignal): Promise<string> {
  const found = onPath('wrk') ?? (await installed('wrk', () => onPath('wrk'), signal))
  if (found !== null) return found
  throw new StartError('The benchmarks need wrk: install it (Debian: apt-get install wrk)')
}

/** PostgreSQL's own load generator; null where it is not, and cannot be installed. */
export async function findPgbench(signal: AbortSignal): Promise<string | null> {
  return findPgbenchNow() ?? (await installed('postgresql-contrib', findPgbenchNow, signal))
}

/** On the path, else the newest of Debian's, which are not on it. */
function findPgbenchNow(): string | null {
  const versions = existsSync(debianPostgres) ? readdirSync(debianPostgres) : []
  const newestFirst = versions.sort((a, b) => Number(b) - Number(a))
  const places = newestFirst.map((version) => join(debianPostgres, version, 'bin/pgbench'))
  return onPath('pgbench') ?? places.find(isExecutable) ?? null
}

async function installed(
  debianPackage: string,
  find: () => string | null,
  signal: AbortSignal,
): Promise<string | null> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return null
  process.stderr.write(`Installing ${debianPackage} (apt-get)…\n`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const options = { signal, timeoutMs: installTimeoutMs, env }
  await runProgram('apt-get', ['-qq', 'update'], options)
  const args = ['-qq', 'install', '-y', '--no-install-recommends', debianPackage]
  const { code, stderr } = await runProgram('apt-get', args, options)
  if (code !== 0) process.stderr.write(stderr)
  return find()
}

function onPath(name: string): string | null {
  const directories = (process.env.PATH ?? '').split(delimiter)
  return directories.map((directory) => join(directory, name)).find(isExecutable) ?? null
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
