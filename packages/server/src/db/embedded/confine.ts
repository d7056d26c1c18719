import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Command, runCommand } from './command.ts'
import type { DataDirectory } from './data-directory.ts'
import type { Places, Runner } from './runner.ts'
import type { SystemUser } from './unprivileged-user.ts'

const mountRoot = '/run/affitor'

/**
 * Every command is the next one's exec, so the process that Node started becomes the postmaster
 * and gets our signals. The mounts live in a namespace of their own: nobody else sees them, and
 * they go when the last process in it ends. Mount points are made in a file system in memory, so
 * that a killed server leaves none behind.
 */
const confinedScript = `set -e
base=$1 uid=$2 gid=$3
umask 022
mount -t tmpfs -o mode=755,size=1m tmpfs ${mountRoot}
mkdir "$base" "$base/native" "$base/cluster" "$base/socket" "$base/log"
mount --bind "$4" "$base/native"
mount --bind "$5" "$base/cluster"
mount --bind "$6" "$base/socket"
mount --bind "$7" "$base/log"
shift 7
exec setpriv --reuid "$uid" --regid "$gid" --clear-groups -- "$@"`

/**
 * A runner for root that shows PostgreSQL its own directories under /run/affitor, whatever is
 * closed above them: a data directory or a checkout below /root works, and the data directory
 * stays root's, so that PostgreSQL's user cannot touch the secrets in it. Null where the kernel,
 * a container's rules or missing tools forbid it.
 */
export async function confine(
  directory: DataDirectory,
  native: string,
  user: SystemUser,
): Promise<Runner | null> {
  // The same name at every start: it tells the postmaster of this directory from others by its
  // command line.
  const digest = createHash('sha256').update(directory.path).digest('hex').slice(0, 16)
  const base = join(mountRoot, digest)
  try {
    await mkdir(mountRoot, { recursive: true })
  } catch {
    return null
  }
  const trial = { native, cluster: native, socket: native, log: native }
  const works = await runCommand(confined(base, trial, user, ['true']), 10_000)
  if (!works.ok) return null
  const seen = confinedPlaces(base)
  return {
    user,
    clusterName: seen.cluster,
    seen: () => seen,
    command: (places, program, args) =>
      confined(base, places, user, [join(seen.native, 'bin', program), ...args]),
  }
}

function confinedPlaces(base: string): Places {
  return {
    native: join(base, 'native'),
    cluster: join(base, 'cluster'),
    socket: join(base, 'socket'),
    log: join(base, 'log'),
  }
}

function confined(base: string, places: Places, user: SystemUser, command: string[]): Command {
  const { native, cluster, socket, log } = places
  const identity = [String(user.uid), String(user.gid)]
  return {
    file: 'unshare',
    args: [
      ...['--mount', '--propagation', 'private', 'sh', '-c', confinedScript, 'sh'],
      ...[base, ...identity, native, cluster, socket, log],
      ...command,
    ],
  }
}
