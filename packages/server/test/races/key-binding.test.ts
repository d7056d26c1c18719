import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Tx } from '../../src/db/database.ts'
import { bindCustomerKeys } from '../../src/features/customers/index.ts'
import { verify } from '../../src/features/verification/index.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { until } from '../harness/until.ts'
import { newCustomers } from './together.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

test("a key that a browser's lead takes while the backend asks for it goes to the backend's customer, and the other shows it no more", async () => {
  const program = await server.provision()
  const { programId } = program
  await newCustomers(server, () => program.landing(), 2)
  const [visitor, buyer] = await server.db.sql<{ id: number }>(
    'select id from affiliate_customers where program_id = $1 order by id',
    [programId],
  )
  assert.ok(visitor && buyer)
  const bind = (tx: Tx, customerId: number, by: 'browser' | 'server') =>
    bindCustomerKeys(tx, [
      {
        ...{ programId, customerId, customerKey: 'user_1', boundBy: by },
        atMs: server.clock.nowMs(),
      },
    ])
  const { database } = server.db
  let backend: Promise<void> = Promise.resolve()
  await database.transaction(async (lead) => {
    await bind(lead, Number(visitor.id), 'browser')
    backend = database.transaction((sale) => bind(sale, Number(buyer.id), 'server'))
    await until('the backend waits for the lead', async () => {
      const waiting = await server.db.sql(
        `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
      return waiting.length === 1
    })
  })
  await backend
  const shown = await server.db.sql(
    'select customer_key from affiliate_customers where program_id = $1 order by id',
    [programId],
  )
  assert.deepEqual(
    shown.map((row) => row.customer_key),
    [null, 'user_1'],
  )
  assert.equal((await verify(database)).ok, true)
})
