import type { Batcher } from '../../../db/batcher.ts'
import type { Database } from '../../../db/database.ts'
import { nobodysLane, type Sharing } from '../../../db/sharing.ts'
import { createConversionWriter } from '../conversion-writer.ts'
import type { LeadOutcome, LeadRequest } from './lead.ts'
import { trackLeads } from './track-leads.ts'

export type LeadWriter = Batcher<LeadRequest, LeadOutcome>

/** Records signups, in commits that they may share. See docs/decisions/0018-leads-share-commits.md. */
export function createLeadWriter(
  database: Database,
  nowMs: () => number,
  sharing: Sharing,
): LeadWriter {
  return createConversionWriter<LeadRequest, LeadOutcome>({
    nowMs,
    sharing,
    // Whose a browser's lead is only its look-up proves: forged ids must not take others' places in the queue.
    programOf: ({ serverProgramId }) => serverProgramId ?? nobodysLane,
    process: (requests) => trackLeads(database, requests),
  })
}
