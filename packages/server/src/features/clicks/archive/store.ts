import type pg from 'pg'
import type { Db } from '../../../db/database.ts'

/** How far a month's partition is on its way into the archive. */
export interface MonthPartition {
  /** Of the month, as YYYY-MM-01. */
  month: string
  table: string
  /** `detaching`: a detach was begun and not ended. `detached`: a table of its own, not moved yet. */
  state: 'attached' | 'detaching' | 'detached'
  /** Its touches are kept and the month is entered as archived. */
  isBegun: boolean
}

/** One number for every process that archives in the same database. */
const ARCHIVE_LOCK = 4_400_003

const selectPartitions = `select c.relname as name, i.inhdetachpending as pending, m.month is not null as begun
  from pg_class c
  left join pg_inherits i on i.inhrelid = c.oid
  left join affiliate_archived_months m on to_char(m.month, 'YYYYMM') = right(c.relname, 6)
  where c.relnamespace = (select relnamespace from pg_class where oid = 'affiliate_click_events'::regclass)
    and c.relkind = 'r' and c.relname ~ '^affiliate_click_events_[0-9]{6}$'
  order by c.relname`

const cancelBackend = { name: 'archive_cancel', text: 'select pg_cancel_backend($1)' }

/**
 * Takes the lock that lets one process at a time archive, and sets the connection up for long work.
 * Null when another process has it; else the connection's id at the server.
 */
export async function beginArchiving(
  client: pg.ClientBase,
  lockTimeoutMs: number,
): Promise<number | null> {
  const locked = await client.query<{ locked: boolean; pid: number }>(
    'select pg_try_advisory_lock($1) as locked, pg_backend_pid() as pid',
    [ARCHIVE_LOCK],
  )
  if (locked.rows[0]?.locked !== true) return null
  // A month of clicks takes its time; a lock that is not to be had is asked for in another round.
  await client.query(`set statement_timeout = 0; set lock_timeout = ${lockTimeoutMs}`)
  return locked.rows[0].pid
}

/** Gives lock and settings back, also after a statement of a transaction failed. */
export async function endArchiving(client: pg.ClientBase): Promise<void> {
  await client.query('rollback')
  await client.query('reset statement_timeout; reset lock_timeout')
  await client.query('select pg_advisory_unlock($1)', [ARCHIVE_LOCK])
}

/** Ends what the connection is doing just now; it may go on with the next statement. */
export async function cancelArchiving(db: Db, pid: number): Promise<void> {
  await db.query(cancelBackend, [pid])
}

/** Tables of click months that are attached, or on their way out. The oldest first. */
export async function loadMonthPartitions(client: pg.ClientBase): Promise<MonthPartition[]> {
  const { rows } = await client.query<{ name: string; pending: boolean | null; begun: boolean }>(
    selectPartitions,
  )
  return rows.map((row) => ({
    month: `${row.name.slice(-6, -2)}-${row.name.slice(-2)}-01`,
    table: row.name,
    state: row.pending === null ? 'detached' : row.pending ? 'detaching' : 'attached',
    isBegun: row.begun,
  }))
}

/**
 * Copies what outlives the month and enters it as archived, in one commit and before the partition
 * leaves: whoever does not find the clicks any more finds the touches.
 */
export async function keepTouches(
  client: pg.ClientBase,
  { month, table }: MonthPartition,
  nowMs: number,
): Promise<void> {
  await client.query('begin')
  await client.query(copyTouches(client, table))
  await client.query(
    `insert into affiliate_archived_months (month, archived_at) values ($1, $2)
      on conflict (month) do update set archived_at = excluded.archived_at`,
    [month, new Date(nowMs)],
  )
  await client.query('commit')
}

/**
 * Takes the partition out of the table. CONCURRENTLY, because a plain DETACH waits for readers with a
 * lock behind which every writer waits. It must not run in a transaction.
 */
export async function detachPartition(client: pg.ClientBase, table: string): Promise<void> {
  const name = client.escapeIdentifier(table)
  await client.query(`alter table affiliate_click_events detach partition ${name} concurrently`)
}

/** Ends a detach that was broken off: until then no other partition can be detached. */
export async function finalizeDetach(client: pg.ClientBase, table: string): Promise<void> {
  const name = client.escapeIdentifier(table)
  await client.query(`alter table affiliate_click_events detach partition ${name} finalize`)
}

/**
 * Moves a detached month into the schema of the archive. Clicks that came after `keepTouches` are kept
 * now. A month that is archived again, because old clicks were imported, gets a name with a number.
 */
export async function moveToArchive(client: pg.ClientBase, table: string): Promise<void> {
  await client.query('begin')
  await client.query(copyTouches(client, table))
  const name = client.escapeIdentifier(table)
  // A default that names the server's sequence would keep a dump of the table from being restored elsewhere.
  await client.query(`alter table ${name} alter column id drop default`)
  const ending = await freeEnding(client, table)
  if (ending !== '') await renameWithIndexes(client, table, ending)
  const renamed = client.escapeIdentifier(`${table}${ending}`)
  await client.query(`alter table ${renamed} set schema affitor_archive`)
  await client.query('commit')
}

function copyTouches(client: pg.ClientBase, table: string): string {
  return `insert into affiliate_kept_touches (program_id, customer_id, created_at, id, link_id, partner_id, is_bot)
    select program_id, customer_id, created_at, id, link_id, partner_id, is_bot
    from ${client.escapeIdentifier(table)} where not is_test
    on conflict do nothing`
}

/** '' for a month that is archived for the first time, else _2, _3 and so on. */
async function freeEnding(client: pg.ClientBase, table: string): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    "select relname as name from pg_class where relnamespace = 'affitor_archive'::regnamespace",
  )
  const taken = new Set(rows.map((row) => row.name))
  if (!taken.has(table)) return ''
  let n = 2
  while (taken.has(`${table}_${n}`)) n += 1
  return `_${n}`
}

/** Names of indexes are unique in a schema as well, and move along. */
async function renameWithIndexes(
  client: pg.ClientBase,
  table: string,
  ending: string,
): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    'select indexrelid::regclass::text as name from pg_index where indrelid = $1::regclass order by 1',
    [table],
  )
  for (const [n, { name }] of rows.entries()) {
    await client.query(`alter index ${name} rename to ${table}${ending}_index_${n + 1}`)
  }
  await client.query(
    `alter table ${client.escapeIdentifier(table)} rename to ${client.escapeIdentifier(`${table}${ending}`)}`,
  )
}
