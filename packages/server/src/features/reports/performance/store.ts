import type { Db } from '../../../db/database.ts'
import type { DayMoney, DayPartners, DayTraffic } from '../domain/performance.ts'

/** What a report of a program rests on. */
export interface ReportedProgram {
  /** ISO 4217. */
  currency: string
  /** The day on which it was made, or of its first event when that was earlier. */
  firstDay: string
}

const selectProgram = {
  name: 'performance_program',
  text: `select p.currency, least((p.created_at at time zone 'UTC')::date,
      (select day from affiliate_daily_traffic where program_id = $1 and link_id = 0 order by day limit 1),
      (select day from affiliate_daily_money where program_id = $1 and link_id = 0 order by day limit 1)) as first_day
    from affiliate_programs p where p.id = $1`,
}

/** Link 0 is the whole program, and its rows have an index of their own: a day costs one row. */
const selectTraffic = {
  name: 'performance_traffic',
  text: `select day, clicks, leads, conversions from affiliate_daily_traffic
    where program_id = $1 and link_id = 0 and day between $2 and $3`,
}

const selectMoney = {
  name: 'performance_money',
  text: `select day, currency, sales, revenue_cents, refunded_cents, commission_cents, commission_reversed_cents
    from affiliate_daily_money where program_id = $1 and link_id = 0 and day between $2 and $3`,
}

const selectPartners = {
  name: 'performance_partners',
  text: `select (joined_at at time zone 'UTC')::date as day, count(*) as partners
    from affiliate_partner_programs
    where program_id = $1 and joined_at >= $2::date and joined_at < $3::date + 1
    group by 1`,
}

export async function loadReportedProgram(db: Db, programId: number): Promise<ReportedProgram> {
  const [row] = await db.query<{ currency: string; first_day: string }>(selectProgram, [programId])
  if (row === undefined) throw new Error(`Program ${programId} does not exist`)
  return { currency: row.currency, firstDay: row.first_day }
}

/** The days that have any, both ends included. */
export async function readTraffic(
  db: Db,
  programId: number,
  dateFrom: string,
  dateTo: string,
): Promise<DayTraffic[]> {
  const rows = await db.query<DayTraffic>(selectTraffic, [programId, dateFrom, dateTo])
  return rows.map(({ day, clicks, leads, conversions }) => ({ day, clicks, leads, conversions }))
}

export async function readMoney(
  db: Db,
  programId: number,
  dateFrom: string,
  dateTo: string,
): Promise<DayMoney[]> {
  const rows = await db.query<{
    day: string
    currency: string
    sales: number
    revenue_cents: number
    refunded_cents: number
    commission_cents: number
    commission_reversed_cents: number
  }>(selectMoney, [programId, dateFrom, dateTo])
  return rows.map((row) => ({
    day: row.day,
    currency: row.currency,
    sales: row.sales,
    revenueCents: row.revenue_cents,
    refundedCents: row.refunded_cents,
    commissionCents: row.commission_cents,
    commissionReversedCents: row.commission_reversed_cents,
  }))
}

/** Partners who joined, whether or not they are still there. */
export async function readPartners(
  db: Db,
  programId: number,
  dateFrom: string,
  dateTo: string,
): Promise<DayPartners[]> {
  const rows = await db.query<DayPartners>(selectPartners, [programId, dateFrom, dateTo])
  return rows.map(({ day, partners }) => ({ day, partners }))
}
