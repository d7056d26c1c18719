import {
  closeSync,
  constants,
  fchownSync,
  ftruncateSync,
  openSync,
  readFileSync,
  statSync,
  writeSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { setTimeout as delay } from 'node:timers/promises'
import { StartError } from '../../shared/errors.ts'
import { type DataDirectory, dataDirectoryFault } from './data-directory.ts'

/** A `command` holds the directory only for its own moment; a `server` shares its database with commands. */
export type LockRole = 'server' | 'command'

export interface LockOwner {
  pid: number
  role: LockRole
}

export interface DirectoryLock {
  release(): void
}

interface NativeLock {
  tryLock(fd: number): boolean
}

/**
 * Takes the data directory for this process, or returns null when another holds it. The kernel
 * keeps the lock with the open file and frees it when the process dies, however it dies; a pid
 * in a file alone could be stale, or belong to another program after a reboot.
 * @throws StartError when the lock file cannot be written or the file system knows no locks.
 */
export function tryLock(directory: DataDirectory, role: LockRole): DirectoryLock | null {
  const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants
  let fd: number
  try {
    fd = openSync(directory.lockFile, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600)
  } catch (error) {
    throw dataDirectoryFault(directory.shown, error)
  }
  try {
    if (!nativeLock(directory).tryLock(fd)) {
      closeSync(fd)
      return null
    }
    // Root's file in another user's directory would shut that user out of the next start.
    if (process.geteuid?.() === 0) {
      const { uid, gid } = statSync(directory.path)
      fchownSync(fd, uid, gid)
    }
    ftruncateSync(fd, 0)
    writeSync(fd, `${process.pid} ${role}\n`, 0)
  } catch (error) {
    closeSync(fd)
    throw dataDirectoryFault(directory.shown, error)
  }
  let held = true
  return {
    // The file stays: two processes that create and delete it could hold locks on two files.
    release: () => {
      if (!held) return
      held = false
      ftruncateSync(fd, 0)
      closeSync(fd)
    },
  }
}

/** What the holder wrote of itself; null when it did not within half a second. */
export async function lockOwner(directory: DataDirectory): Promise<LockOwner | null> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const text = readFileSync(directory.lockFile, 'utf8')
    const [, pid, role] = /^(\d+) (server|command)\n$/.exec(text) ?? []
    if (pid !== undefined) return { pid: Number(pid), role: role === 'command' ? role : 'server' }
    await delay(25)
  }
  return null
}

/** Loaded on demand: with DATABASE_URL, a platform without this module must start all the same. */
function nativeLock(directory: DataDirectory): NativeLock {
  try {
    return createRequire(import.meta.url)('fs-native-extensions') as NativeLock
  } catch (error) {
    throw new StartError(
      `Data directory ${directory.shown} cannot be locked, because the module fs-native-extensions does not load on ${process.platform}-${process.arch}: set DATABASE_URL to a PostgreSQL of your own`,
      { cause: error },
    )
  }
}
