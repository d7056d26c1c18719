import {
  access,
  chmod,
  chown,
  constants,
  lchown,
  lstat,
  mkdir,
  open,
  readdir,
  realpath,
  stat,
} from 'node:fs/promises'
import { userInfo } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { StartError } from '../../shared/errors.ts'
import type { SystemUser } from './unprivileged-user.ts'

/** The names of everything inside the data directory that belongs to the database. */
export interface DataDirectory {
  /** As the operator wrote it: for messages. */
  shown: string
  /** Absolute, without symbolic links. */
  path: string
  cluster: string
  log: string
  /** Sockets, and files that PostgreSQL's user must read for a moment. */
  run: string
  lockFile: string
  connectionFile: string
  /** What PostgreSQL says before its own log begins. Emptied at every start. */
  startLog: string
}

type Log = (message: string, details?: Record<string, unknown>) => void

/**
 * Creates the data directory when it is absent and keeps it closed to other users (mode 0700).
 * @throws StartError when it cannot be created or written to, or when it is open to other users
 *   and full of files that are not ours: closing such a directory could lock others out.
 */
export async function prepareDataDirectory(shown: string, log: Log): Promise<DataDirectory> {
  try {
    const wanted = resolve(shown)
    await mkdir(dirname(wanted), { recursive: true })
    await mkdir(wanted, { mode: 0o700 }).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
    const path = await realpath(wanted)
    await closeToOthers(shown, path, log)
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK)
    return {
      shown,
      path,
      cluster: join(path, 'postgres'),
      log: join(path, 'log'),
      run: join(path, 'run'),
      lockFile: join(path, 'server.lock'),
      connectionFile: join(path, 'connection.json'),
      startLog: join(path, 'postgres-start.log'),
    }
  } catch (error) {
    throw dataDirectoryFault(shown, error)
  }
}

/** Turns a refusal of the file system into one sentence for the operator. */
export function dataDirectoryFault(shown: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (error instanceof StartError || code === undefined) return error
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new StartError(
      `Data directory ${shown} is not writable by the user ${ownName()} (${code}); start the server as the user it belongs to, or set AFFITOR_DATA_DIR to another directory`,
    )
  }
  if (code === 'ENOTDIR' || code === 'EEXIST') {
    return new StartError(`Data directory ${shown} is not a directory`)
  }
  return new StartError(`Data directory ${shown} cannot be used: ${message}`)
}

/** Makes a directory that only its owner can enter, and gives it to PostgreSQL's user. */
export async function ensurePrivateDirectory(path: string, user: SystemUser | null): Promise<void> {
  await mkdir(path, { mode: 0o700 }).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  const found = await lstat(path)
  if (!found.isDirectory()) throw new StartError(`${path} is not a directory`)
  if ((found.mode & 0o777) !== 0o700) await chmod(path, 0o700)
  if (user === null || found.uid === user.uid) return
  for (const name of await readdir(path)) await lchown(join(path, name), user.uid, user.gid)
  await chown(path, user.uid, user.gid)
}

/** Makes the names inside a directory survive a power cut. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function closeToOthers(shown: string, path: string, log: Log): Promise<void> {
  const found = await stat(path)
  if (!found.isDirectory()) throw new StartError(`Data directory ${shown} is not a directory`)
  if ((found.mode & 0o077) === 0) return
  const names = (await readdir(path)).filter((name) => name !== 'lost+found')
  const ours = names.length === 0 || names.includes('server.lock')
  if (!ours) {
    throw new StartError(
      `Data directory ${shown} holds other files and is open to other users: set AFFITOR_DATA_DIR to an empty directory`,
    )
  }
  const uid = process.geteuid?.()
  if (uid !== 0 && uid !== found.uid) {
    // A volume that a cluster manager shares by group cannot be closed by us; the cluster and
    // the secrets inside are closed by their own modes.
    log('the data directory is open to other users and belongs to another', { directory: shown })
    return
  }
  await chmod(path, 0o700)
}

function ownName(): string {
  try {
    return userInfo().username
  } catch {
    return `with id ${process.geteuid?.() ?? 'unknown'}`
  }
}
