import type { Db, Statement } from '../../db/database.ts'
import type { NewClick, RecordedClick, Visit } from './domain/click.ts'

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
 * Any number of clicks in one statement, and so in one commit: links and customers looked up, new
 * customers, events and daily totals written. A click is stored when its link, partner and program are
 * all active; it joins the customer whom the visitor's click id names in the link's program, else it
 * makes one, whose click id is of the form that `programOfClickId` reads.
 * The look-ups are lateral, so that no plan made while the tables were small ever scans them whole.
 * Totals are added up first and touched in key order, so that two batches at once cannot deadlock.
 */
const recordAll = {
  name: 'clicks_record',
  text: `with found as materialized (
      select i.*, case
          -- A server whose clock is a little behind must not put a click before the customer's first.
          when c.created_at - to_timestamp(i."atMs" / 1000.0) between interval '0' and interval '5 minutes'
            then c.created_at
          else to_timestamp(i."atMs" / 1000.0) end as at, l.program_id, l.id as link_id, l.partner_id,
        l.code as link_code, l.is_active, pp.status = 'active' as partner_active,
        p.status = 'active' as program_active, p.cookie_window_days, c.id as known_customer
      from rows from (json_to_recordset($1::json) as ("codeKey" text, "existingClickId" text,
        "atMs" bigint, random text, "ipHash" text, ${visitTypes})) with ordinality as i
      left join lateral (
        select * from affiliate_referral_links where lower(code) = i."codeKey" limit 1) l on true
      left join affiliate_partner_programs pp
        on pp.program_id = l.program_id and pp.partner_id = l.partner_id
      left join affiliate_programs p on p.id = l.program_id
      left join lateral (
        select id, created_at from affiliate_customers
        where program_id = l.program_id and click_id = i."existingClickId" limit 1) c on true),
    accepted as materialized (
      select *, coalesce(known_customer, nextval('affiliate_customers_id_seq')) as customer_id,
        case when known_customer is null then 'cust_' || program_id || '_' || "atMs" || '_' || random
          else "existingClickId" end as click_id
      from found where is_active and partner_active and program_active),
    customers as (
      insert into affiliate_customers (program_id, id, click_id, created_at)
      select program_id, customer_id, click_id, at from accepted where known_customer is null),
    events as (
      insert into affiliate_click_events (program_id, created_at, customer_id, click_id, link_id,
        partner_id, ip_hash, ${visitTargets})
      select program_id, at, customer_id, click_id, link_id, partner_id, decode("ipHash", 'hex'), ${visitSources}
      from accepted),
    totals as (
      insert into affiliate_daily_traffic (program_id, day, link_id, clicks)
      select program_id, day, coalesce(link_id, 0), count(*)
      from (select program_id, link_id, (at at time zone 'UTC')::date as day
        from accepted where not "isBot") counted
      group by grouping sets ((program_id, day, link_id), (program_id, day))
      order by 1, 2, 3
      on conflict (program_id, day, link_id)
        do update set clicks = affiliate_daily_traffic.clicks + excluded.clicks)
    select found.program_id, found.link_code, found.is_active, found.partner_active, found.program_active,
      found.cookie_window_days, accepted.click_id
    from found left join accepted using (ordinality) order by ordinality`,
}

const insertTest = {
  name: 'click_insert_test',
  text: `insert into affiliate_click_events (program_id, created_at, is_test, page_url, user_agent,
      device_type, device_os, browser_name, is_bot)
    values ($1, $2, true, $3, $4, $5, $6, $7, $8) returning id`,
}

/** Stores those of the clicks whose links are open, all or none. Answers a row for each, in their order. */
export async function insertClicks(db: Db, clicks: NewClick[]): Promise<RecordedClick[]> {
  const rows = await db.query<{
    program_id: number | null
    link_code: string | null
    is_active: boolean | null
    partner_active: boolean | null
    program_active: boolean | null
    cookie_window_days: number | null
    click_id: string | null
  }>(recordAll, [JSON.stringify(clicks)])
  return rows.map((row) => ({
    link:
      row.link_code === null || row.program_id === null
        ? null
        : {
            programId: row.program_id,
            code: row.link_code,
            isActive: row.is_active === true,
            isPartnerActive: row.partner_active === true,
            isProgramActive: row.program_active === true,
            cookieWindowDays: row.cookie_window_days ?? 0,
          },
    clickId: row.click_id,
  }))
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

/** The touches looked at for one decision: they are stored with the sale, so their number is bounded. */
const TOUCHES_MAX = 50

/**
 * While a month is being archived its clicks are found in both places, and `union` makes them one. A plan
 * made while a month was empty may read it by its time instead of by the customer: both cost the same then.
 */
const selectTouches: Statement = {
  name: 'click_touches',
  planEachTime: true,
  text: `select asked.n, t.* from json_to_recordset($1::json)
      as asked (n integer, "programId" bigint, "customerId" bigint, "sinceMs" bigint, "untilMs" bigint)
    cross join lateral (
      select e.id, cu.click_id, e.partner_id, e.link_id, e.created_at, l.code,
        coalesce(pp.status = 'active', false) as partner_active
      from (
        select program_id, id, created_at, partner_id, link_id from affiliate_click_events
          where program_id = asked."programId" and customer_id = asked."customerId"
            and created_at >= to_timestamp(asked."sinceMs" / 1000.0) and not is_test
        union select program_id, id, created_at, partner_id, link_id from affiliate_kept_touches
          where program_id = asked."programId" and customer_id = asked."customerId"
            and created_at >= to_timestamp(asked."sinceMs" / 1000.0)) e
      join affiliate_customers cu on cu.program_id = asked."programId" and cu.id = asked."customerId"
      join affiliate_referral_links l on l.program_id = e.program_id and l.id = e.link_id
      left join affiliate_partner_programs pp
        on pp.program_id = e.program_id and pp.partner_id = e.partner_id
      order by e.created_at <= to_timestamp(asked."untilMs" / 1000.0) desc, e.created_at desc, e.id desc
      limit ${TOUCHES_MAX}) t
    order by asked.n, t.created_at, t.id`,
}

interface TouchRow {
  n: number
  id: number
  click_id: string
  partner_id: number
  link_id: number
  created_at: Date
  code: string
  partner_active: boolean
}

export interface TouchesQuestion {
  programId: number
  customerId: number
  /** When the customer was made: no click is older, and months before it need not be searched. */
  sinceMs: number
  /** Where there are too many, clicks up to this, which can still win, go before those that only explain. */
  untilMs: number
}

/** Each customer's clicks in time order, as attribution looks at them; answered in the order asked. */
export async function loadTouches(db: Db, asked: readonly TouchesQuestion[]) {
  if (asked.length === 0) return []
  const questions = asked.map((one, n) => ({ n, ...one }))
  const rows = await db.query<TouchRow>(selectTouches, [JSON.stringify(questions)])
  const touches: ReturnType<typeof fromTouchRow>[][] = asked.map(() => [])
  for (const row of rows) touches[row.n]?.push(fromTouchRow(row))
  return touches
}

function fromTouchRow(row: TouchRow) {
  return {
    clickEventId: row.id,
    clickId: row.click_id,
    partnerId: row.partner_id,
    linkId: row.link_id,
    partnerCode: row.code,
    atMs: row.created_at.getTime(),
    isPartnerActive: row.partner_active,
  }
}
