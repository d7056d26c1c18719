import type { Tx } from '../../db/database.ts'
import { utcDay } from '../../shared/calendar.ts'

/**
 * Daily totals, kept in the transaction of the event they count. Each is added to the link's row and to
 * the row with link 0, which is the whole program. Rows are touched in key order, traffic before money,
 * and last in their transaction: they are the busiest rows, and locks on them must be short and never cross.
 */

interface TrafficDelta {
  leads: number
  conversions: number
}

/** Money added on one day in one currency, in minor units. */
export interface MoneyDelta {
  currency: string
  sales: number
  revenueCents: number
  refundedCents: number
  commissionCents: number
  commissionReversedCents: number
}

const upsertTraffic = {
  name: 'totals_traffic',
  text: `insert into affiliate_daily_traffic (program_id, day, link_id, leads, conversions)
    select $1, $2, link_id, $4, $5 from unnest($3::bigint[]) as link_id order by link_id
    on conflict (program_id, day, link_id) do update set
      leads = affiliate_daily_traffic.leads + excluded.leads,
      conversions = affiliate_daily_traffic.conversions + excluded.conversions`,
}

const upsertMoney = {
  name: 'totals_money',
  text: `insert into affiliate_daily_money (program_id, day, link_id, currency, sales, revenue_cents,
      refunded_cents, commission_cents, commission_reversed_cents)
    select $1, $2, link_id, currency, sales, revenue, refunded, commission, reversed
    from unnest($3::bigint[]) as link_id,
      unnest($4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[])
        as delta (currency, sales, revenue, refunded, commission, reversed)
    order by link_id, currency
    on conflict (program_id, day, link_id, currency) do update set
      sales = affiliate_daily_money.sales + excluded.sales,
      revenue_cents = affiliate_daily_money.revenue_cents + excluded.revenue_cents,
      refunded_cents = affiliate_daily_money.refunded_cents + excluded.refunded_cents,
      commission_cents = affiliate_daily_money.commission_cents + excluded.commission_cents,
      commission_reversed_cents =
        affiliate_daily_money.commission_reversed_cents + excluded.commission_reversed_cents`,
}

/** `linkId` null counts for the program only. */
export async function addTraffic(
  tx: Tx,
  programId: number,
  linkId: number | null,
  atMs: number,
  delta: TrafficDelta,
): Promise<void> {
  await tx.query(upsertTraffic, [
    programId,
    utcDay(atMs),
    linkId === null ? [0] : [0, linkId],
    delta.leads,
    delta.conversions,
  ])
}

/** At most one delta a currency. */
export async function addMoney(
  tx: Tx,
  programId: number,
  linkId: number,
  atMs: number,
  deltas: MoneyDelta[],
): Promise<void> {
  await tx.query(upsertMoney, [
    programId,
    utcDay(atMs),
    [0, linkId],
    deltas.map((delta) => delta.currency),
    deltas.map((delta) => delta.sales),
    deltas.map((delta) => delta.revenueCents),
    deltas.map((delta) => delta.refundedCents),
    deltas.map((delta) => delta.commissionCents),
    deltas.map((delta) => delta.commissionReversedCents),
  ])
}

/** A sale and its commission may be in different currencies: then they are two deltas. */
export function moneyDeltas(
  base: { currency: string; sales: number; revenueCents: number; refundedCents: number },
  commission: { currency: string; commissionCents: number; commissionReversedCents: number } | null,
): MoneyDelta[] {
  const none = { commissionCents: 0, commissionReversedCents: 0 }
  if (commission === null) return [{ ...base, ...none }]
  if (commission.currency === base.currency) return [{ ...base, ...commission }]
  const noSale = { sales: 0, revenueCents: 0, refundedCents: 0 }
  return [
    { ...base, ...none },
    { ...noSale, ...commission },
  ]
}
