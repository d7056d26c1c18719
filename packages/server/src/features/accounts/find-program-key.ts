import { createBatcher } from '../../db/batcher.ts'
import { type Database, isRefusal } from '../../db/database.ts'
import type { Clock } from '../../shared/clock.ts'
import { looksLikeProgramKey } from './domain/api-key.ts'
import { findProgramKeys, type ProgramKey } from './store.ts'

const limits = {
  jobsPerBatchMax: 256,
  batchesInFlightMax: 2,
  queueMax: 4_096,
  waitMaxMs: 5_000,
}

/**
 * The program of a valid program key, or null. Requests that arrive together are looked up together.
 * Nothing is remembered: a key that was revoked opens nothing from then on, in every process.
 */
export function createProgramKeyFinder(
  database: Database,
  clock: Clock,
  nowMs: () => number,
): (key: string) => Promise<ProgramKey | null> {
  const lookUp = createBatcher<string, ProgramKey | null>({
    ...limits,
    nowMs,
    isRefusal,
    process: (keys) => findProgramKeys(database, keys, clock.nowMs()),
  })
  return async (key) => (looksLikeProgramKey(key) ? lookUp.submit(key) : null)
}
