import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { addPartner, clickThrough, refund, sell } from '../harness/journeys.ts'
import { startTestServer, type TestProgram, type TestServer } from '../harness/test-server.ts'

// What the database refuses by itself: a mistake in the code then costs a 500, never a wrong sum.

const checkViolation = '23514'
const uniqueViolation = '23505'
const foreignKeyViolation = '23503'
const restrictViolation = '23001'

let server: TestServer
let program: TestProgram
before(async () => {
  server = await startTestServer()
  program = await server.provision()
  const clickId = await clickThrough(server, program)
  await sell(server, program, { transaction_id: 't1', click_id: clickId, customer_key: 'u1' })
  await refund(server, program, {
    transaction_id: 't1',
    refund_id: 'r1',
    refund_amount_cents: 2_500,
  })
})
after(() => server.close())

test('a commission is more than nothing, and never taken back beyond its amount', async () => {
  for (const change of [
    'amount_cents = 0',
    'amount_cents = -1',
    'reversed_cents = -1',
    'reversed_cents = amount_cents + 1',
    // What is called reversed is taken back whole.
    "status = 'reversed'",
    "status = 'lost'",
  ]) {
    await refuses(checkViolation, `update affiliate_commissions set ${change}`)
  }
})

test('the refunds of a sale never exceed it, and count as the greater of both tallies', async () => {
  for (const column of ['refunded_total_cents', 'refunded_by_id_cents']) {
    for (const value of ['amount_cents + 1', '-1']) {
      await refuses(checkViolation, `update affiliate_sale_transactions set ${column} = ${value}`)
    }
  }
  await refuses('428C9', 'update affiliate_sale_transactions set refunded_cents = 0')
  const tallies = await server.db.sql(
    `update affiliate_sale_transactions set refunded_total_cents = 3000
      returning refunded_by_id_cents::int as by_id, refunded_cents::int as refunded`,
  )
  assert.deepEqual(tallies, [{ by_id: 2_500, refunded: 3_000 }])
})

test('a refund id counts once on a sale, and a test refund never stands in its way', async () => {
  const insert = (refundId: string, isTest: boolean) =>
    `insert into affiliate_refunds (program_id, created_at, is_test, transaction_id, refund_id)
      values (${program.programId}, now(), ${isTest}, 't1', '${refundId}')`
  await refuses(uniqueViolation, insert('r1', false))
  await server.db.sql(insert('r1', true))
  await server.db.sql(insert('r2', false))
})

test('a transaction id is claimed once in a program, whatever else differs', async () => {
  const again = `insert into affiliate_sale_transactions (program_id, transaction_id, created_at, amount_cents,
      currency, customer_id, verdict, sale_id, partner_id, link_id, attribution)
    select program_id, transaction_id, now(), 1, 'EUR', customer_id, verdict, 999, partner_id, link_id, '{}'
    from affiliate_sale_transactions`
  await refuses(uniqueViolation, again)
  await refuses(
    uniqueViolation,
    `insert into affiliate_commissions (program_id, transaction_id, sale_id, partner_id, link_id, customer_id,
        amount_cents, currency, policy_id, policy_version, hold_ends_at, created_at)
      select program_id, transaction_id, sale_id, partner_id, link_id, customer_id,
        amount_cents, currency, policy_id, policy_version, hold_ends_at, created_at from affiliate_commissions`,
  )
})

test('a verdict and its sale go together', async () => {
  const update = (change: string) => `update affiliate_sale_transactions set ${change}`
  await refuses(checkViolation, update('sale_id = null'))
  await refuses(checkViolation, update("verdict = 'attribution_window_expired'"))
})

test('a commission needs its transaction, its partner in the program, and its policy version', async () => {
  const other = await server.provision()
  for (const change of [
    "transaction_id = 'never sold'",
    `partner_id = ${other.partnerId}`,
    'policy_version = 99',
  ]) {
    await refuses(foreignKeyViolation, `update affiliate_commissions set ${change}`)
  }
})

test('a referral code is unique in the whole installation, whatever its case', async () => {
  await addPartner(server, program, 'Ada-Lovelace')
  const other = await server.provision()
  const insert = (code: string) =>
    `insert into affiliate_referral_links (program_id, partner_id, code, landing_url, created_at)
      values (${other.programId}, ${other.partnerId}, '${code}', 'https://example.com', now())`
  await refuses(uniqueViolation, insert('ADA-LOVELACE'))
  await refuses(uniqueViolation, insert('ada-lovelace'))
  await refuses(checkViolation, insert('with space'))
  await refuses(checkViolation, insert(''))
})

test("a customer's click id and key are unique within the program only", async () => {
  const { programId } = program
  const other = await server.provision()
  const customer = (toProgram: number) =>
    `insert into affiliate_customers (program_id, click_id, created_at)
      select ${toProgram}, click_id, now() from affiliate_customers where program_id = ${programId}`
  await refuses(uniqueViolation, customer(programId))
  await server.db.sql(customer(other.programId))
  await refuses(
    uniqueViolation,
    'insert into affiliate_customer_keys select * from affiliate_customer_keys',
  )
})

test('a customer is a conversion when, and only when, there was a sale', async () => {
  const where = `where program_id = ${program.programId}`
  await refuses(checkViolation, `update affiliate_customers set status = 'click' ${where}`)
  await refuses(checkViolation, `update affiliate_customers set converted_at = null ${where}`)
  await refuses(
    checkViolation,
    `update affiliate_customers set status = 'lead', converted_at = null, lead_at = null ${where}`,
  )
})

test('policies are only ever added to: no version is changed, deleted or emptied', async () => {
  const before = await server.db.sql('select * from affiliate_commission_policies order by id')
  for (const statement of [
    'update affiliate_commission_policies set rate_bps = 1',
    'delete from affiliate_commission_policies',
    'truncate affiliate_commission_policies cascade',
  ]) {
    await refuses(restrictViolation, statement)
  }
  assert.deepEqual(
    await server.db.sql('select * from affiliate_commission_policies order by id'),
    before,
  )
})

test('a policy is either a percentage or an amount with its currency', async () => {
  const columns = `program_id, version, group_id, effective_from, type, rate_bps, fixed_cents, currency,
    duration, duration_months, hold_days, created_at`
  const insert = (values: string) =>
    `insert into affiliate_commission_policies (${columns})
      select program_id, 2, group_id, now(), ${values}, 30, now() from affiliate_commission_policies
      where program_id = ${program.programId}`
  for (const values of [
    "'percent', null, null, null, 'lifetime', null",
    "'percent', 10001, null, null, 'lifetime', null",
    "'percent', -1, null, null, 'lifetime', null",
    "'percent', 3000, 500, 'USD', 'lifetime', null",
    "'fixed', null, 500, null, 'lifetime', null",
    "'fixed', 3000, null, 'USD', 'lifetime', null",
    "'percent', 3000, null, null, 'months', null",
    "'percent', 3000, null, null, 'lifetime', 12",
  ]) {
    await refuses(checkViolation, insert(values))
  }
  await server.db.sql(insert("'fixed', null, 500, 'USD', 'months', 12"))
})

test('a program has one default group, and each key stands once', async () => {
  await refuses(
    uniqueViolation,
    `insert into affiliate_partner_groups (program_id, name, is_default, created_at)
      values (${program.programId}, 'Another default', true, now())`,
  )
  await refuses(
    uniqueViolation,
    `insert into api_keys (kind, program_id, name, key_hash, key_masked, created_at)
      select kind, program_id, name, key_hash, key_masked, now() from api_keys`,
  )
})

/** The statement fails with this SQLSTATE. */
async function refuses(code: string, statement: string): Promise<void> {
  await assert.rejects(server.db.sql(statement), { code }, statement)
}
