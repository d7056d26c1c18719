import { type Batcher, createBatcher, type later } from '../../db/batcher.ts'
import { type Database, isLockTimeout, isRefusal, type Tx } from '../../db/database.ts'
import type { Sharing } from '../../db/sharing.ts'
import { OverloadError } from '../../shared/errors.ts'

/** See docs/decisions/0013-sales-share-commits.md. */
const limits = {
  jobsPerBatchMax: 64,
  batchesInFlightMax: 2,
  queueMax: 4_096,
  waitMaxMs: 5_000,
}

const laneLimits = { queueMax: 1_024, floodInFlightMin: 2, floodWaitingPerInFlight: 128 }

/**
 * Who waits for somebody else's lock makes every conversion of the process wait. A healthy lock is held
 * for milliseconds, so after this long the one that needs it gives way to the others.
 */
const lockWaitMaxMs = 2_000

export interface ConversionWriterOptions<Request, Outcome> {
  nowMs: () => number
  sharing: Sharing
  programOf: (request: Request) => number
  process: (requests: Request[]) => Promise<(Outcome | typeof later)[]>
}

/** Group commit for what locks customers, in which no program's flood makes another's calls wait. */
export function createConversionWriter<Request, Outcome>({
  nowMs,
  sharing,
  programOf,
  process,
}: ConversionWriterOptions<Request, Outcome>): Batcher<Request, Outcome> {
  const writer = createBatcher<Request, Outcome>({
    ...limits,
    nowMs,
    // Nothing was stored: alone, each but the one that waits for the lock goes through.
    isRefusal: (error) => isRefusal(error) || isLockTimeout(error),
    lanes: { ...laneLimits, sharing, of: programOf },
    process,
  })
  return {
    ...writer,
    async submit(request) {
      try {
        return await writer.submit(request)
      } catch (error) {
        if (!isLockTimeout(error)) throw error
        throw new OverloadError('The server is busy, try again shortly', 1)
      }
    },
  }
}

/** The transaction that conversions share. Nobody's lock is waited for longer than is fair to them all. */
export function inSharedTransaction<Result>(
  database: Database,
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  return database.transaction(work, { lockWaitMaxMs })
}
