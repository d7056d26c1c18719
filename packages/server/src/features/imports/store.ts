import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Db } from '../../db/database.ts'
import { type Progress, progressUpdate } from './progress-store.ts'

/**
 * The connection that an import holds from its beginning to its end. The lock and the staging table
 * belong to it, so it is not one of the pool's turns.
 */
export type ImportConnection = pg.ClientBase

export interface OpenLink {
  linkId: number
  partnerId: number
  isOpen: boolean
}

/** How many of the clicks were new, and of those came after what was decided of their visitors. */
export interface StoredClicks {
  imported: number
  late: number
}

/** The columns that an imported click brings, in the order of `copyRow` in stage-click.ts. */
const stagedColumns = [
  ['click_id', 'text'],
  ['at', 'timestamptz(3)'],
  ['link_id', 'bigint'],
  ['partner_id', 'bigint'],
  ['affiliate_url', 'text'],
  ['page_url', 'text'],
  ['page_title', 'text'],
  ['referrer_url', 'text'],
  ['session_id', 'text'],
  ['user_agent', 'text'],
  ['screen_resolution', 'text'],
  ['viewport_size', 'text'],
  ['language', 'text'],
  ['timezone', 'text'],
  ['geo_country', 'text'],
  ['device_type', 'text'],
  ['device_os', 'text'],
  ['browser_name', 'text'],
  ['ip_truncated', 'text'],
  ['ip_hash', 'bytea'],
  ['is_bot', 'boolean'],
] as const

const visitColumns = stagedColumns.slice(4).map(([name]) => name)

const tryLock = {
  name: 'import_lock',
  text: "select pg_try_advisory_lock(hashtext('import'), ($1::bigint % 2147483647)::integer) as locked",
}

const unlock = {
  name: 'import_unlock',
  text: "select pg_advisory_unlock(hashtext('import'), ($1::bigint % 2147483647)::integer)",
}

/** Rows are gone with each commit, and the whole table with the connection. */
const createStaging = {
  name: 'import_staging',
  text: `create temporary table if not exists import_clicks (n integer generated always as identity,
    ${stagedColumns.map((column) => column.join(' ')).join(', ')}) on commit delete rows`,
}

const selectLinks = {
  name: 'import_links',
  text: `select l.id, l.partner_id, lower(l.code) as code, l.is_active and pp.status = 'active' as is_open
    from affiliate_referral_links l
    join affiliate_partner_programs pp on pp.program_id = l.program_id and pp.partner_id = l.partner_id
    where l.program_id = $1`,
}

const newestCustomer = {
  name: 'import_newest_customer',
  text: 'select last_value from affiliate_customers_id_seq',
}

/** Known visitors are locked in the order of their ids, as sales lock theirs: else the two could cross. */
const lockCustomers = {
  name: 'import_lock_customers',
  text: `select c.id from affiliate_customers c
    where c.program_id = $1 and c.click_id in (select click_id from import_clicks)
    order by c.id for no key update`,
}

/**
 * Visitors that are new. One that is known becomes as old as its first click, because decisions look for
 * clicks only from there on.
 */
const insertCustomers = {
  name: 'import_customers',
  text: `insert into affiliate_customers as c (program_id, click_id, created_at)
    select $1, click_id, min(at) from import_clicks group by click_id order by click_id
    on conflict (program_id, click_id) do update set created_at = excluded.created_at
      where c.created_at > excluded.created_at`,
}

/**
 * The staged clicks that are not there yet. Two clicks are the same when visitor, millisecond and link
 * are; one whose month was archived is still there. $2 is the newest customer from before: whoever came after has no clicks to be looked for.
 * Look-ups are lateral, so that no plan scans the tables whole.
 */
const insertEvents = {
  name: 'import_events',
  text: `with once as materialized (
      select distinct on (click_id, at, link_id) * from import_clicks order by click_id, at, link_id, n),
    fresh as materialized (
      select once.*, c.customer_id, c.is_late
      from once
      cross join lateral (
        select id as customer_id, coalesce(once.at < greatest(lead_at, converted_at), false) as is_late
        from affiliate_customers where program_id = $1 and click_id = once.click_id limit 1) c
      left join lateral (
        select true as is_there from (
          select program_id, customer_id, created_at, link_id from affiliate_click_events where not is_test
          union all select program_id, customer_id, created_at, link_id from affiliate_kept_touches) there
        where c.customer_id <= $2 and there.program_id = $1 and there.customer_id = c.customer_id
          and there.created_at = once.at and there.link_id = once.link_id limit 1) e on true
      where e.is_there is null),
    events as (
      insert into affiliate_click_events (program_id, created_at, customer_id, click_id, link_id, partner_id,
        ${visitColumns.join(', ')})
      select $1, at, customer_id, click_id, link_id, partner_id, ${visitColumns.join(', ')}
      from fresh order by n),
    totals as (
      insert into affiliate_daily_traffic (program_id, day, link_id, clicks)
      select $1, day, coalesce(link_id, 0), count(*)
      from (select link_id, (at at time zone 'UTC')::date as day from fresh where not is_bot) counted
      group by grouping sets ((day, link_id), (day))
      order by 2, 3
      on conflict (program_id, day, link_id)
        do update set clicks = affiliate_daily_traffic.clicks + excluded.clicks)
    select count(*)::integer as imported, (count(*) filter (where is_late))::integer as late from fresh`,
}

/** Null when another process imports into the program. Resolves to what gives the lock back. */
export async function lockImports(
  client: ImportConnection,
  programId: number,
): Promise<(() => Promise<unknown>) | null> {
  const { rows } = await client.query<{ locked: boolean }>({ ...tryLock, values: [programId] })
  if (rows[0]?.locked !== true) return null
  // A chunk's rows stay in memory; with the defaults they would go to disk twice.
  await client.query("set temp_buffers = '48MB'; set work_mem = '48MB'")
  await client.query(createStaging)
  return () => client.query({ ...unlock, values: [programId] })
}

/** Every link of the program by its code, in the form in which codes are compared. */
export async function loadLinks(db: Db, programId: number): Promise<Map<string, OpenLink>> {
  const rows = await db.query<{ id: number; partner_id: number; code: string; is_open: boolean }>(
    selectLinks,
    [programId],
  )
  return new Map(
    rows.map((row) => [
      row.code,
      { linkId: row.id, partnerId: row.partner_id, isOpen: row.is_open },
    ]),
  )
}

/**
 * Stores clicks that are not there yet, with their visitors and totals, in one transaction. `progressAfter`
 * tells what the import's progress is with them; null leaves it as it is. The commit does not wait for
 * the disk: commits reach it in their order, so progress is never there before what it counts.
 */
export async function storeClicks(
  client: ImportConnection,
  programId: number,
  sha256: Buffer,
  rows: string[],
  progressAfter: (stored: StoredClicks) => Progress | null,
): Promise<StoredClicks> {
  await client.query(
    'begin; set local synchronous_commit = off; set local statement_timeout = 120000',
  )
  try {
    const stored = await insertStaged(client, programId, rows)
    const progress = progressAfter(stored)
    if (progress !== null) {
      await client.query(progressUpdate(programId, sha256, progress))
    }
    await client.query('commit')
    return stored
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

async function insertStaged(
  client: ImportConnection,
  programId: number,
  rows: string[],
): Promise<StoredClicks> {
  await pipeline(
    rowsAsBlocks(rows),
    client.query(
      copyFrom(`copy import_clicks (${stagedColumns.map(([name]) => name).join(', ')}) from stdin`),
    ),
  )
  await client.query({ ...lockCustomers, values: [programId] })
  const newest = await client.query<{ last_value: number }>(newestCustomer)
  await client.query({ ...insertCustomers, values: [programId] })
  const values = [programId, newest.rows[0]?.last_value ?? 0]
  const { rows: answers } = await client.query<StoredClicks>({ ...insertEvents, values })
  return answers[0] ?? { imported: 0, late: 0 }
}

/** Some hundred rows at a time: one string of all would be copied once more as it is encoded. */
function* rowsAsBlocks(rows: string[]): Generator<Buffer> {
  const rowsPerBlock = 500
  for (let at = 0; at < rows.length; at += rowsPerBlock) {
    yield Buffer.from(rows.slice(at, at + rowsPerBlock).join(''))
  }
}
