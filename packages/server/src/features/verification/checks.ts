/**
 * What must be true of the whole database, each as a query for rows where it is not. Everything is
 * recomputed from events, policies and ledger entries; nothing that is checked is trusted.
 */
export interface Check {
  name: string
  /** The rule in one sentence. */
  rule: string
  /** Answers a row for each difference. */
  sql: string
}

/** The commission on an amount under the policy version, rounded half up: the rule of domain/commission.ts in SQL. */
const commissionOn = (amount: string) =>
  `case when p.type = 'percent' then div(${amount}::numeric * p.rate_bps * 2 + 10000, 20000)::bigint else p.fixed_cents end`

/** What is left of the commission after the refunds of the sale. */
const commissionLeft = `case when p.type = 'percent' then ${commissionOn('(t.amount_cents - t.refunded_cents)')}
  else div(c.amount_cents::numeric * (t.amount_cents - t.refunded_cents) * 2 + t.amount_cents, t.amount_cents * 2)::bigint end`

const commissionJoins = `affiliate_commissions c
  join affiliate_sale_transactions t on t.program_id = c.program_id and t.transaction_id = c.transaction_id
  join affiliate_commission_policies p
    on p.program_id = c.program_id and p.id = c.policy_id and p.version = c.policy_version`

/**
 * Every click as `e`: of an archived month what is kept of it, of the others the events. While a month
 * is being archived a click is in both places and counts once. Only events have a click id.
 */
const allClicks = `(
    select program_id, id, created_at, customer_id, link_id, partner_id, is_bot, click_id
      from affiliate_click_events where not is_test
    union all select program_id, id, created_at, customer_id, link_id, partner_id, is_bot, null
      from affiliate_kept_touches k where not exists (
        select from affiliate_click_events r
        where r.program_id = k.program_id and r.id = k.id and r.created_at = k.created_at)) e`

export const checks: readonly Check[] = [
  {
    name: 'ledger_balance',
    rule: 'Every ledger transaction sums to zero in each currency.',
    sql: `select program_id, transaction_id, currency, sum(amount_cents)::bigint as off_by_cents
      from ledger_entries group by 1, 2, 3 having sum(amount_cents) <> 0`,
  },
  {
    name: 'ledger_entries_present',
    rule: 'Every ledger transaction has entries.',
    sql: `select t.program_id, t.id as transaction_id from ledger_transactions t
      where not exists (
        select from ledger_entries e where e.program_id = t.program_id and e.transaction_id = t.id)`,
  },
  {
    name: 'commission_in_ledger',
    rule: 'What the ledger says of a commission is what the commission says.',
    sql: `with posted as (
        select t.program_id, split_part(t.ref, ':', 2)::bigint as commission_id,
          coalesce(sum(e.amount_cents) filter (where t.kind = 'commission_earned'), 0)::bigint as earned,
          coalesce(-sum(e.amount_cents) filter (where t.kind = 'commission_reversed'), 0)::bigint as reversed
        from ledger_transactions t
        join ledger_entries e on e.program_id = t.program_id and e.transaction_id = t.id
        where t.ref like 'commission:%' and e.account <> 'expense' group by 1, 2)
      select coalesce(c.program_id, p.program_id) as program_id, coalesce(c.id, p.commission_id) as commission_id,
        c.amount_cents, p.earned as ledger_earned_cents, c.reversed_cents, p.reversed as ledger_reversed_cents
      from affiliate_commissions c
      full join posted p on p.program_id = c.program_id and p.commission_id = c.id
      where c.amount_cents is distinct from p.earned or c.reversed_cents is distinct from p.reversed`,
  },
  {
    name: 'commission_amount',
    rule: 'Every commission is what its policy version pays for the sale.',
    sql: `select c.program_id, c.id as commission_id, c.amount_cents, ${commissionOn('t.amount_cents')} as recomputed_cents
      from ${commissionJoins} where c.amount_cents <> ${commissionOn('t.amount_cents')}`,
  },
  {
    name: 'commission_reversal',
    rule: 'What was taken back is the commission less what the unrefunded rest of the sale earns.',
    sql: `select c.program_id, c.id as commission_id, c.reversed_cents, c.amount_cents - ${commissionLeft} as recomputed_cents
      from ${commissionJoins} where c.reversed_cents <> c.amount_cents - ${commissionLeft}`,
  },
  {
    name: 'sale_complete',
    rule: 'Every attributed transaction id has its sale, and either a commission or a reason.',
    sql: `select t.program_id, t.transaction_id, t.sale_id, e.amount_cents, c.id as commission_id, t.reason
      from affiliate_sale_transactions t
      left join affiliate_sale_events e
        on e.program_id = t.program_id and e.id = t.sale_id and e.created_at = t.created_at
      left join affiliate_commissions c on c.program_id = t.program_id and c.transaction_id = t.transaction_id
      where t.verdict = 'attributed' and (
        e.amount_cents is distinct from t.amount_cents or e.currency is distinct from t.currency
        or e.link_id is distinct from t.link_id or (c.id is null) = (t.reason is null))`,
  },
  {
    name: 'sale_parties',
    rule: 'Transaction, sale and commission name the same sale, customer, partner and link.',
    sql: `select t.program_id, t.transaction_id, t.partner_id, e.partner_id as sale_partner_id,
        c.partner_id as commission_partner_id, c.sale_id as commission_sale_id
      from affiliate_sale_transactions t
      join affiliate_sale_events e
        on e.program_id = t.program_id and e.id = t.sale_id and e.created_at = t.created_at
      left join affiliate_commissions c on c.program_id = t.program_id and c.transaction_id = t.transaction_id
      where (e.customer_id, e.partner_id, e.link_id) is distinct from (t.customer_id, t.partner_id, t.link_id)
        or e.transaction_id <> t.transaction_id
        or (c.id is not null and (c.sale_id, c.customer_id, c.partner_id, c.link_id)
          is distinct from (t.sale_id, t.customer_id, t.partner_id, t.link_id))`,
  },
  {
    name: 'commission_state',
    rule: 'A commission is pending, refunded or reversed as the refunds of its sale say.',
    sql: `select c.program_id, c.id as commission_id, c.status, t.refunded_cents from ${commissionJoins}
      where c.status <> case when t.refunded_cents = 0 then 'pending'
        when t.refunded_cents = t.amount_cents then 'reversed' else 'refunded' end`,
  },
  {
    name: 'ledger_causes',
    rule: 'Every ledger transaction names its commission, and moves only its partner and currency on hold.',
    sql: `select t.program_id, t.id as transaction_id, t.kind, t.ref from ledger_transactions t
      left join affiliate_commissions c on c.program_id = t.program_id
        and c.id = case when t.ref ~ '^commission:[0-9]{1,18}(:|$)' then split_part(t.ref, ':', 2)::bigint end
      left join affiliate_refunds r on r.program_id = t.program_id
        and r.id = case when t.ref ~ ':refund:[0-9]{1,18}$' then split_part(t.ref, ':', 4)::bigint end
      where c.id is null
        or t.ref <> case t.kind when 'commission_earned' then 'commission:' || c.id
          else 'commission:' || c.id || ':refund:' || coalesce(r.id::text, '') end
        or exists (
          select from ledger_entries e where e.program_id = t.program_id and e.transaction_id = t.id
            and (e.partner_id <> c.partner_id or e.currency <> c.currency or e.account not in ('expense', 'pending')))`,
  },
  {
    name: 'subscriptions',
    rule: 'A subscription earns for whom its first sale was attributed to.',
    sql: `with firsts as (
        select distinct on (program_id, subscription_id) program_id, subscription_id, customer_id, partner_id, link_id
        from affiliate_sale_events where subscription_id is not null and not is_test
        order by program_id, subscription_id, created_at, id)
      select program_id, subscription_id, s.partner_id, f.partner_id as recomputed_partner_id
      from affiliate_subscriptions s full join firsts f using (program_id, subscription_id)
      where (s.customer_id, s.partner_id, s.link_id) is distinct from (f.customer_id, f.partner_id, f.link_id)`,
  },
  {
    name: 'customers_have_programs',
    rule: 'Every customer belongs to a program that exists.',
    sql: `select c.program_id, c.id as customer_id from affiliate_customers c
      left join affiliate_programs p on p.id = c.program_id where p.id is null`,
  },
  {
    name: 'customer_keys',
    rule: 'A customer shows a key that is bound to it, if it has any.',
    sql: `select c.program_id, c.id as customer_id from affiliate_customers c
      where (c.customer_key is not null and not exists (
          select from affiliate_customer_keys k
          where k.program_id = c.program_id and k.customer_key = c.customer_key and k.customer_id = c.id))
        or (c.customer_key is null and exists (
          select from affiliate_customer_keys k where k.program_id = c.program_id and k.customer_id = c.id))`,
  },
  {
    name: 'sale_claimed',
    rule: 'Every sale holds its transaction id.',
    sql: `select e.program_id, e.id as sale_id, e.transaction_id from affiliate_sale_events e
      left join affiliate_sale_transactions t
        on t.program_id = e.program_id and t.transaction_id = e.transaction_id and t.sale_id = e.id
      where not e.is_test and t.sale_id is null`,
  },
  {
    name: 'refunds',
    rule: 'The refunds of a sale add up to what the sale and its commission say.',
    sql: `with summed as (
        select r.program_id, r.transaction_id, sum(r.refunded_cents)::bigint as refunded,
          sum(r.commission_reversed_cents)::bigint as reversed,
          -- Without an amount a report means the whole sale.
          max(coalesce(r.reported_cents, t.amount_cents)) filter (where r.refund_id is null) as total,
          case when bool_or(r.reported_cents is null) filter (where r.refund_id is not null)
            then max(t.amount_cents) else sum(r.reported_cents) filter (where r.refund_id is not null) end as by_id
        from affiliate_refunds r
        join affiliate_sale_transactions t on t.program_id = r.program_id and t.transaction_id = r.transaction_id
        where not r.is_test group by 1, 2)
      select t.program_id, t.transaction_id, t.refunded_cents, s.refunded as recomputed_cents,
        c.reversed_cents, s.reversed as recomputed_reversed_cents
      from affiliate_sale_transactions t
      left join summed s on s.program_id = t.program_id and s.transaction_id = t.transaction_id
      left join affiliate_commissions c on c.program_id = t.program_id and c.transaction_id = t.transaction_id
      where t.refunded_cents <> coalesce(s.refunded, 0) or coalesce(c.reversed_cents, 0) <> coalesce(s.reversed, 0)
        or t.refunded_total_cents <> coalesce(s.total, 0) or t.refunded_by_id_cents <> coalesce(s.by_id, 0)`,
  },
  {
    name: 'daily_traffic',
    rule: 'Daily clicks, leads and conversions are those of the events.',
    sql: `with events as (
        select program_id, created_at as at, link_id, 1 as clicks, 0 as leads, 0 as conversions
          from ${allClicks} where not is_bot
        union all select program_id, settled_at, link_id, 0, 1, 0
          from affiliate_lead_events where not is_test and settled_at is not null
        union all select program_id, created_at, link_id, 0, 0, 1
          from affiliate_sale_events where not is_test and is_first_sale),
      counted as (
        select program_id, (at at time zone 'UTC')::date as day, r.link_id, sum(clicks)::bigint as clicks,
          sum(leads)::bigint as leads, sum(conversions)::bigint as conversions
        from events cross join lateral (values (events.link_id), (0)) as r (link_id)
        where r.link_id is not null group by 1, 2, 3)
      select program_id, day, link_id, d.clicks, c.clicks as recomputed_clicks, d.leads,
        c.leads as recomputed_leads, d.conversions, c.conversions as recomputed_conversions
      from affiliate_daily_traffic d full join counted c using (program_id, day, link_id)
      where ${differs('clicks', 'leads', 'conversions')}`,
  },
  {
    name: 'daily_money',
    rule: 'Daily sales, revenue, refunds and commissions are those of the events.',
    sql: `with events as (
        select program_id, created_at as at, link_id, currency, 1 as sales, amount_cents as revenue_cents,
            0 as refunded_cents, 0 as commission_cents, 0 as commission_reversed_cents
          from affiliate_sale_events where not is_test
        union all select program_id, created_at, link_id, currency, 0, 0, 0, amount_cents, 0
          from affiliate_commissions
        union all select r.program_id, r.created_at, t.link_id, t.currency, 0, 0, r.refunded_cents, 0, 0
          from affiliate_refunds r
          join affiliate_sale_transactions t on t.program_id = r.program_id and t.transaction_id = r.transaction_id
          where not r.is_test
        union all select r.program_id, r.created_at, c.link_id, c.currency, 0, 0, 0, 0, r.commission_reversed_cents
          from affiliate_refunds r
          join affiliate_commissions c on c.program_id = r.program_id and c.transaction_id = r.transaction_id
          where not r.is_test),
      counted as (
        select program_id, (at at time zone 'UTC')::date as day, r.link_id, currency, sum(sales)::bigint as sales,
          sum(revenue_cents)::bigint as revenue_cents, sum(refunded_cents)::bigint as refunded_cents,
          sum(commission_cents)::bigint as commission_cents,
          sum(commission_reversed_cents)::bigint as commission_reversed_cents
        from events cross join lateral (values (events.link_id), (0)) as r (link_id) group by 1, 2, 3, 4)
      select program_id, day, link_id, currency, d.sales, c.sales as recomputed_sales, d.revenue_cents,
        c.revenue_cents as recomputed_revenue_cents, d.refunded_cents,
        c.refunded_cents as recomputed_refunded_cents, d.commission_cents,
        c.commission_cents as recomputed_commission_cents, d.commission_reversed_cents,
        c.commission_reversed_cents as recomputed_commission_reversed_cents
      from affiliate_daily_money d full join counted c using (program_id, day, link_id, currency)
      where ${differs('sales', 'revenue_cents', 'refunded_cents', 'commission_cents', 'commission_reversed_cents')}`,
  },
  {
    name: 'clicks_have_customers',
    rule: 'Every click belongs to a customer and a link of its program.',
    sql: `select e.program_id, e.id as click_event_id from ${allClicks}
      left join affiliate_customers c on c.program_id = e.program_id and c.id = e.customer_id
        and c.click_id = coalesce(e.click_id, c.click_id)
      left join affiliate_referral_links l
        on l.program_id = e.program_id and l.id = e.link_id and l.partner_id = e.partner_id
      where c.id is null or l.id is null`,
  },
  {
    name: 'customer_state',
    rule: 'A customer is a lead or a conversion when, and only when, the events say so.',
    sql: `with leads as (
        select program_id, customer_id, min(settled_at) as at, count(*) as leads
        from affiliate_lead_events where not is_test group by 1, 2),
      sales as (
        select program_id, customer_id, min(created_at) filter (where is_first_sale) as at,
          count(*) filter (where is_first_sale) as firsts
        from affiliate_sale_events where not is_test group by 1, 2)
      select c.program_id, c.id as customer_id, c.status, l.leads, s.firsts
      from affiliate_customers c
      left join leads l on l.program_id = c.program_id and l.customer_id = c.id
      left join sales s on s.program_id = c.program_id and s.customer_id = c.id
      where l.leads > 1 or s.firsts <> 1 or c.lead_at is distinct from l.at
        or c.converted_at is distinct from s.at
        or c.status <> case when s.at is not null then 'conversion' when l.at is not null then 'lead' else 'click' end`,
  },
]

/** A day without a row counts as zeros: both sides leave such days out. */
function differs(...columns: string[]): string {
  return columns
    .map((column) => `coalesce(d.${column}, 0) <> coalesce(c.${column}, 0)`)
    .join(' or ')
}
