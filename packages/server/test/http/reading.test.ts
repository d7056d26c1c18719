import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { addPartner, readSale, refund, sell, signUp } from '../harness/journeys.ts'
import { rawRequest } from '../harness/raw-http.ts'
import { startTestServer, type TestProgram, type TestServer } from '../harness/test-server.ts'

/** What a program's backend reads about its own money. */
let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

interface Account {
  account: string
  partner_code: string
  currency: string
  balance_cents: number
}

interface Transaction {
  id: number
  at: string
  kind: string
  ref: string
  entries: { account: string; partner_code: string; currency: string; amount_cents: number }[]
}

function ledger(program: TestProgram, query = '') {
  return server.send('GET', `/api/v1/programs/me/ledger${query}`, { key: program.apiKey })
}

test('a sale can be read whole: money, commission, and why that partner got it', async () => {
  const program = await server.provision()
  const click_id = await signUp(server, program, 'u1')
  const at = new Date(server.clock.nowMs()).toISOString()
  const sale = await sell(server, program, {
    transaction_id: 't1',
    customer_key: 'u1',
    amount_cents: 4_900,
  })
  await refund(server, program, { transaction_id: 't1', refund_amount_cents: 1_000 })
  const answer = await readSale(server, program, 't1')
  assert.equal(answer.status, 200)
  const { data } = answer.body
  assert.deepEqual(answer.body, {
    data: {
      sale_id: sale.body.sale_id,
      transaction_id: 't1',
      amount_cents: 4_900,
      currency: 'USD',
      refunded_cents: 1_000,
      attributed: true,
      reason: null,
      partner_code: program.code,
      click_id,
      customer_key: 'u1',
      commission: {
        commission_id: sale.body.commission_id,
        amount_cents: 1_470,
        reversed_cents: 300,
        currency: 'USD',
        status: 'refunded',
        hold_ends_at: new Date(server.clock.nowMs() + 30 * 86_400_000).toISOString(),
        policy_id: data.commission.policy_id,
        policy_version: 1,
      },
      attribution: {
        model: 'last_click',
        binding: 'click',
        verdict: 'attributed',
        window_days: 60,
        touches: [
          {
            click_event_id: data.attribution.touches[0].click_event_id,
            click_id,
            partner_code: program.code,
            at,
            considered: true,
            why: 'last_click',
          },
        ],
      },
      created_at: at,
    },
  })
})

test('an unknown sale is 404 in the form of agents', async () => {
  const program = await server.provision()
  for (const path of ['unknown', '%00', 'x'.repeat(255), '%F0%9F%98%80', '']) {
    const url = `/api/v1/programs/me/sales/${path}`
    const answer = await rawRequest(server.url, 'GET', url, {
      headers: { authorization: `Bearer ${program.apiKey}` },
    })
    assert.equal(answer.status, 404, path)
    assert.deepEqual(Object.keys(JSON.parse(answer.text).error), [
      'code',
      'message',
      'status',
      'request_id',
    ])
  }
})

test('any transaction id can be read back through its percent-encoding', async () => {
  const program = await server.provision()
  await signUp(server, program, 'u1')
  const ids = [
    'a/b',
    'a b',
    'a+b',
    'a%2Fb',
    '100%',
    'a?b',
    'a#b',
    'é',
    '日本',
    "'",
    '"',
    '\\',
    'a;b',
    'a:b',
    '\t',
    '\n',
    '*',
  ]
  for (const transaction_id of ids)
    await sell(server, program, { transaction_id, customer_key: 'u1' })
  for (const transaction_id of ids) {
    const answer = await readSale(server, program, transaction_id)
    assert.equal(answer.body.data?.transaction_id, transaction_id)
  }
  for (const near of ['A/B', 'a  b', ' a b', 'a b ', 'E', 'e']) {
    assert.equal((await readSale(server, program, near)).status, 404, near)
  }
})

test('the ids of dots, which every URL parser takes for folders, can be read when sent as they are', async () => {
  const program = await server.provision()
  await signUp(server, program, 'u1')
  for (const transaction_id of ['.', '..']) {
    await sell(server, program, { transaction_id, customer_key: 'u1' })
    const answer = await rawRequest(
      server.url,
      'GET',
      `/api/v1/programs/me/sales/${transaction_id}`,
      {
        headers: { authorization: `Bearer ${program.apiKey}` },
      },
    )
    assert.equal(answer.status, 200)
  }
})

test('the ledger shows every account with its balance, and sums to zero in each currency', async () => {
  const program = await server.provision()
  const other = await addPartner(server, program, `second-${program.programId}`)
  await signUp(server, program, 'u1')
  await signUp(server, program, 'u2', { affiliate_url: program.landing(other.codes[0]) })
  await sell(server, program, { transaction_id: 't1', customer_key: 'u1', amount_cents: 1_000 })
  await sell(server, program, { transaction_id: 't2', customer_key: 'u2', amount_cents: 2_000 })
  await sell(server, program, {
    transaction_id: 't3',
    customer_key: 'u2',
    amount_cents: 500,
    currency: 'JPY',
  })
  await refund(server, program, { transaction_id: 't1' })
  const { data, meta } = (await ledger(program)).body
  const balances = new Map(
    data.accounts.map((one: Account) => [
      `${one.account} ${one.partner_code} ${one.currency}`,
      one.balance_cents,
    ]),
  )
  const [first, second] = [program.code, other.codes[0]]
  assert.deepEqual(
    balances,
    new Map([
      [`expense ${first} USD`, 0],
      [`pending ${first} USD`, 0],
      [`expense ${second} JPY`, -150],
      [`pending ${second} JPY`, 150],
      [`expense ${second} USD`, -600],
      [`pending ${second} USD`, 600],
    ]),
  )
  assert.deepEqual(data.sum_cents, { USD: 0, JPY: 0 })
  assert.equal(meta.pagination.nextCursor, null)
  assert.deepEqual(
    data.transactions.map((one: Transaction) => one.kind),
    ['commission_reversed', 'commission_earned', 'commission_earned', 'commission_earned'],
  )
  for (const { entries, at } of data.transactions as Transaction[]) {
    assert.equal(
      entries.reduce((sum, entry) => sum + entry.amount_cents, 0),
      0,
    )
    assert.equal(at, new Date(server.clock.nowMs()).toISOString())
  }
})

test('the ledger can be asked for one partner and one currency', async () => {
  const program = await server.provision({ partner: { code: 'Ledger-First' } })
  await addPartner(server, program, 'Ledger-Second')
  await signUp(server, program, 'u1')
  await signUp(server, program, 'u2', { affiliate_url: program.landing('Ledger-Second') })
  await sell(server, program, { transaction_id: 't1', customer_key: 'u1' })
  await sell(server, program, { transaction_id: 't2', customer_key: 'u2' })
  await sell(server, program, { transaction_id: 't3', customer_key: 'u2', currency: 'EUR' })
  const cases: [string, string[]][] = [
    ['?partner_code=Ledger-First', ['Ledger-First USD']],
    ['?partner_code=ledger-SECOND', ['Ledger-Second EUR', 'Ledger-Second USD']],
    ['?currency=eur', ['Ledger-Second EUR']],
    ['?currency=USD', ['Ledger-First USD', 'Ledger-Second USD']],
    ['?partner_code=Ledger-Second&currency=USD', ['Ledger-Second USD']],
    ['?partner_code=Ledger-First&currency=EUR', []],
    ['?unknown=1', ['Ledger-First USD', 'Ledger-Second EUR', 'Ledger-Second USD']],
  ]
  for (const [query, expected] of cases) {
    const { data } = (await ledger(program, query)).body
    const name = (one: { partner_code: string; currency: string }) =>
      `${one.partner_code} ${one.currency}`
    const accounts = new Set<string>(data.accounts.map(name))
    const entries = new Set<string>(
      data.transactions.flatMap((one: Transaction) => one.entries.map(name)),
    )
    assert.deepEqual([...accounts].sort(), expected, query)
    assert.deepEqual([...entries].sort(), expected, query)
    assert.ok(Object.values(data.sum_cents).every((sum) => sum === 0))
  }
})

test('pages of the ledger are newest first and together hold every transaction once', async () => {
  const program = await server.provision()
  await signUp(server, program, 'u1')
  for (let i = 0; i < 105; i += 1) {
    await sell(server, program, { transaction_id: `t${i}`, customer_key: 'u1', amount_cents: 100 })
  }
  const seen: number[] = []
  const sizes: number[] = []
  let cursor: string | null = null
  do {
    const { body } = await ledger(program, cursor === null ? '' : `?cursor=${cursor}`)
    const ids = body.data.transactions.map((one: Transaction) => one.id)
    seen.push(...ids)
    sizes.push(ids.length)
    assert.equal(
      body.data.accounts.find((one: Account) => one.account === 'pending').balance_cents,
      3_150,
    )
    cursor = body.meta.pagination.nextCursor
    if (sizes.length === 1) {
      await sell(server, program, {
        transaction_id: 'meanwhile',
        customer_key: 'u1',
        amount_cents: 1,
      })
    }
  } while (cursor !== null && sizes.length < 10)
  assert.deepEqual(sizes, [50, 50, 5])
  assert.equal(new Set(seen).size, 105)
  assert.deepEqual(
    seen,
    [...seen].sort((a, b) => b - a),
  )
})

test('what is wrong with a question to the ledger is said in one sentence', async () => {
  const program = await server.provision()
  const cases: [string, number, string][] = [
    ['?currency=XXX', 400, 'currency must be an ISO 4217 code, such as USD'],
    ['?cursor=abc', 400, 'cursor must be the nextCursor of an earlier answer'],
    ['?cursor=-1', 400, 'cursor must be the nextCursor of an earlier answer'],
    [`?cursor=${'9'.repeat(16)}`, 400, 'cursor must be the nextCursor of an earlier answer'],
    ['?cursor=1&cursor=2', 400, 'cursor must be the nextCursor of an earlier answer'],
    [
      '?partner_code=%00',
      400,
      'partner_code must be 1 to 64 letters, digits, dashes or underscores',
    ],
    ['?partner_code=nobody', 404, 'partner_code names no partner of this program'],
  ]
  for (const [query, status, message] of cases) {
    const answer = await ledger(program, query)
    assert.deepEqual([answer.status, answer.body.error.message], [status, message], query)
    assert.equal(answer.body.error.status, status)
  }
})

test('an empty parameter of the ledger means absent, as an empty field does', async () => {
  const program = await server.provision()
  assert.equal((await ledger(program, '?partner_code=&currency=&cursor=')).status, 200)
})
