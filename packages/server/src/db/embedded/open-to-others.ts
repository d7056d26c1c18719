import { chmod, lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { StartError } from '../../shared/errors.ts'

/**
 * Lets other users read and run PostgreSQL's programs. An `npm install` by root with a strict
 * umask leaves them to root alone, who is the one user that may not run them.
 */
export async function openToOthers(native: string): Promise<void> {
  const program = await lstat(join(native, 'bin', 'postgres'))
  const folder = await lstat(join(native, 'share'))
  if ((program.mode & folder.mode & 0o005) === 0o005) return
  try {
    await openTree(native)
  } catch (error) {
    throw new StartError(
      `Only root may run the programs in ${native}, and PostgreSQL does not run as root: run chmod -R go+rX on it`,
      { cause: error },
    )
  }
}

async function openTree(path: string): Promise<void> {
  const found = await lstat(path)
  if (found.isSymbolicLink()) return
  const runnable = (found.mode & 0o100) !== 0
  await chmod(path, (found.mode & 0o7777) | (runnable ? 0o055 : 0o044))
  if (!found.isDirectory()) return
  for (const name of await readdir(path)) await openTree(join(path, name))
}
