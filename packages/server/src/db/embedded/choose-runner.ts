import { chmod, chown, lstat, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { StartError } from '../../shared/errors.ts'
import type { Binaries } from './binaries.ts'
import { runCommand } from './command.ts'
import { confine } from './confine.ts'
import type { DataDirectory } from './data-directory.ts'
import { openToOthers } from './open-to-others.ts'
import type { Runner } from './runner.ts'
import { chooseSystemUser, type SystemUser } from './unprivileged-user.ts'

/**
 * As an ordinary user, PostgreSQL runs as that user. As root, it runs as an unprivileged user,
 * who sees only its own directories where the kernel allows that (see confine.ts), and so may
 * stand under directories closed to that user. Otherwise that user must be able to reach them.
 * @throws StartError that says what to change when it cannot.
 */
export async function chooseRunner(
  directory: DataDirectory,
  { native }: Binaries,
): Promise<Runner> {
  const clusterUid = await ownerOf(directory.cluster)
  const ownUid = process.geteuid?.()
  if (ownUid !== 0) {
    if (clusterUid === null || clusterUid === ownUid) return direct(directory, null)
    throw new StartError(
      `The database in ${directory.shown} belongs to the user with id ${clusterUid}: start the server as that user`,
    )
  }
  const user = await chooseSystemUser(directory.shown, clusterUid)
  await openToOthers(native)
  const confined = await confine(directory, native, user)
  if (confined !== null) return confined
  await requireReach(directory, native, user)
  // The directory stays closed to all others, so the user who must enter it has to own it.
  if ((await stat(directory.path)).uid !== user.uid) {
    await chown(directory.path, user.uid, user.gid)
    await chmod(directory.path, 0o700)
  }
  return direct(directory, user)
}

function direct(directory: DataDirectory, user: SystemUser | null): Runner {
  return {
    user,
    clusterName: directory.cluster,
    seen: (places) => places,
    command: ({ native }, program, args) => ({
      file: join(native, 'bin', program),
      args,
      ...(user === null ? {} : { uid: user.uid, gid: user.gid }),
    }),
  }
}

async function requireReach(
  directory: DataDirectory,
  native: string,
  user: SystemUser,
): Promise<void> {
  if (!(await canEnter(dirname(directory.path), user))) {
    throw new StartError(
      `PostgreSQL does not run as root, and the user ${user.name} cannot enter the directories above ${directory.shown}: set AFFITOR_DATA_DIR to a directory that this user can reach, such as /var/lib/affitor, or start the server as an ordinary user`,
    )
  }
  if (!(await canEnter(join(native, 'bin'), user))) {
    throw new StartError(
      `PostgreSQL does not run as root, and the user ${user.name} cannot reach its programs in ${native}: move Affitor to a directory that this user can reach, such as /opt, or start the server as an ordinary user`,
    )
  }
}

async function canEnter(path: string, user: SystemUser): Promise<boolean> {
  const { uid, gid } = user
  const command = { file: 'sh', args: ['-c', 'cd -- "$0"', path], uid, gid }
  return (await runCommand(command, 10_000)).ok
}

async function ownerOf(path: string): Promise<number | null> {
  try {
    return (await lstat(path)).uid
  } catch {
    return null
  }
}
