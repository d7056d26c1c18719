import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { verify } from '../../src/features/verification/index.ts'
import { addPartner, clickThrough, refund, sell, signUp } from '../harness/journeys.ts'
import { startTestServer } from '../harness/test-server.ts'

/** One statement against the books, and `admin verify` sees it. */

/** A subscription sold, a payment partly refunded, and a rival with a customer of his own. */
async function start(t: TestContext) {
  const server = await startTestServer()
  t.after(() => server.close())
  const program = await server.provision()
  const rival = await addPartner(server, program, 'rival')
  await signUp(server, program, 'buyer')
  const sale = { customer_key: 'buyer', subscription_id: 'sub_1' }
  await sell(server, program, { transaction_id: 't1', ...sale })
  await signUp(server, program, 'second', { affiliate_url: program.landing('rival') })
  await sell(server, program, { transaction_id: 't2', customer_key: 'second' })
  await refund(server, program, { transaction_id: 't2', refund_amount_cents: 4_000 })
  await clickThrough(server, program)
  const failing = async () => {
    const { ok, checks } = await verify(server.db.database)
    const names = checks.filter((check) => check.differences > 0).map((check) => check.name)
    assert.equal(ok, names.length === 0)
    return names
  }
  assert.deepEqual(await failing(), [], 'honest books are in order')
  return { server, program, rival, failing }
}

test('every party, cause and state of a sale that is changed by hand is found', async (t) => {
  const { server, program, rival, failing } = await start(t)
  const { programId, partnerId } = program
  const keyOwner = (key: string) =>
    `(select customer_id from affiliate_sale_transactions where program_id = ${programId} and transaction_id = '${key}')`
  const toRival = `partner_id = ${rival.partnerId}`
  const back = `partner_id = ${partnerId}`
  /** What, where, and the way back. */
  const tamperings: [string, string, string, string][] = [
    ['affiliate_commissions', "transaction_id = 't1'", toRival, back],
    ['affiliate_sale_transactions', "transaction_id = 't1'", toRival, back],
    ['affiliate_sale_events', "transaction_id = 't1'", toRival, back],
    ['affiliate_subscriptions', "subscription_id = 'sub_1'", toRival, back],
    [
      ...(['affiliate_commissions', "transaction_id = 't1'"] as const),
      ...(['sale_id = sale_id + 1000', 'sale_id = sale_id - 1000'] as const),
    ],
    [
      ...(['affiliate_customer_keys', "customer_key = 'buyer'"] as const),
      ...([`customer_id = ${keyOwner('t2')}`, `customer_id = ${keyOwner('t1')}`] as const),
    ],
    [
      ...(['affiliate_commissions', "transaction_id = 't1'"] as const),
      ...(["status = 'paid'", "status = 'pending'"] as const),
    ],
    [
      ...(['affiliate_commissions', "transaction_id = 't2'"] as const),
      ...(["status = 'pending'", "status = 'refunded'"] as const),
    ],
  ]
  for (const [table, where, change, undo] of tamperings) {
    const run = (set: string) =>
      server.db.sql(`update ${table} set ${set} where program_id = $1 and ${where} returning 1`, [
        programId,
      ])
    assert.equal((await run(change)).length, 1, `${table} ${change} changed nothing`)
    const found = await failing()
    await run(undo)
    assert.ok(found.length > 0, `${table} set ${change} went unseen`)
    assert.deepEqual(await failing(), [], `${table} set ${undo} did not undo it`)
  }
})

test('a customer of a program that does not exist is found', async (t) => {
  const { server, failing } = await start(t)
  await server.db.sql(
    `insert into affiliate_customers (program_id, click_id, created_at)
      values ((select max(id) + 1 from affiliate_programs), 'nobodys', $1)`,
    [new Date(server.clock.nowMs())],
  )
  assert.deepEqual(await failing(), ['customers_have_programs'])
})

/** Postings that sum to zero, so that only their cause is wrong. They cannot be undone. */
const strays: [string, string, string][] = [
  ['commission_earned', 'bonus:1', 'USD'],
  ['commission_reversed', 'commission:1:refund:77', 'EUR'],
]
for (const [kind, ref, currency] of strays) {
  test(`a balanced posting in ${currency} that nothing caused, ${ref}, is found`, async (t) => {
    const { server, program, failing } = await start(t)
    await server.db.sql(
      `with posting as (
          insert into ledger_transactions (program_id, created_at, kind, ref)
          values ($1, $2, $3, $4) returning program_id, id)
        insert into ledger_entries (program_id, transaction_id, line, account, partner_id, currency, amount_cents)
        select posting.program_id, posting.id, line, account, $5, $6, cents
        from posting, (values (1, 'expense', -500), (2, 'pending', 500)) as lines (line, account, cents)`,
      [program.programId, new Date(server.clock.nowMs()), kind, ref, program.partnerId, currency],
    )
    assert.notDeepEqual(await failing(), [])
  })
}
