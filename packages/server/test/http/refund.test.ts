import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { balance, readSale, refund, sell, signUp } from '../harness/journeys.ts'
import { rowCounts } from '../harness/tables.ts'
import {
  type PlanChange,
  startTestServer,
  type TestProgram,
  type TestServer,
} from '../harness/test-server.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

/** A program whose customer u1 bought t1, for 100.00 unless said otherwise. */
async function withSale(sale = {}, change: PlanChange = {}) {
  const program = await server.provision(change)
  await signUp(server, program, 'u1')
  const answer = await sell(server, program, { transaction_id: 't1', customer_key: 'u1', ...sale })
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return { program, commissionId: answer.body.commission_id }
}

async function commissionOf(program: TestProgram, transactionId = 't1') {
  return (await readSale(server, program, transactionId)).body.data.commission
}

test('a refund without an amount, with null or with 0 takes everything back', async () => {
  for (const amount of [
    {},
    { refund_amount_cents: 0 },
    { refund_amount_cents: null },
    { refund_amount_cents: 10_000 },
  ]) {
    const { program, commissionId } = await withSale()
    const answer = await refund(server, program, { transaction_id: 't1', ...amount })
    assert.equal(answer.status, 200)
    assert.deepEqual(answer.body, {
      success: true,
      status: 'reversed',
      deductionAmount: 30,
      deduction_amount_cents: 3_000,
      commission_id: commissionId,
    })
    const commission = await commissionOf(program)
    assert.deepEqual([commission.status, commission.reversed_cents], ['reversed', 3_000])
    assert.equal(await balance(server, program, 'pending'), 0)
    assert.equal(await balance(server, program, 'expense'), 0)
  }
})

test('a part takes back the same part of the commission', async () => {
  const { program, commissionId } = await withSale()
  const answer = await refund(server, program, { transaction_id: 't1', refund_amount_cents: 2_500 })
  assert.deepEqual(answer.body, {
    success: true,
    status: 'refunded',
    deductionAmount: 7.5,
    deduction_amount_cents: 750,
    commission_id: commissionId,
  })
  const commission = await commissionOf(program)
  assert.deepEqual([commission.status, commission.reversed_cents], ['refunded', 750])
  assert.equal((await readSale(server, program, 't1')).body.data.refunded_cents, 2_500)
  assert.equal(await balance(server, program, 'pending'), 2_250)
})

test('without refund_id the amount is the total so far: the same call twice changes nothing', async () => {
  const { program, commissionId } = await withSale()
  const total = (cents: number) =>
    refund(server, program, { transaction_id: 't1', refund_amount_cents: cents })
  assert.equal((await total(2_000)).body.deduction_amount_cents, 600)
  const before = await rowCounts(server.db)
  for (const cents of [2_000, 2_000, 1_000]) {
    assert.deepEqual((await total(cents)).body, {
      success: true,
      status: 'skipped',
      reason: 'already reversed',
      commission_id: commissionId,
    })
  }
  assert.deepEqual(await rowCounts(server.db), before)
  assert.equal((await total(5_000)).body.deduction_amount_cents, 900)
  const rest = await total(10_000)
  assert.deepEqual([rest.body.status, rest.body.deduction_amount_cents], ['reversed', 1_500])
  assert.equal((await refund(server, program, { transaction_id: 't1' })).body.status, 'skipped')
})

test('with refund_id the amount is its own, and each id counts once', async () => {
  const { program } = await withSale()
  const own = (refund_id: string, cents: number) =>
    refund(server, program, { transaction_id: 't1', refund_id, refund_amount_cents: cents })
  assert.equal((await own('r1', 2_000)).body.deduction_amount_cents, 600)
  assert.equal((await own('r1', 2_000)).body.status, 'skipped')
  assert.equal((await own('r1', 500)).body.status, 'skipped')
  assert.equal((await own('R1', 2_000)).body.deduction_amount_cents, 600)
  const last = await own('r3', 6_000)
  assert.deepEqual([last.body.status, last.body.deduction_amount_cents], ['reversed', 1_800])
})

test('a refund_id without an amount takes what is left', async () => {
  const { program } = await withSale()
  await refund(server, program, {
    transaction_id: 't1',
    refund_id: 'r1',
    refund_amount_cents: 4_000,
  })
  const rest = await refund(server, program, { transaction_id: 't1', refund_id: 'r2' })
  assert.deepEqual([rest.body.status, rest.body.deduction_amount_cents], ['reversed', 1_800])
})

test('the same refund_id on two sales is two refunds', async () => {
  const { program } = await withSale()
  await sell(server, program, { transaction_id: 't2', customer_key: 'u1' })
  for (const transaction_id of ['t1', 't2']) {
    const body = { transaction_id, refund_id: 'r1', refund_amount_cents: 1_000 }
    assert.equal((await refund(server, program, body)).body.deduction_amount_cents, 300)
  }
})

test('a total or a sum over refund ids above the sale is refused and changes nothing', async () => {
  const { program } = await withSale()
  await refund(server, program, {
    transaction_id: 't1',
    refund_id: 'r1',
    refund_amount_cents: 6_000,
  })
  const before = await rowCounts(server.db)
  for (const body of [
    { refund_amount_cents: 10_001 },
    { refund_id: 'r2', refund_amount_cents: 4_001 },
    { refund_amount_cents: 10 ** 12 },
  ]) {
    const answer = await refund(server, program, { transaction_id: 't1', ...body })
    assert.deepEqual(
      [answer.status, answer.body.error, answer.body.code],
      [400, 'refund_amount_cents exceeds what is left of the sale', 'refund_exceeds_sale'],
    )
  }
  assert.deepEqual(await rowCounts(server.db), before)
  assert.equal(await balance(server, program, 'pending'), 1_200)
  const fits = await refund(server, program, {
    transaction_id: 't1',
    refund_id: 'r2',
    refund_amount_cents: 4_000,
  })
  assert.equal(fits.body.status, 'reversed')
})

test('totals and refund ids describe the same refunds: whatever the order, nothing is taken twice', async () => {
  const program = await server.provision()
  await signUp(server, program, 'u1')
  const reports = [
    { refund_amount_cents: 3_000 },
    { refund_amount_cents: 5_500 },
    { refund_id: 'r1', refund_amount_cents: 3_000 },
    { refund_id: 'r2', refund_amount_cents: 2_501 },
  ]
  for (const [i, order] of permutations(reports).entries()) {
    const transaction_id = `t${i}`
    await sell(server, program, { transaction_id, customer_key: 'u1', amount_cents: 9_999 })
    let taken = 0
    for (const report of [...order, ...order]) {
      const answer = await refund(server, program, { transaction_id, ...report })
      assert.equal(answer.status, 200)
      taken += answer.body.deduction_amount_cents ?? 0
    }
    const { data } = (await readSale(server, program, transaction_id)).body
    assert.equal(data.refunded_cents, 5_501)
    // 30 % of 99.99 is 30.00, of the 44.98 that are left 13.49.
    assert.deepEqual([data.commission.reversed_cents, taken], [3_000 - 1_349, 3_000 - 1_349])
  }
})

test('parts of a refund add up to the commission, to the cent', async () => {
  const seed = Date.now()
  console.log(`seed ${seed}`)
  const program = await server.provision({ policy: { rate: { type: 'percent', bps: 3_333 } } })
  await signUp(server, program, 'u1')
  let sales = 0
  const parts = fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(parts, fc.boolean(), async (amounts, byId) => {
      const transaction_id = `p${sales++}`
      const amount_cents = amounts.reduce((sum, part) => sum + part, 0)
      const sale = await sell(server, program, { transaction_id, customer_key: 'u1', amount_cents })
      let taken = 0
      let total = 0
      for (const [i, part] of amounts.entries()) {
        total += part
        const body = byId
          ? { refund_id: `r${i}`, refund_amount_cents: part }
          : { refund_amount_cents: total }
        const answer = await refund(server, program, { transaction_id, ...body })
        const isLast = i === amounts.length - 1
        const withCommission = isLast ? 'reversed' : 'refunded'
        assert.equal(
          answer.body.status,
          sale.body.commission_id === null ? 'no_commission' : withCommission,
        )
        taken += answer.body.deduction_amount_cents ?? 0
        const exact = (sale.body.commission_cents * total) / amount_cents
        assert.ok(Math.abs(taken - exact) <= 1, `${taken} of ${exact} after ${total}`)
      }
      assert.equal(taken, sale.body.commission_cents)
    }),
    { seed, numRuns: 20 },
  )
  assert.equal(await balance(server, program, 'pending'), 0)
})

test('deductionAmount is in major units of the currency', async () => {
  const table: [string, number, number, number][] = [
    ['USD', 10_000, 12.5, 1_250],
    ['JPY', 10_000, 1_250, 1_250],
    ['KWD', 10_000, 1.25, 1_250],
    ['CLF', 10_000, 0.125, 1_250],
  ]
  for (const [currency, amount_cents, major, minor] of table) {
    const change: PlanChange = { policy: { rate: { type: 'percent', bps: 2_500 } } }
    const { program } = await withSale({ amount_cents, currency }, change)
    const answer = await refund(server, program, {
      transaction_id: 't1',
      refund_amount_cents: 5_000,
    })
    assert.deepEqual(
      [answer.body.deductionAmount, answer.body.deduction_amount_cents],
      [major, minor],
    )
  }
})

test('a fixed commission is taken back in proportion, in its own currency', async () => {
  const rate = { type: 'fixed', amountCents: 1_001, currency: 'KWD' } as const
  const { program } = await withSale({}, { policy: { rate } })
  const half = await refund(server, program, { transaction_id: 't1', refund_amount_cents: 5_000 })
  assert.deepEqual([half.body.deductionAmount, half.body.deduction_amount_cents], [0.5, 500])
  const rest = await refund(server, program, { transaction_id: 't1' })
  assert.deepEqual([rest.body.status, rest.body.deduction_amount_cents], ['reversed', 501])
  assert.equal(await balance(server, program, 'pending', 'KWD'), 0)
})

test('a refund so small that no cent of commission goes back still counts', async () => {
  const { program } = await withSale(
    { amount_cents: 100 },
    { policy: { rate: { type: 'percent', bps: 100 } } },
  )
  const answer = await refund(server, program, { transaction_id: 't1', refund_amount_cents: 10 })
  assert.deepEqual([answer.body.status, answer.body.deduction_amount_cents], ['refunded', 0])
  assert.equal((await readSale(server, program, 't1')).body.data.refunded_cents, 10)
})

test('a sale without commission has none to reverse, and its refund is still recorded', async () => {
  const { program } = await withSale({}, { policy: { rate: { type: 'percent', bps: 0 } } })
  for (let i = 0; i < 2; i += 1) {
    const answer = await refund(server, program, {
      transaction_id: 't1',
      refund_amount_cents: 4_000,
    })
    assert.equal(answer.status, 200)
    assert.deepEqual(answer.body, {
      success: true,
      status: 'no_commission',
      message: 'Sale has no commission to reverse',
    })
  }
  assert.equal((await readSale(server, program, 't1')).body.data.refunded_cents, 4_000)
})

test('what is wrong with a refund is said in one sentence', async () => {
  const { program } = await withSale()
  const amount = 'refund_amount_cents must be a whole number of cents that is not negative'
  const cases: [object, string][] = [
    [{ transaction_id: undefined }, 'transaction_id is required'],
    [{ transaction_id: null }, 'transaction_id is required'],
    [{ transaction_id: '' }, 'transaction_id is required'],
    [{ refund_amount_cents: -1 }, amount],
    [{ refund_amount_cents: 0.5 }, amount],
    [{ refund_amount_cents: '100' }, amount],
    [{ refund_amount_cents: true }, amount],
    [{ refund_amount_cents: 10 ** 12 + 1 }, 'refund_amount_cents must be at most 1000000000000'],
    [{ refund_id: 1 }, 'refund_id must be a string of at most 255 characters'],
    [{ refund_id: 'x'.repeat(256) }, 'refund_id must be a string of at most 255 characters'],
    [{ refund_id: '\ud800' }, 'refund_id must not contain NUL characters or broken Unicode'],
    [{ refund_reason: 1 }, 'refund_reason must be a string'],
  ]
  for (const [fields, error] of cases) {
    const answer = await refund(server, program, { transaction_id: 't1', ...fields })
    assert.deepEqual([answer.status, answer.body.error], [400, error], JSON.stringify(fields))
  }
  const wrongType = await refund(server, program, { transaction_id: 5 })
  assert.equal(wrongType.status, 400)
  assert.match(wrongType.body.error, /^transaction_id is required/)
  assert.equal(await balance(server, program, 'pending'), 3_000)
})

test("an unknown sale, another program's and one refused by its window are 404", async () => {
  const { program } = await withSale()
  const other = await server.provision()
  const click_id = await signUp(server, other, 'u1')
  server.clock.advance(75 * 86_400_000)
  const late = await sell(server, other, { transaction_id: 'late', click_id })
  assert.equal(late.body.attributed, false)
  for (const [caller, transaction_id] of [
    [program, 'unknown'],
    [program, 'T1'],
    [other, 't1'],
    [other, 'late'],
  ] as const) {
    const answer = await refund(server, caller, { transaction_id })
    assert.deepEqual(
      [answer.status, answer.body.error, answer.body.code],
      [404, 'Sale not found for transaction_id', 'sale_not_found'],
    )
  }
  assert.equal(await balance(server, program, 'pending'), 3_000)
})

test('a refund counts on its own day, and leaves the day of the sale as it was', async () => {
  const { program } = await withSale()
  server.clock.advance(86_400_000)
  await refund(server, program, {
    transaction_id: 't1',
    refund_amount_cents: 5_000,
    refund_reason: 'too small',
  })
  const rows = await server.db.sql(
    `select revenue_cents::int as revenue, refunded_cents::int as refunded, commission_cents::int as commission,
        commission_reversed_cents::int as reversed
      from affiliate_daily_money where program_id = $1 and link_id = 0 order by day`,
    [program.programId],
  )
  assert.deepEqual(rows, [
    { revenue: 10_000, refunded: 0, commission: 3_000, reversed: 0 },
    { revenue: 0, refunded: 5_000, commission: 0, reversed: 1_500 },
  ])
  const [stored] = await server.db.sql(
    'select refund_reason from affiliate_refunds where program_id = $1',
    [program.programId],
  )
  assert.equal(stored?.refund_reason, 'too small')
})

function permutations<T>(items: T[]): T[][] {
  if (items.length <= 1) return [items]
  return items.flatMap((first, i) =>
    permutations(items.filter((_, at) => at !== i)).map((rest) => [first, ...rest]),
  )
}
