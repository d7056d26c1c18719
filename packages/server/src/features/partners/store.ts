import type { Db, Tx } from '../../db/database.ts'
import { programKey } from '../../shared/program-key.ts'

const insertGroup = {
  name: 'partner_group_insert_default',
  text: `insert into affiliate_partner_groups (program_id, name, is_default, created_at)
    values ($1, 'Default', true, $2) returning id`,
}

const insertPartner = {
  name: 'partner_insert',
  text: `with partner as (
      insert into affiliate_partners (name, created_at) values ($2, $3) returning id)
    insert into affiliate_partner_programs (program_id, partner_id, group_id, joined_at)
    select $1, partner.id, (
      select id from affiliate_partner_groups where program_id = $1 and is_default), $3
    from partner returning partner_id`,
}

const activePartners = {
  name: 'partners_active_among',
  text: `select pp.program_id, pp.partner_id
    from unnest($1::bigint[], $2::bigint[]) as asked (program_id, partner_id)
    join affiliate_partner_programs pp using (program_id, partner_id) where pp.status = 'active'`,
}

/** Every program has one group, `Default`, from the start; its partners' policies hang on it. */
export async function insertDefaultGroup(
  tx: Tx,
  programId: number,
  nowMs: number,
): Promise<number> {
  const [row] = await tx.query<{ id: number }>(insertGroup, [programId, new Date(nowMs)])
  if (row === undefined) throw new Error('The default group was not inserted')
  return row.id
}

/** A new partner, active in the program's default group. */
export async function addPartner(
  tx: Tx,
  programId: number,
  name: string,
  nowMs: number,
): Promise<number> {
  const [row] = await tx.query<{ partner_id: number }>(insertPartner, [
    programId,
    name,
    new Date(nowMs),
  ])
  if (row === undefined) throw new Error('The partner was not inserted')
  return row.partner_id
}

/** Those of the partners who are in their program now, by `programKey`. */
export async function findActivePartners(
  db: Db,
  asked: readonly { programId: number; partnerId: number }[],
): Promise<Set<string>> {
  if (asked.length === 0) return new Set()
  const rows = await db.query<{ program_id: number; partner_id: number }>(activePartners, [
    asked.map((one) => one.programId),
    asked.map((one) => one.partnerId),
  ])
  return new Set(rows.map((row) => programKey(row.program_id, row.partner_id)))
}
