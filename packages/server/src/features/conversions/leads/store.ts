import type { Db, Tx } from '../../../db/database.ts'

export interface LeadRow {
  programId: number
  atMs: number
  customerId: number
  clickId: string
  /** Who the lead counts for, if any click was eligible. */
  linkId: number | null
  partnerId: number | null
  customerKey: string | null
  sessionId: string | null
  pageUrl: string | null
  eventName: string | null
  emailHash: Buffer | null
  emailMasked: string | null
  mode: 'browser' | 'server'
  isProvisional: boolean
}

const insert = {
  name: 'lead_insert',
  text: `insert into affiliate_lead_events (program_id, created_at, customer_id, click_id, link_id,
      partner_id, customer_key, session_id, page_url, event_name, email_hash, email_masked, mode,
      is_provisional, settled_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
      case when $14 then null else $2::timestamptz end)`,
}

const settle = {
  name: 'lead_settle',
  text: `update affiliate_lead_events set settled_at = $4, link_id = $5, partner_id = $6
    where program_id = $1 and customer_id = $2 and created_at = $3 and is_provisional and settled_at is null`,
}

const insertTest = {
  name: 'lead_insert_test',
  text: `insert into affiliate_lead_events (program_id, created_at, is_test, page_url, event_name, mode)
    values ($1, $2, true, $3, $4, $5) returning id`,
}

export async function insertLead(tx: Tx, lead: LeadRow): Promise<void> {
  await tx.query(insert, [
    lead.programId,
    new Date(lead.atMs),
    lead.customerId,
    lead.clickId,
    lead.linkId,
    lead.partnerId,
    lead.customerKey,
    lead.sessionId,
    lead.pageUrl,
    lead.eventName,
    lead.emailHash,
    lead.emailMasked,
    lead.mode,
    lead.isProvisional,
  ])
}

/** The provisional lead made at `heldAtMs` counts from `atMs` on. */
export async function settleLeadEvent(
  tx: Tx,
  lead: { programId: number; customerId: number; heldAtMs: number; atMs: number },
  credit: { linkId: number; partnerId: number } | null,
): Promise<void> {
  await tx.query(settle, [
    lead.programId,
    lead.customerId,
    new Date(lead.heldAtMs),
    new Date(lead.atMs),
    credit?.linkId ?? null,
    credit?.partnerId ?? null,
  ])
}

/** Stores a test lead, which counts nowhere. Returns its id. */
export async function insertTestLead(
  db: Db,
  lead: {
    programId: number
    atMs: number
    pageUrl: string | null
    eventName: string | null
    mode: 'browser' | 'server'
  },
): Promise<number> {
  const [row] = await db.query<{ id: number }>(insertTest, [
    lead.programId,
    new Date(lead.atMs),
    lead.pageUrl,
    lead.eventName,
    lead.mode,
  ])
  if (row === undefined) throw new Error('The test lead was not inserted')
  return row.id
}
