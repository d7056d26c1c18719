import type { Database } from '../packages/server/src/db/database.ts'

export interface Filling {
  programId: number
  clicks: number
  /** The first of the ids given to its customers, apart from those of other programs. */
  firstCustomerId: number
}

const filledDays = 90
const daysAtOnce = 2
const dayMs = 86_400_000
const clicksACustomer = 20

/** Past months have no partitions: nothing was ever tracked in them. */
const partitions = {
  name: 'fill_partitions',
  text: 'select ensure_event_partitions($1, $2)',
}

/** No limit in time, and no waiting for the disk: what is lost in a crash here is measured by nobody. */
const patiently = {
  name: 'fill_patiently',
  text: "select set_config('statement_timeout', '0', true), set_config('synchronous_commit', 'off', true)",
}

const customers = {
  name: 'fill_customers',
  text: `insert into affiliate_customers (program_id, id, click_id, created_at)
    select $1::bigint, $2::bigint + i, 'cust_' || $1::bigint || '_' || ($2::bigint + i), $3::timestamptz
    from generate_series(0, $4::int) i`,
}

/** A day's clicks, evenly over it, as wide as those of browsers. */
const clicks = {
  name: 'fill_clicks',
  text: `insert into affiliate_click_events (program_id, created_at, customer_id, click_id, link_id,
      partner_id, affiliate_url, page_url, page_title, referrer_url, user_agent, screen_resolution,
      viewport_size, language, timezone, geo_country, device_type, device_os, browser_name, ip_truncated, ip_hash)
    select $1::bigint, $3::timestamptz + i * interval '1 day' / $4::int, $2::bigint + i / ${clicksACustomer},
      'cust_' || $1::bigint || '_' || ($2::bigint + i / ${clicksACustomer}), l.id, l.partner_id,
      'https://example.com/pricing?aff=' || l.code || '&utm_source=news', 'https://example.com/pricing',
      'Pricing', 'https://news' || i % 50 || '.example.org/',
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36',
      '1920x1080', '1280x720', 'en-US', 'Europe/Berlin', 'DE', 'desktop', 'Windows', 'Chrome', '203.0.113.0',
      decode(md5(i::text), 'hex')
    from generate_series(0, $4::int - 1) i
    cross join (select id, partner_id, code from affiliate_referral_links where program_id = $1::bigint order by id limit 1) l`,
}

/** One click in a hundred signs up. */
const leads = {
  name: 'fill_leads',
  text: `insert into affiliate_lead_events (program_id, created_at, customer_id, click_id, mode, settled_at)
    select $1::bigint, at, $2::bigint + i, 'cust_' || $1::bigint || '_' || ($2::bigint + i), 'server', at
    from (select i, $3::timestamptz + i * interval '1 day' / $4::int as at
      from generate_series(0, $4::int - 1) i) e`,
}

/** One click in five hundred buys. */
const sales = {
  name: 'fill_sales',
  text: `with sold as (
      insert into affiliate_sale_events (program_id, created_at, transaction_id, customer_id, click_id,
        link_id, partner_id, is_first_sale, amount_cents, currency)
      select $1::bigint, $3::timestamptz + i * interval '1 day' / $4::int, 'fill_' || ($2::bigint + i), $2::bigint + i,
        'cust_' || $1::bigint || '_' || ($2::bigint + i), l.id, l.partner_id, true, 4900, 'USD'
      from generate_series(0, $4::int - 1) i
      cross join (select id, partner_id from affiliate_referral_links where program_id = $1::bigint order by id limit 1) l
      returning *)
    insert into affiliate_sale_transactions (program_id, transaction_id, created_at, amount_cents, currency,
      customer_id, verdict, sale_id, partner_id, link_id, attribution)
    select program_id, transaction_id, created_at, amount_cents, currency, customer_id, 'attributed', id,
      partner_id, link_id, '{}' from sold`,
}

/** The day's totals: of the program, and as many links' as it has. */
const traffic = {
  name: 'fill_traffic',
  text: `insert into affiliate_daily_traffic (program_id, day, link_id, clicks, leads, conversions)
    select $1::bigint, $2::date, link_id, $3::bigint, $4::bigint, $5::bigint from (
      select 0 as link_id union all select id from affiliate_referral_links where program_id = $1::bigint) l`,
}

const money = {
  name: 'fill_money',
  text: `insert into affiliate_daily_money (program_id, day, link_id, currency, sales, revenue_cents, commission_cents)
    select $1::bigint, $2::date, link_id, 'USD', $3::bigint, $3::bigint * 4900, $3::bigint * 1470 from (
      select 0 as link_id union all select id from affiliate_referral_links where program_id = $1::bigint) l`,
}

const analyze = { name: 'fill_analyze', text: 'analyze' }

/** Writes the last 90 days of a program straight into the tables: events, customers and daily totals. */
export async function fillProgram(database: Database, filling: Filling, nowMs: number) {
  const lastDayMs = Math.floor(nowMs / dayMs) * dayMs - dayMs
  const firstDayMs = lastDayMs - (filledDays - 1) * dayMs
  await database.query(partitions, [new Date(firstDayMs), new Date(nowMs)])
  // Neighbouring days at once: ids still follow the time as closely as those of two servers.
  for (let day = 0; day < filledDays; day += daysAtOnce) {
    const days = Array.from({ length: Math.min(daysAtOnce, filledDays - day) }, (_, i) => day + i)
    await Promise.all(days.map((one) => fillDay(database, filling, one, firstDayMs + one * dayMs)))
  }
  await database.transaction(async (tx) => {
    await tx.query(patiently)
    await tx.query(analyze)
  })
}

async function fillDay(database: Database, filling: Filling, day: number, dayStartMs: number) {
  const { programId } = filling
  const clicksADay = Math.floor(filling.clicks / filledDays)
  const [leadsADay, salesADay] = [Math.floor(clicksADay / 100), Math.floor(clicksADay / 500)]
  const customersADay = Math.ceil(clicksADay / clicksACustomer)
  const firstId = filling.firstCustomerId + day * (customersADay + 1)
  const start = new Date(dayStartMs)
  await database.transaction(async (tx) => {
    await tx.query(patiently)
    await tx.query(customers, [programId, firstId, start, customersADay])
    await tx.query(clicks, [programId, firstId, start, clicksADay])
    await tx.query(leads, [programId, firstId, start, leadsADay])
    await tx.query(sales, [programId, firstId, start, salesADay])
    await tx.query(traffic, [programId, start, clicksADay, leadsADay, salesADay])
    await tx.query(money, [programId, start, salesADay])
  })
}
