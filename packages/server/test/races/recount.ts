import assert from 'node:assert/strict'
import { verify } from '../../src/features/verification/index.ts'
import type { TestDatabase } from '../harness/test-database.ts'

/** One thing that counts: where, when, and by how much in which columns. */
interface Counted {
  program: string
  link: string | null
  day: string
  currency?: string
  add: Record<string, number>
}

const trafficColumns = ['clicks', 'leads', 'conversions']
const moneyColumns = [
  'sales',
  'revenue_cents',
  'refunded_cents',
  'commission_cents',
  'commission_reversed_cents',
]

/**
 * Adds everything up again from the single events, in a way of its own, and holds the daily totals and
 * the ledger against it. What `admin verify` says must agree.
 */
export async function assertRecount(db: TestDatabase): Promise<void> {
  assert.deepEqual(
    await storedTotals(db, 'affiliate_daily_traffic', trafficColumns),
    summed(await trafficEvents(db), trafficColumns),
    'daily traffic differs from its events',
  )
  assert.deepEqual(
    await storedTotals(db, 'affiliate_daily_money', moneyColumns),
    summed(await moneyEvents(db), moneyColumns),
    'daily money differs from its events',
  )
  await assertLedger(db)
  const { checks } = await verify(db.database)
  assert.deepEqual(
    checks.filter((check) => check.differences > 0),
    [],
    'admin verify finds differences',
  )
}

async function assertLedger(db: TestDatabase): Promise<void> {
  const unbalanced = await db.sql(`select program_id, transaction_id, currency, sum(amount_cents)
    from ledger_entries group by 1, 2, 3 having sum(amount_cents) <> 0`)
  assert.deepEqual(unbalanced, [], 'ledger transactions do not sum to zero')
  const pending = await db.sql(`select program_id, partner_id, currency, sum(amount_cents) as cents
    from ledger_entries where account = 'pending' group by 1, 2, 3 having sum(amount_cents) <> 0
    order by 1, 2, 3`)
  const owed =
    await db.sql(`select program_id, partner_id, currency, sum(amount_cents - reversed_cents) as cents
    from affiliate_commissions group by 1, 2, 3 having sum(amount_cents - reversed_cents) <> 0
    order by 1, 2, 3`)
  assert.deepEqual(pending, owed, 'the ledger owes what the commissions say')
}

async function trafficEvents(db: TestDatabase): Promise<Counted[]> {
  const clicks = await db.sql(`select program_id, link_id, ${dayOf('created_at')} as day
    from affiliate_click_events where not is_test and not is_bot`)
  const leads = await db.sql(`select program_id, link_id, ${dayOf('settled_at')} as day
    from affiliate_lead_events where not is_test and settled_at is not null`)
  const firsts = await db.sql(`select distinct on (program_id, customer_id) program_id, link_id,
      ${dayOf('created_at')} as day
    from affiliate_sale_events where not is_test order by program_id, customer_id, created_at, id`)
  return [
    ...clicks.map((row) => counted(row, { clicks: 1 })),
    ...leads.map((row) => counted(row, { leads: 1 })),
    ...firsts.map((row) => counted(row, { conversions: 1 })),
  ]
}

async function moneyEvents(db: TestDatabase): Promise<Counted[]> {
  const sales = await db.sql(`select program_id, link_id, currency, amount_cents,
      ${dayOf('created_at')} as day from affiliate_sale_events where not is_test`)
  const commissions = await db.sql(`select program_id, link_id, currency, amount_cents,
      ${dayOf('created_at')} as day from affiliate_commissions`)
  const refunds = await db.sql(`select r.program_id, t.link_id, t.currency, r.refunded_cents,
      c.currency as commission_currency, r.commission_reversed_cents, ${dayOf('r.created_at')} as day
    from affiliate_refunds r
    join affiliate_sale_transactions t using (program_id, transaction_id)
    left join affiliate_commissions c using (program_id, transaction_id)
    where not r.is_test`)
  return [
    ...sales.map((row) => counted(row, { sales: 1, revenue_cents: Number(row.amount_cents) })),
    ...commissions.map((row) => counted(row, { commission_cents: Number(row.amount_cents) })),
    ...refunds.map((row) => counted(row, { refunded_cents: Number(row.refunded_cents) })),
    ...refunds
      .filter((row) => row.commission_currency !== null)
      .map((row) =>
        counted(
          { ...row, currency: row.commission_currency },
          { commission_reversed_cents: Number(row.commission_reversed_cents) },
        ),
      ),
  ]
}

function counted(row: Record<string, unknown>, add: Record<string, number>): Counted {
  return {
    program: String(row.program_id),
    link: row.link_id === null ? null : String(row.link_id),
    day: String(row.day),
    ...(row.currency === undefined ? {} : { currency: String(row.currency) }),
    add,
  }
}

/** Every event counts for its link, and in row 0 for the whole program. */
function summed(events: Counted[], columns: string[]): Record<string, number[]> {
  const sums: Record<string, number[]> = {}
  for (const event of events) {
    for (const link of new Set(['0', event.link ?? '0'])) {
      const key = keyOf(event.program, event.day, link, event.currency)
      const row = sums[key] ?? columns.map(() => 0)
      sums[key] = row
      for (const [i, column] of columns.entries()) row[i] = (row[i] ?? 0) + (event.add[column] ?? 0)
    }
  }
  return withoutZeros(sums)
}

async function storedTotals(
  db: TestDatabase,
  table: string,
  columns: string[],
): Promise<Record<string, number[]>> {
  const rows = await db.sql(`select *, day::text as day from ${table}`)
  return withoutZeros(
    Object.fromEntries(
      rows.map((row) => [
        keyOf(row.program_id, row.day, row.link_id, row.currency),
        columns.map((column) => Number(row[column])),
      ]),
    ),
  )
}

function keyOf(program: string, day: string, link: string, currency: string | undefined): string {
  return [program, day, link, currency ?? ''].join(' ').trim()
}

/** A day without events may have a row of zeros, or none. */
function withoutZeros(totals: Record<string, number[]>): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(totals).filter(([, row]) => row.some((value) => value !== 0)),
  )
}

function dayOf(column: string): string {
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD')`
}
