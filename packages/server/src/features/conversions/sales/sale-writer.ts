import type { Batcher } from '../../../db/batcher.ts'
import type { Database } from '../../../db/database.ts'
import type { Sharing } from '../../../db/sharing.ts'
import { OverloadError } from '../../../shared/errors.ts'
import { createConversionWriter } from '../conversion-writer.ts'
import type { SaleOutcome, SaleRequest } from './sale.ts'
import { answerFromWhatStands, trackSales } from './track-sales.ts'

export type SaleWriter = Batcher<SaleRequest, SaleOutcome>

export function createSaleWriter(
  database: Database,
  nowMs: () => number,
  sharing: Sharing,
): SaleWriter {
  return createConversionWriter<SaleRequest, SaleOutcome>({
    nowMs,
    sharing,
    programOf: ({ programId }) => programId,
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
    // It left nothing behind.
    if (error instanceof OverloadError) throw error
    const stands = await answerFromWhatStands(database, request).catch(() => null)
    if (stands === null) throw error
    return stands
  }
}
