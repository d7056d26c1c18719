import type { Database } from '../db/database.ts'
import { ensurePartitions } from '../db/partitions.ts'
import type { Clock } from '../shared/clock.ts'

const everyMs = 3_600_000

export interface UpkeepDeps {
  database: Database
  clock: Clock
  onError: (error: unknown) => void
}

/** Looks every hour whether the months ahead have their partitions. Returns how to stop it. */
export function startPartitionUpkeep(deps: UpkeepDeps): () => void {
  const timer = setInterval(() => {
    ensurePartitions(deps.database, deps.clock.nowMs()).catch(deps.onError)
  }, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}
