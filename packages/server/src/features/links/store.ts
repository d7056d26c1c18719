import type { Db, Tx } from '../../db/database.ts'

const insert = {
  name: 'link_insert',
  text: `insert into affiliate_referral_links (program_id, partner_id, code, landing_url, created_at)
    values ($1, $2, $3, $4, $5) on conflict (lower(code)) do nothing returning id`,
}

const selectCodes = {
  name: 'link_codes_by_ids',
  text: `select id, code from affiliate_referral_links where program_id = $1 and id = any($2::bigint[])`,
}

/** Of parameters with codes, the first whose link's program reads that parameter. */
const selectAccepted = {
  name: 'link_code_by_parameters',
  text: `select l.code from unnest($1::text[], $2::text[]) with ordinality as asked (parameter, code_key, n)
    cross join lateral (
      select program_id, code from affiliate_referral_links where lower(code) = asked.code_key limit 1) l
    join affiliate_programs p on p.id = l.program_id
    where asked.parameter = any(p.link_parameters)
    order by asked.n limit 1`,
}

/** What a code may look like. Anything else names no link, and need not reach the database. */
const CODE_FORM = /^[A-Za-z0-9_-]{1,64}$/

/** The form in which codes are compared, or null for what cannot be a code. */
export function codeKey(code: string): string | null {
  return CODE_FORM.test(code) ? code.toLowerCase() : null
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

/**
 * The code that a landing URL carries in a parameter other than `aff`: of the first one that the program
 * of its link reads. Null when there is none.
 */
export async function findAcceptedCode(
  db: Db,
  candidates: readonly { parameter: string; code: string }[],
): Promise<string | null> {
  const possible = candidates.flatMap(({ parameter, code }) => {
    const key = codeKey(code)
    return key === null ? [] : [{ parameter, key }]
  })
  if (possible.length === 0) return null
  const [row] = await db.query<{ code: string }>(selectAccepted, [
    possible.map((one) => one.parameter),
    possible.map((one) => one.key),
  ])
  return row?.code ?? null
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
