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
    select "programId", at.created_at, "customerId", "clickId", "linkId", "partnerId", "customerKey",
      "sessionId", "pageUrl", "eventName", decode("emailHash", 'hex'), "emailMasked", mode,
      "isProvisional", case when "isProvisional" then null else at.created_at end
    from json_to_recordset($1::json) as i ("programId" bigint, "atMs" bigint, "customerId" bigint,
      "clickId" text, "linkId" bigint, "partnerId" bigint, "customerKey" text, "sessionId" text,
      "pageUrl" text, "eventName" text, "emailHash" text, "emailMasked" text, mode text,
      "isProvisional" boolean)
    cross join lateral (select to_timestamp("atMs" / 1000.0) as created_at) at`,
}

const settle = {
  name: 'lead_settle',
  planEachTime: true,
  text: `update affiliate_lead_events e set settled_at = to_timestamp(i."atMs" / 1000.0),
      link_id = i."linkId", partner_id = i."partnerId"
    from json_to_recordset($1::json) as i ("programId" bigint, "customerId" bigint, "heldAtMs" bigint,
      "atMs" bigint, "linkId" bigint, "partnerId" bigint)
    where e.program_id = i."programId" and e.customer_id = i."customerId"
      and e.created_at = to_timestamp(i."heldAtMs" / 1000.0)
      and e.is_provisional and e.settled_at is null`,
}

const insertTest = {
  name: 'lead_insert_test',
  text: `insert into affiliate_lead_events (program_id, created_at, is_test, page_url, event_name, mode)
    values ($1, $2, true, $3, $4, $5) returning id`,
}

export async function insertLeads(tx: Tx, leads: readonly LeadRow[]): Promise<void> {
  if (leads.length === 0) return
  const rows = leads.map((lead) => ({
    ...lead,
    emailHash: lead.emailHash?.toString('hex') ?? null,
  }))
  await tx.query(insert, [JSON.stringify(rows)])
}

export interface SettledLead {
  programId: number
  customerId: number
  /** When the provisional lead was made, and from when on it counts. */
  heldAtMs: number
  atMs: number
  credit: { linkId: number; partnerId: number } | null
}

/** At most one a customer. */
export async function settleLeadEvents(tx: Tx, leads: readonly SettledLead[]): Promise<void> {
  if (leads.length === 0) return
  const rows = leads.map(({ credit, ...lead }) => ({ ...lead, ...credit }))
  await tx.query(settle, [JSON.stringify(rows)])
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
