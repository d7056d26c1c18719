import type { Tx } from '../../db/database.ts'

/**
 * Daily totals, kept in the transaction of the event they count. Each is added to the link's row and to
 * the row with link 0, which is the whole program. Rows are touched in key order, traffic before money,
 * and last in their transaction: they are the busiest rows, and locks on them must be short and never cross.
 */

interface Counted {
  programId: number
  /** Null counts for the program only. */
  linkId: number | null
  atMs: number
}

export interface TrafficDelta extends Counted {
  leads: number
  conversions: number
}

/** Money of one event in one currency, in minor units. */
export interface Money {
  currency: string
  sales: number
  revenueCents: number
  refundedCents: number
  commissionCents: number
  commissionReversedCents: number
}

export type MoneyDelta = Counted & Money

/** Each delta for its link and for the whole program. */
const counted = (columns: string) => `(
      select "programId" as program_id, (to_timestamp("atMs" / 1000.0) at time zone 'UTC')::date as day, at_link.link_id, i.*
      from json_to_recordset($1::json) as i ("programId" bigint, "linkId" bigint, "atMs" bigint, ${columns})
      cross join lateral (select 0::bigint as link_id union all select "linkId" where "linkId" is not null) at_link) d`

const upsertTraffic = {
  name: 'totals_traffic',
  text: `insert into affiliate_daily_traffic (program_id, day, link_id, leads, conversions)
    select program_id, day, link_id, sum(leads), sum(conversions)
    from ${counted('leads bigint, conversions bigint')}
    group by program_id, day, link_id order by program_id, day, link_id
    on conflict (program_id, day, link_id) do update set
      leads = affiliate_daily_traffic.leads + excluded.leads,
      conversions = affiliate_daily_traffic.conversions + excluded.conversions`,
}

const upsertMoney = {
  name: 'totals_money',
  text: `insert into affiliate_daily_money (program_id, day, link_id, currency, sales, revenue_cents,
      refunded_cents, commission_cents, commission_reversed_cents)
    select program_id, day, link_id, currency, sum(sales), sum("revenueCents"), sum("refundedCents"),
      sum("commissionCents"), sum("commissionReversedCents")
    from ${counted('currency text, sales bigint, "revenueCents" bigint, "refundedCents" bigint, "commissionCents" bigint, "commissionReversedCents" bigint')}
    group by program_id, day, link_id, currency order by program_id, day, link_id, currency
    on conflict (program_id, day, link_id, currency) do update set
      sales = affiliate_daily_money.sales + excluded.sales,
      revenue_cents = affiliate_daily_money.revenue_cents + excluded.revenue_cents,
      refunded_cents = affiliate_daily_money.refunded_cents + excluded.refunded_cents,
      commission_cents = affiliate_daily_money.commission_cents + excluded.commission_cents,
      commission_reversed_cents =
        affiliate_daily_money.commission_reversed_cents + excluded.commission_reversed_cents`,
}

export async function addTraffic(tx: Tx, deltas: readonly TrafficDelta[]): Promise<void> {
  if (deltas.length > 0) await tx.query(upsertTraffic, [JSON.stringify(deltas)])
}

export async function addMoney(tx: Tx, deltas: readonly MoneyDelta[]): Promise<void> {
  if (deltas.length > 0) await tx.query(upsertMoney, [JSON.stringify(deltas)])
}

/** A sale and its commission may be in different currencies: then they are two deltas. */
export function moneyDeltas(
  base: { currency: string; sales: number; revenueCents: number; refundedCents: number },
  commission: { currency: string; commissionCents: number; commissionReversedCents: number } | null,
): Money[] {
  const none = { commissionCents: 0, commissionReversedCents: 0 }
  if (commission === null) return [{ ...base, ...none }]
  if (commission.currency === base.currency) return [{ ...base, ...commission }]
  const noSale = { sales: 0, revenueCents: 0, refundedCents: 0 }
  return [
    { ...base, ...none },
    { ...noSale, ...commission },
  ]
}
