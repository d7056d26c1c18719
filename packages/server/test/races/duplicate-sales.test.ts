import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { assertRecount } from './recount.ts'
import { forEachAtOnce, newCustomers, numbers, tally, together } from './together.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

test('1,000 sales sent 10 times each at once make 1,000 sales and commissions, and 9,000 answers name the first ids', async () => {
  const program = await server.provision({ partner: { links: 4 } })
  const landing = (n: number) => program.landing(program.codes[n % program.codes.length])
  const clickIds = await newCustomers(server, landing, 200)
  const answers = await forEachAtOnce(numbers(1_000), async (n) => {
    const body = {
      transaction_id: `t${n}`,
      click_id: clickIds[n % clickIds.length],
      customer_key: `user_${n % clickIds.length}`,
      amount_cents: 1_000 + n,
    }
    const ten = await together(10, () =>
      server.post('/api/v1/track/sale', body, { key: program.apiKey }),
    )
    const ids = new Set(
      ten.map(({ body: { sale_id, commission_id } }) => `${sale_id} ${commission_id}`),
    )
    assert.equal(ids.size, 1, `t${n} was answered with other ids: ${[...ids].join(', ')}`)
    return ten
  })
  assert.deepEqual(
    tally(answers.flat(), ({ status, body }) => `${status} ${body.code}`),
    {
      '200 undefined': 1_000,
      '409 duplicate_transaction': 9_000,
    },
  )
  const answered = answers.flatMap((ten) => ten.slice(0, 1).map(({ body }) => body))
  const stored = await server.db.sql(`select e.id as sale_id, c.id as commission_id
    from affiliate_sale_events e join affiliate_commissions c using (program_id, transaction_id)`)
  const pair = (row: Record<string, unknown>) => `${row.sale_id} ${row.commission_id}`
  assert.deepEqual(stored.map(pair).sort(), answered.map(pair).sort())
  assert.equal(new Set(stored.map(pair)).size, 1_000)
  await assertRecount(server.db)
})

test('the same transaction id sent at once with ten amounts is one sale, and nine are told of the mismatch', async () => {
  const program = await server.provision()
  const clickIds = await newCustomers(server, () => program.landing(), 20)
  for (const [n, clickId] of clickIds.entries()) {
    const ten = await together(10, (times) =>
      server.post(
        '/api/v1/track/sale',
        { transaction_id: `m${n}`, click_id: clickId, amount_cents: 1_000 + times },
        { key: program.apiKey },
      ),
    )
    assert.deepEqual(
      tally(ten, ({ body }) => body.code),
      { undefined: 1, transaction_mismatch: 9 },
    )
    assert.equal(new Set(ten.map(({ body }) => body.sale_id)).size, 1)
  }
  await assertRecount(server.db)
})

test('two programs that use the same transaction id at once each have their own sale', async () => {
  const programs = await Promise.all([server.provision(), server.provision()])
  for (const n of numbers(20)) {
    const sales = await Promise.all(
      programs.map(async (program) => {
        const [clickId] = await newCustomers(server, () => program.landing(), 1)
        return server.post(
          '/api/v1/track/sale',
          { transaction_id: `shared${n}`, click_id: clickId, amount_cents: 500 },
          { key: program.apiKey },
        )
      }),
    )
    assert.deepEqual(
      sales.map((sale) => sale.status),
      [200, 200],
    )
  }
})
