import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Db } from '../../db/database.ts'
import { type CopyRows, rowBlocks } from './copy-rows.ts'
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

/** Rows are gone with each commit, and the tables with the connection. */
const createStaging = `
  create temporary table if not exists import_clicks (n integer generated always as identity,
    ${stagedColumns.map((column) => column.join(' ')).join(', ')}) on commit delete rows;
  create temporary table if not exists import_visitors (click_id text, customer_id bigint, is_new boolean,
    decided_at timestamptz(3)) on commit delete rows`

const selectLinks = {
  name: 'import_links',
  text: `select l.id, l.partner_id, lower(l.code) as code, l.is_active and pp.status = 'active' as is_open
    from affiliate_referral_links l
    join affiliate_partner_programs pp on pp.program_id = l.program_id and pp.partner_id = l.partner_id
    where l.program_id = $1`,
}

/** Visitors that nobody knows yet, as old as their first click. */
const insertCustomers = {
  name: 'import_new_customers',
  text: `with made as (
      insert into affiliate_customers (program_id, click_id, created_at)
      select $1, click_id, min(at) from import_clicks group by click_id order by click_id collate "C"
      on conflict (program_id, click_id) do nothing returning id, click_id)
    insert into import_visitors (click_id, customer_id, is_new) select click_id, id, true from made`,
}

/**
 * The other visitors, locked in the order of their ids, as sales lock theirs: else the two could cross.
 * Each is looked for by itself, so that no plan reads the table of customers whole.
 */
const lockKnownCustomers = {
  name: 'import_known_customers',
  text: `with known as materialized (
      select c.id from (
        select distinct click_id from import_clicks s
        where not exists (select from import_visitors v where v.click_id = s.click_id)) s
      cross join lateral (
        select id from affiliate_customers where program_id = $1 and click_id = s.click_id limit 1) c),
    locked as materialized (
      select id, click_id, greatest(lead_at, converted_at) as decided_at from affiliate_customers
      where program_id = $1 and id = any(array(select id from known)) order by id for no key update),
    noted as (
      insert into import_visitors (click_id, customer_id, is_new, decided_at)
      select click_id, id, false, decided_at from locked)
    select count(*)::integer as known from locked`,
}

/** One that is known becomes as old as its first click, because decisions look for clicks only from there on. */
const ageKnownCustomers = {
  name: 'import_age_customers',
  text: `update affiliate_customers c set created_at = first.at
    from (select v.customer_id, min(s.at) as at from import_clicks s join import_visitors v using (click_id)
      where not v.is_new group by v.customer_id) first
    where c.program_id = $1 and c.id = any(array(select customer_id from import_visitors where not is_new))
      and c.id = first.customer_id and c.created_at > first.at`,
}

/**
 * The staged clicks that are not there yet. Two clicks are the same when visitor, millisecond and link
 * are; one whose month was archived is still there. Only visitors who were known have clicks to be looked
 * for, and the look-up is lateral, so that no plan reads the tables whole.
 */
const insertEvents = {
  name: 'import_events',
  text: `with once as materialized (select min(n) as n from import_clicks group by click_id, at, link_id),
    events as (
      insert into affiliate_click_events (program_id, created_at, customer_id, click_id, link_id, partner_id,
        ${visitColumns.join(', ')})
      select $1, s.at, v.customer_id, s.click_id, s.link_id, s.partner_id,
        ${visitColumns.map((name) => `s.${name}`).join(', ')}
      from once join import_clicks s using (n) join import_visitors v using (click_id)
      left join lateral (
        select true as is_there from (
          select program_id, customer_id, created_at, link_id from affiliate_click_events where not is_test
          union all select program_id, customer_id, created_at, link_id from affiliate_kept_touches) there
        where not v.is_new and there.program_id = $1 and there.customer_id = v.customer_id
          and there.created_at = s.at and there.link_id = s.link_id limit 1) e on true
      where e.is_there is null order by s.n
      returning created_at as at, customer_id, link_id, is_bot),
    totals as (
      insert into affiliate_daily_traffic (program_id, day, link_id, clicks)
      select $1, day, coalesce(link_id, 0), count(*)
      from (select link_id, (at at time zone 'UTC')::date as day from events where not is_bot) counted
      group by grouping sets ((day, link_id), (day))
      order by 2, 3
      on conflict (program_id, day, link_id)
        do update set clicks = affiliate_daily_traffic.clicks + excluded.clicks)
    select count(*)::integer as imported, (count(*) filter (where events.at < v.decided_at))::integer as late
    from events left join import_visitors v on not v.is_new and v.customer_id = events.customer_id`,
}

/** Null when another process imports into the program. Resolves to what gives the lock back. */
export async function lockImports(
  client: ImportConnection,
  programId: number,
): Promise<(() => Promise<unknown>) | null> {
  const { rows } = await client.query<{ locked: boolean }>({ ...tryLock, values: [programId] })
  if (rows[0]?.locked !== true) return null
  // A chunk's rows stay in memory; with the defaults they would go to disk twice.
  await client.query("set temp_buffers = '48MB'; set work_mem = '48MB'; set enable_mergejoin = off")
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
  rows: CopyRows,
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
  rows: CopyRows,
): Promise<StoredClicks> {
  await pipeline(
    rowBlocks(rows),
    client.query(
      copyFrom(`copy import_clicks (${stagedColumns.map(([name]) => name).join(', ')}) from stdin`),
    ),
  )
  const ofProgram = [programId]
  await client.query({ ...insertCustomers, values: ofProgram })
  const locked = await client.query<{ known: number }>({ ...lockKnownCustomers, values: ofProgram })
  if (locked.rows[0]?.known !== 0) await client.query({ ...ageKnownCustomers, values: ofProgram })
  const { rows: answers } = await client.query<StoredClicks>({ ...insertEvents, values: ofProgram })
  return answers[0] ?? { imported: 0, late: 0 }
}
