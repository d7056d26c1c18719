import type { Db } from '../../../db/database.ts'

/** What has arrived of one kind of event. */
export interface Arrived {
  /** The newest test events, newest first. */
  tests: { id: number; atMs: number }[]
  /** Whether a real one has ever arrived. */
  hasReal: boolean
}

export interface Arrivals {
  clicks: Arrived
  leads: Arrived
  sales: Arrived
  hasPartners: boolean
}

/**
 * A test event has no customer, so the index by customer finds the newest without reading others. Planned
 * each time, because a plan from an empty month would read the next ones by their time.
 */
const selectTests = {
  name: 'report_status_tests',
  planEachTime: true,
  text: `(select 'clicks' as kind, id, created_at from affiliate_click_events
      where program_id = $1 and customer_id is null and is_test order by created_at desc limit $2)
    union all (select 'leads', id, created_at from affiliate_lead_events
      where program_id = $1 and customer_id is null and is_test order by created_at desc limit $2)
    union all (select 'sales', id, created_at from affiliate_sale_events
      where program_id = $1 and customer_id is null and is_test order by created_at desc limit $2)
    order by kind, created_at desc, id desc`,
}

/** From the daily totals of the whole program, which count real events only. */
const selectReal = {
  name: 'report_status_real',
  text: `select
    exists (select from affiliate_daily_traffic where program_id = $1 and link_id = 0 and clicks > 0) as clicks,
    exists (select from affiliate_daily_traffic where program_id = $1 and link_id = 0 and leads > 0) as leads,
    exists (select from affiliate_daily_money where program_id = $1 and link_id = 0 and sales > 0) as sales,
    exists (select from affiliate_partner_programs where program_id = $1 and status = 'active') as partners`,
}

type Kind = 'clicks' | 'leads' | 'sales'

export async function readArrivals(db: Db, programId: number, testsMax: number): Promise<Arrivals> {
  const tests = await db.query<{ kind: Kind; id: number; created_at: Date }>(selectTests, [
    programId,
    testsMax,
  ])
  const [real] = await db.query<Record<Kind | 'partners', boolean>>(selectReal, [programId])
  const arrived = (kind: Kind): Arrived => ({
    tests: tests
      .filter((row) => row.kind === kind)
      .map((row) => ({ id: row.id, atMs: row.created_at.getTime() })),
    hasReal: real?.[kind] === true,
  })
  return {
    clicks: arrived('clicks'),
    leads: arrived('leads'),
    sales: arrived('sales'),
    hasPartners: real?.partners === true,
  }
}
