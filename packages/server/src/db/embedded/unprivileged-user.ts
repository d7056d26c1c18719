import { StartError } from '../../shared/errors.ts'
import { runCommand } from './command.ts'

/** Somebody PostgreSQL may run as when the server runs as root. */
export interface SystemUser {
  name: string
  uid: number
  gid: number
}

const commandTimeoutMs = 10_000

/**
 * The user for PostgreSQL, which refuses to run as root: the owner of the cluster that is there,
 * else `affitor`, else `postgres`, else a new system user `affitor`.
 * @param clusterUid owner of the existing cluster, null before the first start.
 * @throws StartError when the cluster belongs to somebody else, or no user can be created.
 */
export async function chooseSystemUser(
  shown: string,
  clusterUid: number | null,
): Promise<SystemUser> {
  const known = await knownUsers()
  if (clusterUid !== null) {
    const owner = known.find((user) => user.uid === clusterUid)
    if (owner !== undefined) return owner
    // Taking the files over would shut their owner out of the next start.
    throw new StartError(
      `The database in ${shown} belongs to the user with id ${clusterUid}, and root runs it only for the users affitor and postgres: start the server as that user`,
    )
  }
  const [first] = known
  return first ?? createUser()
}

async function knownUsers(): Promise<SystemUser[]> {
  const found = await Promise.all(['affitor', 'postgres'].map(findUser))
  return found.filter((user) => user !== null)
}

async function findUser(name: string): Promise<SystemUser | null> {
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map((flag) => runCommand({ file: 'id', args: [flag, name] }, commandTimeoutMs)),
  )
  if (uid === undefined || gid === undefined || !uid.ok || !gid.ok) return null
  return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) }
}

async function createUser(): Promise<SystemUser> {
  const attempts = [
    {
      file: 'useradd',
      args: ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', 'affitor'],
    },
    // BusyBox has no useradd; its adduser makes a system user with -S.
    { file: 'adduser', args: ['-S', '-D', '-H', '-s', '/bin/false', 'affitor'] },
  ]
  for (const attempt of attempts) {
    await runCommand(attempt, commandTimeoutMs)
    // Looked up whatever the command said: a server that starts beside us may have been faster.
    const user = await findUser('affitor')
    if (user !== null) return user
  }
  throw new StartError(
    'PostgreSQL does not run as root and no system user could be created for it: create a user named affitor, or start the server as an ordinary user',
  )
}
