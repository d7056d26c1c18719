import { type Batcher, createBatcher } from '../../../db/batcher.ts'
import { type Database, isLockTimeout, isRefusal } from '../../../db/database.ts'
import type { Sharing } from '../../../db/sharing.ts'
import { OverloadError } from '../../../shared/errors.ts'
import type { SaleOutcome, SaleRequest } from './sale.ts'
import { answerFromWhatStands, trackSales } from './track-sales.ts'

export type SaleWriter = Batcher<SaleRequest, SaleOutcome>

/** See docs/decisions/0013-sales-share-commits.md. */
const limits = {
  jobsPerBatchMax: 64,
  batchesInFlightMax: 2,
  queueMax: 4_096,
  waitMaxMs: 5_000,
}

const laneLimits = { queueMax: 1_024, floodInFlightMin: 2, floodWaitingPerInFlight: 128 }

/** Group commit around `trackSales`, in which no program's flood makes another's sales wait. */
export function createSaleWriter(
  database: Database,
  nowMs: () => number,
  sharing: Sharing,
): SaleWriter {
  return createBatcher<SaleRequest, SaleOutcome>({
    ...limits,
    nowMs,
    // Nothing was stored: alone, each but the one that waits for the lock goes through.
    isRefusal: (error) => isRefusal(error) || isLockTimeout(error),
    lanes: { ...laneLimits, sharing, of: ({ programId }) => programId },
    process: (requests) => trackSales(database, requests),
  })
}

/**
 * Records a sale, in a commit that it may share. When the connection breaks while COMMIT is under way
 * the sale may stand all the same: whoever holds the id then is told, and only a sale that left nothing
 * behind is an error.
 */
export async function trackSale(
  database: Database,
  writer: SaleWriter,
  request: SaleRequest,
): Promise<SaleOutcome> {
  try {
    return await writer.submit(request)
  } catch (error) {
    // It was never begun.
    if (error instanceof OverloadError) throw error
    if (isLockTimeout(error)) throw new OverloadError('The server is busy, try again shortly', 1)
    const stands = await answerFromWhatStands(database, request).catch(() => null)
    if (stands === null) throw error
    return stands
  }
}
