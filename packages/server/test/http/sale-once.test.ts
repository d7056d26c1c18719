import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { balance, readSale, refund, sell, signUp } from '../harness/journeys.ts'
import { rowCounts } from '../harness/tables.ts'
import { startTestServer, type TestProgram, type TestServer } from '../harness/test-server.ts'

/** The transaction id makes a sale happen once, for ever, within its program. */
let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

const duplicate = 'Duplicate transaction_id. This sale has already been recorded.'

async function withCustomer(change = {}): Promise<TestProgram> {
  const program = await server.provision(change)
  await signUp(server, program, 'u1')
  return program
}

test("a repeated sale answers 409 with the first sale's ids and adds nothing", async () => {
  const program = await withCustomer()
  const sale = { transaction_id: 't1', customer_key: 'u1', amount_cents: 4_900 }
  const first = await sell(server, program, sale)
  const before = await rowCounts(server.db)
  for (const changed of [{}, { customer_key: 'nobody' }, { email: 'x@y.z' }, { currency: 'usd' }]) {
    const answer = await sell(server, program, { ...sale, ...changed })
    assert.equal(answer.status, 409)
    const { request_id, ...body } = answer.body
    assert.equal(request_id, answer.headers.get('x-request-id'))
    assert.deepEqual(body, {
      error: duplicate,
      code: 'duplicate_transaction',
      sale_id: first.body.sale_id,
      commission_id: first.body.commission_id,
    })
  }
  assert.deepEqual(await rowCounts(server.db), before)
  assert.equal(await balance(server, program, 'pending'), 1_470)
})

test('a repeated sale with another amount or currency is a mismatch, with the same ids', async () => {
  const program = await withCustomer()
  const sale = { transaction_id: 't1', customer_key: 'u1', amount_cents: 4_900 }
  const first = await sell(server, program, sale)
  for (const changed of [{ amount_cents: 4_901 }, { currency: 'EUR' }]) {
    const answer = await sell(server, program, { ...sale, ...changed })
    assert.deepEqual(
      [
        answer.status,
        answer.body.error,
        answer.body.code,
        answer.body.sale_id,
        answer.body.commission_id,
      ],
      [409, duplicate, 'transaction_mismatch', first.body.sale_id, first.body.commission_id],
    )
  }
})

test('a sale that earned nothing repeats with a null commission', async () => {
  const program = await withCustomer({ policy: { rate: { type: 'percent', bps: 0 } } })
  const sale = { transaction_id: 't1', customer_key: 'u1' }
  const first = await sell(server, program, sale)
  const again = await sell(server, program, sale)
  assert.deepEqual(
    [again.status, again.body.sale_id, again.body.commission_id],
    [409, first.body.sale_id, null],
  )
})

test('the id stays taken for ever: after months, a refund, and a key change', async () => {
  const program = await withCustomer()
  const sale = { transaction_id: 't1', customer_key: 'u1' }
  const first = await sell(server, program, sale)
  await refund(server, program, { transaction_id: 't1' })
  const startMs = server.clock.nowMs()
  server.clock.advance(300 * 86_400_000)
  const again = await sell(server, program, sale)
  assert.deepEqual([again.status, again.body.sale_id], [409, first.body.sale_id])
  server.clock.set(startMs)
})

test('ids are compared exactly: case, spaces and Unicode forms make different sales', async () => {
  const program = await withCustomer()
  const ids = [
    'in_1',
    'IN_1',
    'in_1 ',
    ' in_1',
    'in 1',
    'é',
    'e\u0301',
    '日本',
    '😀',
    'a/b?c#d%2F',
    '%',
    '..',
    "' or 1=1",
    '\\',
    '"',
    '__proto__',
    '\u200b',
    '0',
    '00',
  ]
  const saleIds = new Set<number>()
  for (const transaction_id of ids) {
    const answer = await sell(server, program, { transaction_id, customer_key: 'u1' })
    assert.equal(answer.status, 200, transaction_id)
    saleIds.add(answer.body.sale_id)
  }
  assert.equal(saleIds.size, ids.length)
  for (const transaction_id of ids) {
    assert.equal(
      (await sell(server, program, { transaction_id, customer_key: 'u1' })).status,
      409,
      transaction_id,
    )
  }
})

test('an id may have 255 characters, of any width, and not 256', async () => {
  const program = await withCustomer()
  for (const character of ['x', 'é', '日', '😀']) {
    const longest = character.repeat(255)
    const sale = { transaction_id: longest, customer_key: 'u1' }
    const answer = await sell(server, program, sale)
    assert.equal(answer.status, 200, character)
    const read = await readSale(server, program, longest)
    assert.equal(read.status, 200, character)
    assert.equal(read.body.data.transaction_id, longest)
    const taken = await refund(server, program, { transaction_id: longest })
    assert.equal(taken.body.status, 'reversed')
    const over = await sell(server, program, { ...sale, transaction_id: longest + character })
    assert.equal(over.status, 400, character)
  }
})

test('two programs may use the same transaction id', async () => {
  const [one, two] = [await withCustomer(), await withCustomer()]
  const sale = { transaction_id: 'shared', customer_key: 'u1' }
  const first = await sell(server, one, sale)
  const second = await sell(server, two, sale)
  assert.deepEqual([first.status, second.status], [200, 200])
  assert.notEqual(first.body.sale_id, second.body.sale_id)
})

test('of the same sale sent many times at once, one counts and all others name it', async () => {
  const program = await withCustomer()
  const sale = { transaction_id: 't1', customer_key: 'u1' }
  const answers = await Promise.all(Array.from({ length: 20 }, () => sell(server, program, sale)))
  const won = answers.filter((answer) => answer.status === 200)
  assert.equal(won.length, 1)
  const lost = answers.filter((answer) => answer.status === 409)
  assert.equal(lost.length, 19)
  assert.deepEqual(
    new Set(lost.map((answer) => answer.body.sale_id)),
    new Set([won[0]?.body.sale_id]),
  )
  assert.equal(await balance(server, program, 'pending'), 3_000)
})
