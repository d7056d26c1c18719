import type { Batcher } from '../../../db/batcher.ts'
import type { Database } from '../../../db/database.ts'
import { nobodysLane, type Sharing } from '../../../db/sharing.ts'
import { programOfClickId } from '../../customers/index.ts'
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
    programOf,
    process: (requests) => trackLeads(database, requests),
  })
}

/** As the caller says it: in browser mode that is not proved, and a forger shares the lane it names. */
function programOf({ serverProgramId, clickIds }: LeadRequest): number {
  const [clickId] = clickIds
  const said = clickId === undefined ? null : programOfClickId(clickId)
  return serverProgramId ?? said ?? nobodysLane
}
