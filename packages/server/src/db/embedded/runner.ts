import type { Command } from './command.ts'
import type { DataDirectory } from './data-directory.ts'
import type { SystemUser } from './unprivileged-user.ts'

/** The directories that PostgreSQL works with. */
export interface Places {
  native: string
  cluster: string
  socket: string
  log: string
}

/** How PostgreSQL's programs are run on this machine. */
export interface Runner {
  /** Whom PostgreSQL's files belong to; null when it runs as the user of this process. */
  user: SystemUser | null
  /** The name by which PostgreSQL knows the cluster. */
  clusterName: string
  /** The same directories under the names that PostgreSQL sees. */
  seen(places: Places): Places
  command(places: Places, program: 'initdb' | 'postgres', args: string[]): Command
}

/** What one start of PostgreSQL needs to know. */
export interface Installation {
  directory: DataDirectory
  runner: Runner
  places: Places
}
