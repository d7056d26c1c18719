import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadTouches } from '../../src/features/clicks/index.ts'
import { clickThrough } from '../harness/journeys.ts'
import { testStartMs } from '../harness/test-database.ts'
import { startTestServer } from '../harness/test-server.ts'

/** From then on PostgreSQL keeps one plan for a statement of a connection, whatever its values. */
const untilPlanIsKept = 10
const otherCustomers = 20_000

test("a customer's clicks are found without reading the others', also in a month that was empty a moment ago", async (t) => {
  const server = await startTestServer()
  t.after(() => server.close())
  const program = await server.provision()
  const { programId } = program
  await clickThrough(server, program)
  const [visitor] = await server.db.sql<{
    customer_id: string
    link_id: string
    partner_id: string
  }>('delete from affiliate_click_events returning customer_id, link_id, partner_id')
  assert.ok(visitor)
  const customerId = Number(visitor.customer_id)
  const asked = [{ programId, customerId, sinceMs: testStartMs, untilMs: testStartMs }]
  await server.db.database.exclusively(async (client) => {
    // One connection throughout, as the pool keeps them.
    const one = {
      query: async (
        statement: { name: string; text: string; planEachTime?: boolean },
        values: unknown[] = [],
      ) => {
        const { name, text, planEachTime } = statement
        return (await client.query(planEachTime ? { text, values } : { name, text, values })).rows
      },
    }
    for (let i = 0; i < untilPlanIsKept; i += 1) await loadTouches(one, asked)
    await server.db.sql(
      `insert into affiliate_click_events (program_id, created_at, customer_id, link_id, partner_id)
        select $3, $1::timestamptz + i * interval '1 second', $4::bigint + i, $5, $6 from generate_series(1, $2::int) i`,
      [
        new Date(testStartMs),
        otherCustomers,
        programId,
        customerId,
        visitor.link_id,
        visitor.partner_id,
      ],
    )
    await client.query('begin')
    await loadTouches(one, asked)
    const { rows } = await client.query(
      `select sum(seq_tup_read + idx_tup_fetch)::integer as read from pg_stat_xact_user_tables
        where relname like 'affiliate_click_events%'`,
    )
    await client.query('rollback')
    assert.ok(rows[0].read < 100, `${rows[0].read} clicks were read for a customer without any`)
  })
})
