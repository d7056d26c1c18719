import { chown, mkdtemp, readdir, rmdir, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { StartError } from '../../shared/errors.ts'
import { socketPort } from './connection.ts'
import { type DataDirectory, ensurePrivateDirectory } from './data-directory.ts'
import type { SystemUser } from './unprivileged-user.ts'

/** The kernel takes 108 bytes on Linux and 104 on macOS; beyond it nobody can connect. */
const socketPathBytesMax = 100
const socketName = `.s.PGSQL.${socketPort}`
const temporaryPrefix = 'affitor-postgres-'

/**
 * The directory of PostgreSQL's socket: `run` in the data directory, or a fresh one among the
 * temporary files when that path would be too long for a socket.
 */
export async function createSocketDirectory(
  directory: DataDirectory,
  user: SystemUser | null,
): Promise<string> {
  await ensurePrivateDirectory(directory.run, user)
  await removeSocketFiles(directory.run)
  if (fits(directory.run)) return directory.run
  const base = [tmpdir(), '/tmp'].find((path) => fits(join(path, `${temporaryPrefix}123456`)))
  if (base === undefined) throw new StartError('There is no directory with a path short enough')
  const fresh = await mkdtemp(join(base, temporaryPrefix))
  if (user !== null) await chown(fresh, user.uid, user.gid)
  return fresh
}

/** Leaves nothing behind: neither socket files, nor a temporary directory made for them. */
export async function removeSocketDirectory(
  directory: DataDirectory,
  socketDirectory: string,
): Promise<void> {
  await removeSocketFiles(socketDirectory)
  if (socketDirectory !== directory.run) await rmdir(socketDirectory).catch(() => {})
}

/** Removes the temporary directory that a killed server could not remove. */
export async function removeFormerSocketDirectory(
  directory: DataDirectory,
  host: string | null,
): Promise<void> {
  if (host === null || host === directory.run) return
  // The name comes from a file, so that nothing but a directory of our own making is touched.
  const isOurs = basename(host).startsWith(temporaryPrefix)
  if (isOurs && [tmpdir(), '/tmp'].includes(dirname(host))) {
    await removeSocketDirectory(directory, host)
  }
}

function fits(socketDirectory: string): boolean {
  return Buffer.byteLength(join(socketDirectory, socketName)) < socketPathBytesMax
}

/** Only called when no PostgreSQL runs on the data directory, so that no live socket is lost. */
async function removeSocketFiles(socketDirectory: string): Promise<void> {
  const names = await readdir(socketDirectory).catch(() => [])
  for (const name of names) {
    if (name.startsWith(socketName)) await unlink(join(socketDirectory, name)).catch(() => {})
  }
}
