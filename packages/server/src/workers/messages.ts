import type { Connection } from '../boot/open-database.ts'
import type { Config } from '../config.ts'
import type { ProcessMetrics } from '../http/operations.ts'

/**
 * What a worker needs. It travels over the channel between the processes, because a command line can
 * be read by everybody on the machine, and this holds passwords.
 */
export interface WorkerTask {
  config: Config
  connection: Connection
  connectionsMax: number
  pepper: Buffer
  /** How many workers there are. */
  workers: number
}

export type FromWorker =
  | { kind: 'hello' }
  | { kind: 'listening'; url: string }
  /** It cannot start, for a reason that the operator can mend. */
  | { kind: 'refused'; message: string }
  | { kind: 'gather-metrics'; id: number }
  | { kind: 'metrics'; id: number; metrics: ProcessMetrics }

export type ToWorker =
  | { kind: 'begin'; task: WorkerTask }
  | { kind: 'stop' }
  | { kind: 'read-metrics'; id: number }
  | { kind: 'all-metrics'; id: number; all: ProcessMetrics[] }
