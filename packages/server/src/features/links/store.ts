import type { Db, Tx } from '../../db/database.ts'

/** A referral link with what a click needs to know of its program and partner. */
export interface Link {
  programId: number
  linkId: number
  partnerId: number
  /** In its own spelling; looked up without regard to case. */
  code: string
  isActive: boolean
  isPartnerActive: boolean
  isProgramActive: boolean
  cookieWindowDays: number
}

interface LinkRow {
  program_id: number
  id: number
  partner_id: number
  code: string
  is_active: boolean
  partner_active: boolean
  program_active: boolean
  cookie_window_days: number
}

const selectByCodes = {
  name: 'links_by_codes',
  text: `select l.program_id, l.id, l.partner_id, l.code, l.is_active,
      pp.status = 'active' as partner_active, p.status = 'active' as program_active,
      p.cookie_window_days
    from affiliate_referral_links l
    join affiliate_partner_programs pp on pp.program_id = l.program_id and pp.partner_id = l.partner_id
    join affiliate_programs p on p.id = l.program_id
    where lower(l.code) = any($1::text[])`,
}

const insert = {
  name: 'link_insert',
  text: `insert into affiliate_referral_links (program_id, partner_id, code, landing_url, created_at)
    values ($1, $2, $3, $4, $5) on conflict (lower(code)) do nothing returning id`,
}

const selectCodes = {
  name: 'link_codes_by_ids',
  text: `select id, code from affiliate_referral_links where program_id = $1 and id = any($2::bigint[])`,
}

/** The form in which codes are compared. */
export function codeKey(code: string): string {
  return code.toLowerCase()
}

/** What a code may look like. Anything else names no link, and need not reach the database. */
const CODE_FORM = /^[A-Za-z0-9_-]{1,64}$/

/** The links that exist among the codes, by `codeKey`. */
export async function findLinks(db: Db, codes: string[]): Promise<Map<string, Link>> {
  const keys = [...new Set(codes.filter((code) => CODE_FORM.test(code)).map(codeKey))]
  if (keys.length === 0) return new Map()
  const rows = await db.query<LinkRow>(selectByCodes, [keys])
  return new Map(rows.map((row) => [codeKey(row.code), fromLinkRow(row)]))
}

/** The new link's id, or null when a link anywhere in the installation has this code. */
export async function insertLink(
  tx: Tx,
  link: { programId: number; partnerId: number; code: string; landingUrl: string },
  nowMs: number,
): Promise<number | null> {
  const [row] = await tx.query<{ id: number }>(insert, [
    link.programId,
    link.partnerId,
    link.code,
    link.landingUrl,
    new Date(nowMs),
  ])
  return row?.id ?? null
}

/** Codes of links of one program, by link id. */
export async function findLinkCodes(
  db: Db,
  programId: number,
  linkIds: number[],
): Promise<Map<number, string>> {
  const rows = await db.query<{ id: number; code: string }>(selectCodes, [programId, linkIds])
  return new Map(rows.map((row) => [row.id, row.code]))
}

function fromLinkRow(row: LinkRow): Link {
  return {
    programId: row.program_id,
    linkId: row.id,
    partnerId: row.partner_id,
    code: row.code,
    isActive: row.is_active,
    isPartnerActive: row.partner_active,
    isProgramActive: row.program_active,
    cookieWindowDays: row.cookie_window_days,
  }
}
