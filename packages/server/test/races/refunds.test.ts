import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  type Answer,
  startTestServer,
  type TestProgram,
  type TestServer,
} from '../harness/test-server.ts'
import { assertRecount } from './recount.ts'
import { forEachAtOnce, newSales, numbers, tally, together } from './together.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

const saleCents = 10_000

test('of two refunds of 60 % that arrive at once one counts and the other is refused, on 500 sales', async () => {
  const program = await server.provision()
  const sales = await newSales(server, program, 500, saleCents)
  const answers = await forEachAtOnce(sales, async (transactionId) => {
    const two = await together(2, (n) =>
      refund(program, {
        transaction_id: transactionId,
        refund_id: `r${n}`,
        refund_amount_cents: 6_000,
      }),
    )
    assert.deepEqual(
      tally(two, (one) => `${one.status} ${one.body.status ?? one.body.code}`),
      { '200 refunded': 1, '400 refund_exceeds_sale': 1 },
      transactionId,
    )
    return two
  })
  assert.equal(answers.length, 500)
  assert.deepEqual(await refunded(program), [
    { refunded_cents: '6000', reversed_cents: '1800', sales: 500 },
  ])
  await assertRecount(server.db)
})

test('the same refund_id that arrives 10 times at once counts once', async () => {
  const program = await server.provision()
  const sales = await newSales(server, program, 100, saleCents)
  await forEachAtOnce(sales, async (transactionId) => {
    const ten = await together(10, () =>
      refund(program, {
        transaction_id: transactionId,
        refund_id: 'r',
        refund_amount_cents: 2_500,
      }),
    )
    assert.deepEqual(
      tally(ten, ({ body }) => body.status),
      { refunded: 1, skipped: 9 },
    )
  })
  assert.deepEqual(await refunded(program), [
    { refunded_cents: '2500', reversed_cents: '750', sales: 100 },
  ])
  await assertRecount(server.db)
})

test('totals that grow and arrive at once in any order take back the whole commission, once', async () => {
  const program = await server.provision()
  const sales = await newSales(server, program, 50, saleCents)
  await forEachAtOnce(sales, async (transactionId) => {
    const ten = await together(10, (n) =>
      refund(program, { transaction_id: transactionId, refund_amount_cents: (n + 1) * 1_000 }),
    )
    const taken = ten.reduce((sum, { body }) => sum + (body.deduction_amount_cents ?? 0), 0)
    assert.equal(taken, 3_000, `${transactionId}: the answers add up to the commission`)
  })
  assert.deepEqual(await refunded(program), [
    { refunded_cents: '10000', reversed_cents: '3000', sales: 50 },
  ])
  await assertRecount(server.db)
})

test('a sale and its refund that arrive at once end the same as one after the other, or the refund is told there is no sale', async () => {
  const program = await server.provision()
  const [first] = await newSales(server, program, 1, saleCents)
  assert.ok(first)
  const clickId = (await server.post('/api/v1/track/click', { affiliate_url: program.landing() }))
    .body.click_id
  for (const n of numbers(50)) {
    const transactionId = `both${n}`
    const sale = server.post(
      '/api/v1/track/sale',
      { transaction_id: transactionId, click_id: clickId, amount_cents: saleCents },
      { key: program.apiKey },
    )
    const [sold, back] = await Promise.all([
      sale,
      refund(program, { transaction_id: transactionId }),
    ])
    assert.equal(sold.status, 200)
    assert.ok(back.status === 404 || back.body.status === 'reversed', JSON.stringify(back.body))
  }
  await assertRecount(server.db)
})

function refund(program: TestProgram, body: object): Promise<Answer> {
  return server.post('/api/v1/track/refund', body, { key: program.apiKey })
}

/** What has been refunded and reversed, with how many sales say so. */
function refunded(program: TestProgram) {
  return server.db.sql(
    `select t.refunded_cents, c.reversed_cents, count(*)::int as sales
      from affiliate_sale_transactions t join affiliate_commissions c using (program_id, transaction_id)
      where program_id = $1 group by 1, 2`,
    [program.programId],
  )
}
