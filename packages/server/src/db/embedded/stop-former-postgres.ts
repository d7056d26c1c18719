import { readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { StartError } from '../../shared/errors.ts'
import { runCommand } from './command.ts'
import type { DataDirectory } from './data-directory.ts'
import { stopPostmaster } from './postmaster.ts'
import type { Runner } from './runner.ts'

/**
 * Stops the PostgreSQL that a killed server left running on this directory. We hold the lock, so
 * no living server uses it. A new one is started instead of adopting it: its exit could not be
 * watched, and its settings may be those of an older version.
 * @throws StartError when it does not end.
 */
export async function stopFormerPostgres(
  directory: DataDirectory,
  runner: Runner,
  log: (message: string, details?: Record<string, unknown>) => void,
): Promise<void> {
  const pid = await formerPid(directory)
  if (pid === null || !(await isPostmasterOf(directory, runner, pid))) return
  log('stopping the PostgreSQL that a killed server left running', { pid })
  const gone = await stopPostmaster(
    pid,
    async () => !(await isPostmasterOf(directory, runner, pid)),
  )
  if (!gone) {
    throw new StartError(
      `A PostgreSQL of a former server (pid ${pid}) runs on ${directory.shown} and does not end`,
    )
  }
}

/** The pid in postmaster.pid, which may be long dead or belong to another program by now. */
export async function formerPid(directory: DataDirectory): Promise<number | null> {
  try {
    const text = await readFile(join(directory.cluster, 'postmaster.pid'), 'utf8')
    const pid = Number.parseInt(text, 10)
    return pid > 1 ? pid : null
  } catch {
    return null
  }
}

/**
 * Whether the process is the postmaster of this very directory. Its name alone is not enough, and
 * its command line may show the directory under another name, so the kernel is asked first.
 */
async function isPostmasterOf(
  directory: DataDirectory,
  runner: Runner,
  pid: number,
): Promise<boolean> {
  if (process.platform !== 'linux') return isPostmasterByPs(directory, pid)
  let args: string[]
  try {
    // Empty for a process that has ended and waits to be collected: that one is gone for us.
    args = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0')
  } catch {
    return false
  }
  if (basename(args[0] ?? '') !== 'postgres') return false
  try {
    const [works, cluster] = await Promise.all([stat(`/proc/${pid}/cwd`), stat(directory.cluster)])
    return works.dev === cluster.dev && works.ino === cluster.ino
  } catch {
    // A container's root may not look into processes of other users.
    const given = args[args.indexOf('-D') + 1]
    return given === directory.cluster || given === runner.clusterName
  }
}

async function isPostmasterByPs(directory: DataDirectory, pid: number): Promise<boolean> {
  const args = ['-o', 'command=', '-p', String(pid)]
  const { stdout } = await runCommand({ file: 'ps', args }, 10_000)
  return stdout.includes('/postgres ') && stdout.includes(` -D ${directory.cluster} `)
}
