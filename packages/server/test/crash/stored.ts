import assert from 'node:assert/strict'
import pg from 'pg'
import { openEmbedded } from '../../src/db/embedded/open.ts'
import type { Account } from './traffic.ts'

/**
 * Holds what is stored against what was answered: everything acknowledged is there, once, with the ids
 * of the answer; nothing is there that was not sent.
 */
export async function assertStored(dataDir: string, account: Account): Promise<void> {
  const embedded = await openEmbedded({
    dataDir,
    log: () => undefined,
    onFatal: (error) => {
      throw error
    },
  })
  try {
    await assertStoredAt(embedded.connection, account)
  } finally {
    await embedded.stop()
  }
}

/** The same for a PostgreSQL that runs already. */
export async function assertStoredAt(connection: pg.ClientConfig, account: Account): Promise<void> {
  const client = new pg.Client(connection)
  await client.connect()
  const rows = async (text: string) => (await client.query(text)).rows
  try {
    assertClicks(await rows(clicksSql), account)
    assertLeads(await rows(leadsSql), account)
    assertSales(await rows(salesSql), account)
    assertRefunds(await rows(refundsSql), account)
    const [sum] = await rows(
      'select coalesce(sum(amount_cents), 0)::int as cents from ledger_entries',
    )
    assert.equal(sum.cents, 0, 'the ledger sums to zero')
  } finally {
    await client.end()
  }
}

interface ClickRow {
  click_id: string
  events: number
}

const clicksSql = `select c.click_id, count(e.id)::int as events from affiliate_customers c
  left join affiliate_click_events e on e.program_id = c.program_id and e.customer_id = c.id
  group by c.click_id`

function assertClicks(rows: ClickRow[], account: Account): void {
  const stored = new Map(rows.map((row) => [row.click_id, row.events]))
  const missing = [...account.clicks].filter(([id, clicks]) => (stored.get(id) ?? 0) < clicks)
  assert.deepEqual(missing, [], 'acknowledged clicks are missing')
  const total = (counts: Iterable<number>) => [...counts].reduce((sum, count) => sum + count, 0)
  const surplus = total(stored.values()) - total(account.clicks.values())
  assert.ok(
    surplus <= account.clicksUnanswered,
    `${surplus} clicks more than acknowledged, but only ${account.clicksUnanswered} were unanswered`,
  )
}

interface LeadRow {
  click_id: string
  leads: number
}

const leadsSql =
  'select click_id, count(*)::int as leads from affiliate_lead_events group by click_id'

function assertLeads(rows: LeadRow[], account: Account): void {
  const stored = new Map(rows.map((row) => [row.click_id, row.leads]))
  const missing = [...account.leads].filter((id) => !stored.has(id))
  assert.deepEqual(missing, [], 'acknowledged leads are missing')
  assert.deepEqual(
    rows.filter((row) => row.leads !== 1),
    [],
    'leads were doubled',
  )
}

interface SaleRow {
  transaction_id: string
  sale_ids: number[]
  commission_ids: number[]
  ledger: number
}

const salesSql = `select t.transaction_id,
    (select coalesce(json_agg(e.id), '[]') from affiliate_sale_events e
      where e.program_id = t.program_id and e.transaction_id = t.transaction_id) as sale_ids,
    (select coalesce(json_agg(c.id), '[]') from affiliate_commissions c
      where c.program_id = t.program_id and c.transaction_id = t.transaction_id) as commission_ids,
    (select count(*)::int from affiliate_commissions c join ledger_transactions l
      on l.program_id = c.program_id and l.ref = 'commission:' || c.id
      where c.program_id = t.program_id and c.transaction_id = t.transaction_id) as ledger
  from affiliate_sale_transactions t`

function assertSales(rows: SaleRow[], account: Account): void {
  const stored = new Map(rows.map((row) => [row.transaction_id, row]))
  for (const [transactionId, { saleId, commissionId }] of account.sales) {
    const row = stored.get(transactionId)
    assert.ok(row, `the acknowledged sale ${transactionId} is missing`)
    assert.deepEqual(row.sale_ids, [saleId], `${transactionId} is not the sale that was answered`)
    assert.deepEqual(row.commission_ids, [commissionId], `the commission of ${transactionId}`)
  }
  for (const row of rows) {
    const { transaction_id: transactionId } = row
    assert.ok(account.salesSent.has(transactionId), `${transactionId} was never sent`)
    const counts = [row.sale_ids.length, row.commission_ids.length, row.ledger]
    assert.deepEqual(counts, [1, 1, 1], `${transactionId}: sale, commission and ledger go together`)
  }
}

interface RefundRow {
  name: string
  rows: number
  taken: number
}

const refundsSql = `select transaction_id || ' ' || refund_id as name, count(*)::int as rows,
    sum(commission_reversed_cents)::int as taken
  from affiliate_refunds group by 1`

function assertRefunds(rows: RefundRow[], account: Account): void {
  const stored = new Map(rows.map((row) => [row.name, row]))
  for (const [name, taken] of account.refunds) {
    const row = stored.get(name)
    assert.ok(row, `the acknowledged refund ${name} is missing`)
    if (taken !== null) assert.equal(row.taken, taken, `what the refund ${name} took back`)
  }
  for (const row of rows) {
    assert.ok(account.refundsSent.has(row.name), `the refund ${row.name} was never sent`)
    assert.equal(row.rows, 1, `the refund ${row.name} was doubled`)
  }
}
