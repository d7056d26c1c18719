import type { Db, Tx } from '../../db/database.ts'
import type { NewProgram, Program } from './domain/program.ts'

interface ProgramRow {
  id: number
  name: string
  domain: string
  status: Program['status']
  currency: string
  attribution_model: Program['attributionModel']
  attribution_binding: Program['attributionBinding']
  attribution_window_days: number
  cookie_window_days: number
  lead_auth: Program['leadAuth']
  link_parameters: string[]
}

const selectMany = {
  name: 'programs_by_ids',
  text: `select id, name, domain, status, currency, attribution_model, attribution_binding,
    attribution_window_days, cookie_window_days, lead_auth, link_parameters
    from affiliate_programs where id = any($1::bigint[])`,
}

const insert = {
  name: 'program_insert',
  text: `insert into affiliate_programs (name, domain, status, currency, attribution_model,
    attribution_binding, attribution_window_days, cookie_window_days, lead_auth,
    link_parameters, created_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning id`,
}

const updateLinkParameters = {
  name: 'program_link_parameters',
  text: 'update affiliate_programs set link_parameters = $2 where id = $1 returning id',
}

const lockFirst = {
  name: 'program_lock_first',
  text: "select pg_advisory_xact_lock(hashtext('first_program'))",
}

const selectAny = { name: 'program_any', text: 'select id from affiliate_programs limit 1' }

/** Those of the programs that exist, by id. */
export async function findPrograms(db: Db, programIds: number[]): Promise<Map<number, Program>> {
  const rows = await db.query<ProgramRow>(selectMany, [programIds])
  return new Map(rows.map((row) => [row.id, fromProgramRow(row)]))
}

/** Null when there is no such program. */
export async function findProgram(db: Db, programId: number): Promise<Program | null> {
  const programs = await findPrograms(db, [programId])
  return programs.get(programId) ?? null
}

/** Whether any program exists, with a lock that lets one transaction at a time make the first. */
export async function lockAndHasPrograms(tx: Tx): Promise<boolean> {
  await tx.query(lockFirst)
  return (await tx.query(selectAny)).length > 0
}

export async function insertProgram(tx: Tx, program: NewProgram, nowMs: number): Promise<number> {
  const [row] = await tx.query<{ id: number }>(insert, [
    program.name,
    program.domain,
    program.status,
    program.currency,
    program.attributionModel,
    program.attributionBinding,
    program.attributionWindowDays,
    program.cookieWindowDays,
    program.leadAuth,
    program.linkParameters,
    new Date(nowMs),
  ])
  if (row === undefined) throw new Error('The program was not inserted')
  return row.id
}

/** Whether there is such a program. */
export async function setLinkParameters(
  db: Db,
  programId: number,
  linkParameters: string[],
): Promise<boolean> {
  return (await db.query(updateLinkParameters, [programId, linkParameters])).length > 0
}

function fromProgramRow(row: ProgramRow): Program {
  return {
    programId: row.id,
    name: row.name,
    domain: row.domain,
    status: row.status,
    currency: row.currency,
    attributionModel: row.attribution_model,
    attributionBinding: row.attribution_binding,
    attributionWindowDays: row.attribution_window_days,
    cookieWindowDays: row.cookie_window_days,
    leadAuth: row.lead_auth,
    linkParameters: row.link_parameters,
  }
}
