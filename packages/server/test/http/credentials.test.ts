import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { Writable } from 'node:stream'
import { after, before, test } from 'node:test'
import { pino } from 'pino'
import { rotateProgramKey } from '../../src/features/accounts/index.ts'
import { systemRandomness } from '../../src/shared/random.ts'
import { clickThrough, lead, readSale, refund, sell, signUp } from '../harness/journeys.ts'
import { tablesHolding } from '../harness/tables.ts'
import { startTestServer, type TestProgram, type TestServer } from '../harness/test-server.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

const missing = 'Missing or invalid Authorization header'
const invalid = 'Invalid API token'

/** Routes that need the program's key, with what they are sent. */
const trackingRoutes = ['sale', 'refund', 'lead'].flatMap((call) => [
  `/api/v1/track/${call}`,
  `/api/tracking/${call}`,
])
const readingRoutes = ['sales/t1', 'ledger', 'events', 'performance'].map(
  (reading) => `/api/v1/programs/me/${reading}`,
)

/** Headers that are no key of the program, each with the sentence it gets. */
async function wrongHeaders(program: TestProgram): Promise<[string, string, string][]> {
  const revoked = await keyOf(program, 'revoked_at = created_at')
  const expired = await keyOf(program, 'expires_at = created_at')
  return [
    ['the scheme alone', 'Bearer', missing],
    ['nothing after the scheme', 'Bearer ', missing],
    ['another scheme', `Basic ${btoa('user:password')}`, missing],
    ['a scheme of nobody', `Token ${program.apiKey}`, missing],
    ['a key without a scheme', program.apiKey, missing],
    ['two words after the scheme', `Bearer ${program.apiKey} x`, missing],
    ['a key glued to the scheme', `Bearer${program.apiKey}`, missing],
    ['an unknown key', `Bearer aff_${randomBytes(32).toString('base64url')}`, invalid],
    ['nonsense', 'Bearer nonsense', invalid],
    ['a shortened key', `Bearer ${program.apiKey.slice(0, -1)}`, invalid],
    ['a lengthened key', `Bearer ${program.apiKey}a`, invalid],
    ['a key in other case', `Bearer ${program.apiKey.toUpperCase()}`, invalid],
    [
      'a hash of the key',
      `Bearer ${createHash('sha256').update(program.apiKey).digest('hex')}`,
      invalid,
    ],
    ['a management key', `Bearer ${program.managementKey}`, invalid],
    ['a revoked key', `Bearer ${revoked}`, invalid],
    ['an expired key', `Bearer ${expired}`, invalid],
    ['a very long key', `Bearer ${'a'.repeat(5_000)}`, invalid],
  ]
}

/** Another key of the program, changed as the SQL says. */
async function keyOf(program: TestProgram, change: string): Promise<string> {
  const key = `aff_${randomBytes(32).toString('base64url')}`
  await server.db.sql(
    `insert into api_keys (kind, program_id, name, key_hash, key_masked, created_at)
      values ('program', $1, 'Extra', $2, 'x', $3)`,
    [program.programId, createHash('sha256').update(key).digest(), new Date(server.clock.nowMs())],
  )
  await server.db.sql(`update api_keys set ${change} where key_hash = $1`, [
    createHash('sha256').update(key).digest(),
  ])
  return key
}

test('every wrong header is refused with 401 on every tracking call that takes a key', async () => {
  const program = await server.provision()
  const click_id = await clickThrough(server, program)
  const body = { click_id, transaction_id: 't1', amount_cents: 100 }
  for (const [kind, authorization, sentence] of await wrongHeaders(program)) {
    for (const path of trackingRoutes) {
      const answer = await server.post(path, body, { headers: { authorization } })
      assert.equal(answer.status, 401, `${kind} at ${path}`)
      assert.equal(answer.body.error, sentence, `${kind} at ${path}`)
      const code = sentence === missing ? 'missing_credentials' : 'invalid_credentials'
      assert.equal(answer.body.code, code)
    }
  }
  const rows = await server.db.sql(
    'select from affiliate_sale_transactions where program_id = $1',
    [program.programId],
  )
  assert.equal(rows.length, 0)
})

test('every wrong header is refused with 401 on every reading, in the form of agents', async () => {
  const program = await server.provision()
  for (const [kind, authorization, sentence] of await wrongHeaders(program)) {
    for (const path of readingRoutes) {
      const answer = await server.send('GET', path, { headers: { authorization } })
      assert.equal(answer.status, 401, `${kind} at ${path}`)
      assert.equal(answer.body.error.message, sentence, `${kind} at ${path}`)
      assert.equal(answer.body.error.status, 401)
    }
  }
})

test('sale, refund and readings without a header are refused, a lead without one is the browser', async () => {
  const program = await server.provision()
  const click_id = await clickThrough(server, program)
  const body = { click_id, transaction_id: 't1', amount_cents: 100 }
  for (const path of trackingRoutes) {
    const answer = await server.post(path, body)
    if (path.endsWith('lead')) assert.equal(answer.body.success, true)
    else assert.deepEqual([answer.status, answer.body.error], [401, missing])
  }
  for (const path of readingRoutes) {
    const answer = await server.send('GET', path)
    assert.deepEqual([answer.status, answer.body.error.message], [401, missing])
  }
})

test('a click needs no key, and a wrong one does not stop it', async () => {
  const program = await server.provision()
  const body = { affiliate_url: program.landing() }
  for (const key of [undefined, 'nonsense', program.apiKey]) {
    assert.equal((await server.post('/api/v1/track/click', body, { key })).body.success, true)
  }
})

test('401 comes before anything that is wrong with the body', async () => {
  for (const path of trackingRoutes) {
    for (const rawBody of ['', '{', '[]', '{"amount_cents":"x"}', 'x'.repeat(70_000)]) {
      const answer = await server.send('POST', path, { key: 'nonsense', rawBody })
      assert.equal(answer.status, 401, `${path} ${rawBody.slice(0, 20)}`)
    }
    const headers = { authorization: 'Bearer nonsense', 'content-type': 'text/plain' }
    const answer = await server.send('POST', path, { rawBody: 'hello', headers })
    assert.equal(answer.status, 401, path)
  }
})

test("another program's key finds nothing of this program", async () => {
  const program = await server.provision()
  const other = await server.provision()
  const clickId = await signUp(server, program, 'u1')
  assert.equal(
    (await sell(server, program, { transaction_id: 't1', customer_key: 'u1' })).status,
    200,
  )
  const foreign: [Promise<{ status: number; body: { error: unknown } }>, number, string][] = [
    [
      sell(server, other, { transaction_id: 't2', customer_key: 'u1' }),
      400,
      'Customer not found. Provide customer_key or click_id.',
    ],
    [
      sell(server, other, { transaction_id: 't2', click_id: clickId }),
      400,
      'Customer not found. Provide customer_key or click_id.',
    ],
    [refund(server, other, { transaction_id: 't1' }), 404, 'Sale not found for transaction_id'],
    [lead(server, other, { click_id: clickId }), 400, 'Customer does not belong to this program'],
    [
      lead(server, other, { customer_key: 'u1' }),
      400,
      'Customer not found. Provide a valid click_id or customer_key.',
    ],
  ]
  for (const [sent, status, sentence] of foreign) {
    const answer = await sent
    assert.deepEqual([answer.status, answer.body.error], [status, sentence])
  }
  const seen = await readSale(server, other, 't1')
  const unknown = await readSale(server, other, 'never-existed')
  assert.deepEqual([seen.status, seen.body.error.message], [404, unknown.body.error.message])
  const ledger = await server.send('GET', '/api/v1/programs/me/ledger', { key: other.apiKey })
  assert.deepEqual(ledger.body.data, { accounts: [], transactions: [], sum_cents: {} })
  const path = `/api/v1/programs/me/ledger?partner_code=${program.code}`
  assert.equal((await server.send('GET', path, { key: other.apiKey })).status, 404)
})

test('a key that expires works up to that moment and not at it', async () => {
  const program = await server.provision()
  const key = await keyOf(program, "expires_at = created_at + interval '1 hour'")
  const read = () => server.send('GET', '/api/v1/programs/me/ledger', { key })
  server.clock.advance(3_599_999)
  assert.equal((await read()).status, 200)
  server.clock.advance(1)
  assert.equal((await read()).status, 401)
})

test('a rotated key works at once, and the old one dies at once', async () => {
  const program = await server.provision()
  const read = (key: string) => server.send('GET', '/api/v1/programs/me/ledger', { key })
  assert.equal((await read(program.apiKey)).status, 200)
  const { key } = await rotateProgramKey(
    server.db.database,
    systemRandomness,
    program.programId,
    server.clock.nowMs(),
  )
  assert.equal((await read(program.apiKey)).status, 401)
  assert.equal((await read(key)).status, 200)
})

test('keys look as described, and only hash and mask are stored', async () => {
  const program = await server.provision()
  assert.match(program.apiKey, /^aff_[A-Za-z0-9_-]{43}$/)
  assert.match(program.managementKey, /^affk_[A-Za-z0-9_-]{43}$/)
  await signUp(server, program, 'u1')
  await sell(server, program, { transaction_id: 't1', customer_key: 'u1' })
  for (const key of [program.apiKey, program.managementKey]) {
    assert.deepEqual(await tablesHolding(server.db, key), [])
    assert.deepEqual(await tablesHolding(server.db, key.slice(key.indexOf('_') + 1)), [])
    const hash = createHash('sha256').update(key).digest()
    const [row] = await server.db.sql('select key_masked from api_keys where key_hash = $1', [hash])
    const start = key.slice(0, key.indexOf('_') + 9)
    assert.equal(row?.key_masked, `${start}****${key.slice(-4)}`)
  }
})

test('no key, email or click id is ever logged, at the most talkative level', async () => {
  const lines: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const own = await startTestServer({ log: pino({ level: 'trace' }, stream) })
  try {
    const program = await own.provision()
    const email = 'ada.lovelace@example.com'
    const click_id = await clickThrough(own, program, { existing_click_id: 'cust_1_1_secret' })
    await lead(own, program, { click_id, customer_key: 'key-of-ada', email })
    await sell(own, program, { transaction_id: 'txn-of-ada', customer_key: 'key-of-ada', email })
    await readSale(own, program, 'txn-of-ada')
    await own.send('POST', '/api/v1/track/lead', { key: program.apiKey, rawBody: `{"${email}` })
    await own.db.sql(
      'alter table affiliate_refunds add constraint broken check (program_id < 0) not valid',
    )
    const failed = await refund(own, program, {
      transaction_id: 'txn-of-ada',
      refund_reason: email,
    })
    assert.equal(failed.status, 500)
    const log = lines.join('')
    assert.match(log, /request failed/)
    for (const secret of [
      program.apiKey,
      program.managementKey,
      email,
      click_id,
      'cust_1_1_secret',
      'key-of-ada',
      'txn-of-ada',
    ]) {
      assert.equal(log.includes(secret), false, `${secret} stands in the log`)
    }
  } finally {
    await own.close()
  }
})
