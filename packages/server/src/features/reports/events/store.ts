import type { Db } from '../../../db/database.ts'
import type { ClickEvent, ConversionEvent, LeadEvent, ProgramEvent } from '../domain/event.ts'
import type { Bound, EventKind, EventPlace } from '../domain/event-order.ts'
import { addDays, type TimeRange } from '../domain/period.ts'
import { splitDays } from '../domain/split-days.ts'

/**
 * Events of a program, newest first. Each statement walks an index backwards, month by month. Planned
 * once for any values, PostgreSQL would not know how few rows are wanted: the constant limit inside
 * tells it, and the real one around it stops the walk.
 */
const pageSizeMax = 100

const hasConverted = `left join lateral (select converted_at from affiliate_customers
      where program_id = $1 and id = e.customer_id limit 1) c on true`

const selectClicks = {
  name: 'events_clicks',
  text: `select e.id, e.created_at as at, e.created_at, e.click_id, e.session_id, e.page_url,
      e.referrer_url, e.geo_country, e.geo_region, e.geo_city, e.device_type, e.device_os,
      e.browser_name, c.converted_at is not null as converted
    from (select * from affiliate_click_events
      where program_id = $1 and not is_test and not is_bot
        and created_at >= $2 and created_at <= $3 and (created_at, id) < ($3, $4)
      order by created_at desc, id desc limit ${pageSizeMax + 1}) e
    ${hasConverted}
    order by e.created_at desc, e.id desc limit $5`,
}

/** A lead is settled in its own month or later: the months after the moment are passed over, with a day for clocks. */
const selectLeads = {
  name: 'events_leads',
  text: `select e.id, e.settled_at as at, e.created_at, e.click_id, e.customer_key, e.session_id,
      e.page_url, c.converted_at is not null as converted
    from (select * from affiliate_lead_events
      where program_id = $1 and settled_at >= $2 and (settled_at, id) < ($3, $4)
        and created_at <= $3::timestamptz + interval '1 day'
      order by settled_at desc, id desc limit ${pageSizeMax + 1}) e
    ${hasConverted}
    order by e.settled_at desc, e.id desc limit $5`,
}

const selectConversions = {
  name: 'events_conversions',
  text: `select e.id, e.created_at as at, e.created_at, e.click_id, e.amount_cents, e.currency,
      e.sale_type, e.is_recurring, e.transaction_id, coalesce(t.refunded_cents, 0) as refunded_cents
    from (select * from affiliate_sale_events
      where program_id = $1 and not is_test
        and created_at >= $2 and created_at <= $3 and (created_at, id) < ($3, $4)
      order by created_at desc, id desc limit ${pageSizeMax + 1}) e
    left join lateral (select refunded_cents from affiliate_sale_transactions
      where program_id = $1 and transaction_id = e.transaction_id limit 1) t on true
    order by e.created_at desc, e.id desc limit $5`,
}

/** The kinds that are wanted, as the parameters $2 to $4 of the statements below. */
const wanted = (kind: string | null) => [
  kind === null || kind === 'click',
  kind === null || kind === 'lead',
  kind === null || kind === 'conversion',
]

/**
 * How many there are, and the day in which the offset $10 falls. Whole days ($5 to $6) come from the
 * daily totals, and only a day that is cut ($7 to $9) is counted by its events. Days before the oldest
 * event that is still stored do not count: their month was dropped, and nobody can read them.
 */
const countDays = {
  name: 'events_count',
  text: `with days as materialized (
      select day, clicks * $2::boolean::int + leads * $3::boolean::int as events from (
        select day,
          case when day >= (select (created_at at time zone 'UTC')::date from affiliate_click_events
            where program_id = $1 order by created_at limit 1) then clicks else 0 end as clicks,
          case when day >= (select (settled_at at time zone 'UTC')::date from affiliate_lead_events
            where program_id = $1 and settled_at is not null order by settled_at limit 1) then leads else 0 end as leads
        from affiliate_daily_traffic
        where program_id = $1 and link_id = 0 and day between $5 and $6) traffic
      union all
      select day, sales from affiliate_daily_money
      where $4 and program_id = $1 and link_id = 0 and day between $5 and $6
        and day >= (select (created_at at time zone 'UTC')::date from affiliate_sale_events
          where program_id = $1 order by created_at limit 1)
      union all
      select cut.day,
        case when $2 then (select count(*) from affiliate_click_events where program_id = $1
          and created_at >= cut.since and created_at < cut.until and not is_test and not is_bot) else 0 end
        + case when $3 then (select count(*) from affiliate_lead_events where program_id = $1
          and settled_at >= cut.since and settled_at < cut.until) else 0 end
        + case when $4 then (select count(*) from affiliate_sale_events where program_id = $1
          and created_at >= cut.since and created_at < cut.until and not is_test) else 0 end
      from unnest($7::date[], $8::timestamptz[], $9::timestamptz[]) as cut (day, since, until)),
    counted as materialized (select day, sum(events)::bigint as events from days group by day),
    added as (
      select day, events, sum(events) over (order by day desc)::bigint as up_to from counted)
    select (select coalesce(sum(events), 0)::bigint from counted) as total, place.day, place.before
    from (select 1) one
    left join lateral (
      select day, up_to - events as before from added where up_to > $10 order by day desc limit 1) place on true`,
}

/** The event at a place within one day: as many are walked past as the day has before it, never more. */
const selectPlace = {
  name: 'events_place',
  text: `select kind, at, id from (
      select 'click' as kind, 0 as rank, created_at as at, id from affiliate_click_events
        where $2 and program_id = $1 and created_at >= $5 and created_at < $6 and not is_test and not is_bot
      union all
      select 'lead', 1, settled_at, id from affiliate_lead_events
        where $3 and program_id = $1 and settled_at >= $5 and settled_at < $6
          and created_at <= $6::timestamptz + interval '1 day'
      union all
      select 'conversion', 2, created_at, id from affiliate_sale_events
        where $4 and program_id = $1 and created_at >= $5 and created_at < $6 and not is_test) e
    order by at desc, rank, id desc limit 1 offset $7`,
}

/** How many events there are, and in which day the one at `offset` is; `day` null when there are not so many. */
export async function countEvents(
  db: Db,
  programId: number,
  kind: EventKind | null,
  range: TimeRange,
  offset: number,
): Promise<{ total: number; day: string | null; before: number }> {
  const { whole, cut } = splitDays(range)
  const [row] = await db.query<{ total: number; day: string | null; before: number | null }>(
    countDays,
    [
      programId,
      ...wanted(kind),
      whole.dateFrom,
      whole.dateTo,
      cut.map((one) => one.day),
      cut.map((one) => new Date(one.fromMs)),
      cut.map((one) => new Date(one.untilMs)),
      offset,
    ],
  )
  return { total: row?.total ?? 0, day: row?.day ?? null, before: row?.before ?? 0 }
}

/** The event that has `offset` newer ones in its day. Null when the day has not so many. */
export async function findPlaceInDay(
  db: Db,
  programId: number,
  kind: EventKind | null,
  range: TimeRange,
  place: { day: string; offset: number },
): Promise<EventPlace | null> {
  const [row] = await db.query<{ kind: EventKind; at: Date; id: number }>(selectPlace, [
    programId,
    ...wanted(kind),
    new Date(Math.max(range.fromMs, Date.parse(place.day))),
    new Date(Math.min(range.untilMs, Date.parse(addDays(place.day, 1)))),
    place.offset,
  ])
  return row === undefined ? null : { kind: row.kind, atMs: row.at.getTime(), id: row.id }
}

/** At most `rowsMax` events of one kind from `bound` on, newest first, none before `fromMs`. */
export async function readEventsOf(
  db: Db,
  programId: number,
  kind: EventKind,
  fromMs: number,
  bound: Bound,
  rowsMax: number,
): Promise<ProgramEvent[]> {
  const values = [programId, new Date(fromMs), new Date(bound.atMs), bound.idBelow, rowsMax]
  switch (kind) {
    case 'click':
      return (await db.query<ClickRow>(selectClicks, values)).map(fromClickRow)
    case 'lead':
      return (await db.query<LeadRow>(selectLeads, values)).map(fromLeadRow)
    case 'conversion':
      return (await db.query<ConversionRow>(selectConversions, values)).map(fromConversionRow)
  }
}

interface BaseRow {
  [column: string]: unknown
  id: number
  at: Date
  created_at: Date
  click_id: string
}

interface ClickRow extends BaseRow {
  session_id: string | null
  page_url: string | null
  referrer_url: string | null
  geo_country: string | null
  geo_region: string | null
  geo_city: string | null
  device_type: string | null
  device_os: string | null
  browser_name: string | null
  converted: boolean
}

interface LeadRow extends BaseRow {
  customer_key: string | null
  session_id: string | null
  page_url: string | null
  converted: boolean
}

interface ConversionRow extends BaseRow {
  amount_cents: number
  currency: string
  sale_type: string
  is_recurring: boolean
  transaction_id: string
  refunded_cents: number
}

function fromBaseRow(row: BaseRow) {
  return {
    id: row.id,
    atMs: row.at.getTime(),
    createdAtMs: row.created_at.getTime(),
    clickId: row.click_id,
  }
}

function fromClickRow(row: ClickRow): ClickEvent {
  return {
    kind: 'click',
    ...fromBaseRow(row),
    sessionId: row.session_id,
    pageUrl: row.page_url,
    referrerUrl: row.referrer_url,
    geoCountry: row.geo_country,
    geoRegion: row.geo_region,
    geoCity: row.geo_city,
    deviceType: row.device_type,
    deviceOs: row.device_os,
    browserName: row.browser_name,
    converted: row.converted,
  }
}

function fromLeadRow(row: LeadRow): LeadEvent {
  return {
    kind: 'lead',
    ...fromBaseRow(row),
    customerKey: row.customer_key,
    sessionId: row.session_id,
    pageUrl: row.page_url,
    converted: row.converted,
  }
}

function fromConversionRow(row: ConversionRow): ConversionEvent {
  return {
    kind: 'conversion',
    ...fromBaseRow(row),
    amountCents: row.amount_cents,
    currency: row.currency,
    saleType: row.sale_type,
    refundedCents: row.refunded_cents,
    transactionId: row.transaction_id,
    isRecurring: row.is_recurring,
  }
}
