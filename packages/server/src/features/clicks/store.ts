import type { Db } from '../../db/database.ts'
import type { ClickRow, Visit } from './domain/click.ts'

const visitColumns = [
  ['affiliate_url', 'affiliateUrl', 'text'],
  ['page_url', 'pageUrl', 'text'],
  ['page_title', 'pageTitle', 'text'],
  ['referrer_url', 'referrerUrl', 'text'],
  ['session_id', 'sessionId', 'text'],
  ['user_agent', 'userAgent', 'text'],
  ['screen_resolution', 'screenResolution', 'text'],
  ['viewport_size', 'viewportSize', 'text'],
  ['language', 'language', 'text'],
  ['timezone', 'timezone', 'text'],
  ['geo_country', 'geoCountry', 'text'],
  ['device_type', 'deviceType', 'text'],
  ['device_os', 'deviceOs', 'text'],
  ['browser_name', 'browserName', 'text'],
  ['ip_truncated', 'ipTruncated', 'text'],
  ['is_bot', 'isBot', 'boolean'],
] as const satisfies readonly (readonly [string, keyof Visit, string])[]

const visitTargets = visitColumns.map(([column]) => column).join(', ')
const visitSources = visitColumns.map(([, field]) => `"${field}"`).join(', ')
const visitTypes = visitColumns.map(([, field, type]) => `"${field}" ${type}`).join(', ')

/**
 * Any number of clicks in one statement, and so in one commit: new customers, events, daily totals.
 * Totals are added up first and touched in key order, so that two batches at once cannot deadlock.
 */
const insertClicks = {
  name: 'clicks_insert',
  text: `with input as materialized (
      select *, coalesce("customerId", nextval('affiliate_customers_id_seq')) as cid,
        to_timestamp("atMs" / 1000.0) as at
      from json_to_recordset($1::json) as i ("programId" bigint, "linkId" bigint, "partnerId" bigint,
        "customerId" bigint, "clickId" text, "atMs" bigint, "ipHash" text, ${visitTypes})),
    customers as (
      insert into affiliate_customers (program_id, id, click_id, created_at)
      select "programId", cid, "clickId", at from input where "customerId" is null),
    events as (
      insert into affiliate_click_events (program_id, created_at, customer_id, click_id, link_id,
        partner_id, ip_hash, ${visitTargets})
      select "programId", at, cid, "clickId", "linkId", "partnerId", decode("ipHash", 'hex'), ${visitSources}
      from input)
    insert into affiliate_daily_traffic (program_id, day, link_id, clicks)
    select "programId", day, coalesce("linkId", 0), count(*)
    from (select "programId", "linkId", (at at time zone 'UTC')::date as day from input where not "isBot") i
    group by grouping sets (("programId", day, "linkId"), ("programId", day))
    order by 1, 2, 3
    on conflict (program_id, day, link_id)
      do update set clicks = affiliate_daily_traffic.clicks + excluded.clicks`,
}

const insertTest = {
  name: 'click_insert_test',
  text: `insert into affiliate_click_events (program_id, created_at, is_test, page_url, user_agent,
      device_type, device_os, browser_name, is_bot)
    values ($1, $2, true, $3, $4, $5, $6, $7, $8) returning id`,
}

/** Stores clicks, all or none. */
export async function insertClickRows(db: Db, rows: ClickRow[]): Promise<void> {
  const input = rows.map(({ visit, ...row }) => ({ ...row, ...visit }))
  await db.query(insertClicks, [JSON.stringify(input)])
}

/** Stores a test click, which counts nowhere. Returns its id. */
export async function insertTestClick(
  db: Db,
  programId: number,
  atMs: number,
  visit: Visit,
): Promise<number> {
  const [row] = await db.query<{ id: number }>(insertTest, [
    programId,
    new Date(atMs),
    visit.pageUrl,
    visit.userAgent,
    visit.deviceType,
    visit.deviceOs,
    visit.browserName,
    visit.isBot,
  ])
  if (row === undefined) throw new Error('The test click was not inserted')
  return row.id
}

/** The touches looked at for one decision; a customer with more keeps the newest. */
const TOUCHES_MAX = 200

const selectTouches = {
  name: 'click_touches',
  text: `select * from (
      select e.id, e.click_id, e.partner_id, e.link_id, e.created_at, l.code,
        coalesce(pp.status = 'active', false) as partner_active
      from affiliate_click_events e
      join affiliate_referral_links l on l.program_id = e.program_id and l.id = e.link_id
      left join affiliate_partner_programs pp
        on pp.program_id = e.program_id and pp.partner_id = e.partner_id
      where e.program_id = $1 and e.customer_id = $2 and e.created_at >= $3 and not e.is_test
      order by e.created_at desc, e.id desc limit ${TOUCHES_MAX}) newest
    order by created_at, id`,
}

interface TouchRow {
  id: number
  click_id: string
  partner_id: number
  link_id: number
  created_at: Date
  code: string
  partner_active: boolean
}

/**
 * A customer's clicks in time order, as attribution looks at them. `sinceMs` is when the customer was
 * made: no click is older, and months before it need not be searched.
 */
export async function loadTouches(db: Db, programId: number, customerId: number, sinceMs: number) {
  const rows = await db.query<TouchRow>(selectTouches, [programId, customerId, new Date(sinceMs)])
  return rows.map((row) => ({
    clickEventId: row.id,
    clickId: row.click_id,
    partnerId: row.partner_id,
    linkId: row.link_id,
    partnerCode: row.code,
    atMs: row.created_at.getTime(),
    isPartnerActive: row.partner_active,
  }))
}
