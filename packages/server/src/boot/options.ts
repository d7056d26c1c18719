import { StartError } from '../shared/errors.ts'

const workersMax = 64

/** How many processes shall serve, from `--workers N`; 1 when nothing is said. Throws StartError. */
export function readWorkers(args: readonly string[]): number {
  const [first, ...rest] = args.flatMap((arg) => arg.split(/(?<=^--workers)=/))
  if (first === undefined) return 1
  const [value, surplus] = rest
  const unknown = first === '--workers' ? surplus : first
  if (unknown !== undefined) {
    throw new StartError(`The server takes --workers N and nothing else, not "${unknown}"`)
  }
  const count = /^[0-9]{1,3}$/.test(value ?? '') ? Number(value) : Number.NaN
  if (count >= 1 && count <= workersMax) return count
  const given = value === undefined ? '' : `, not "${value}"`
  throw new StartError(`--workers must be a whole number from 1 to ${workersMax}${given}`)
}

/** With one connection, work that asks for a second while it holds the first would wait for itself. */
const connectionsMin = 2

/**
 * Connections of each worker: the 20 of a single process are divided, but with many workers each needs
 * some; together at most 82 up to 40 workers, and two for each beyond.
 */
export function connectionsOfWorker(workers: number): number {
  const some = Math.min(4, Math.floor(80 / workers))
  return Math.max(connectionsMin, Math.floor(20 / workers), some)
}

/** Connections of the parent of workers, which only migrates and looks after partitions. */
export const connectionsOfParent = 2
