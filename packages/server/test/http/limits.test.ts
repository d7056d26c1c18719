import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { readConfig } from '../../src/config.ts'
import { chrome } from '../harness/journeys.ts'
import { testStartMs } from '../harness/test-database.ts'
import { type Answer, startTestServer, type TestServer } from '../harness/test-server.ts'

/** Small limits, behind a trusted proxy on this machine and without one. Each test has a minute of its own. */
const rateLimits = { click: 3, browserLead: 2, write: 4, read: 2, testEvent: 2 }
let proxied: TestServer
let direct: TestServer
let minutes = 0
before(async () => {
  proxied = await startTestServer({ rateLimits, trustProxy: ['loopback'] })
  direct = await startTestServer({ rateLimits })
})
beforeEach(() => {
  minutes += 5
  for (const server of [proxied, direct]) server.clock.set(testStartMs + minutes * 60_000)
})
after(async () => {
  await proxied.close()
  await direct.close()
})

const from = (ip: string) => ({ 'x-forwarded-for': ip })

function clickFrom(ip: string, path = '/api/v1/track/click'): Promise<Answer> {
  return proxied.post(
    path,
    { affiliate_url: 'https://example.com/?aff=nobody' },
    { headers: from(ip) },
  )
}

function assertHeaders(answer: Answer, limit: number, remaining: number, reset: number): void {
  for (const prefix of ['', 'x-']) {
    const header = (name: string) =>
      Number(answer.headers.get(`${prefix}ratelimit-${name}`) ?? Number.NaN)
    assert.deepEqual(
      [header('limit'), header('remaining'), header('reset')],
      [limit, remaining, reset],
    )
  }
}

function assertLimited(answer: Answer, retryAfterSeconds: number): void {
  assert.equal(answer.status, 429)
  assert.equal(answer.headers.get('retry-after'), String(retryAfterSeconds))
  assert.deepEqual(answer.body, {
    error: 'Too many requests',
    code: 'rate_limited',
    request_id: answer.headers.get('x-request-id'),
  })
}

test('clicks are limited by address, with headers that count down, until the next minute', async () => {
  proxied.clock.advance(15_500)
  for (const remaining of [2, 1, 0]) {
    const answer = await clickFrom('198.51.100.1')
    assert.equal(answer.status, 400)
    assertHeaders(answer, 3, remaining, 45)
  }
  const refused = await clickFrom('198.51.100.1')
  assertLimited(refused, 45)
  assertHeaders(refused, 3, 0, 45)
  assert.equal((await clickFrom('198.51.100.2')).status, 400, 'another address is not concerned')
  proxied.clock.advance(44_499)
  assertLimited(await clickFrom('198.51.100.1'), 1)
  proxied.clock.advance(1)
  assertHeaders(await clickFrom('198.51.100.1'), 3, 2, 60)
})

test('a limited click is not stored', async () => {
  const program = await proxied.provision()
  const body = { affiliate_url: program.landing(), user_agent: chrome }
  const headers = from('198.51.100.9')
  for (let i = 0; i < 5; i += 1) await proxied.post('/api/v1/track/click', body, { headers })
  const rows = await proxied.db.sql('select from affiliate_click_events where program_id = $1', [
    program.programId,
  ])
  assert.equal(rows.length, 3)
})

test('the legacy path counts together with the v1 path, and says so when it refuses', async () => {
  for (let i = 0; i < 3; i += 1) await clickFrom('198.51.100.3', '/api/tracking/click')
  assertLimited(await clickFrom('198.51.100.3'), 60)
  const legacy = await clickFrom('198.51.100.3', '/api/tracking/click')
  assertLimited(legacy, 60)
  assert.equal(legacy.headers.get('deprecation'), 'true')
  assert.equal(legacy.headers.get('access-control-allow-origin'), '*')
})

test('preflights and unknown paths use nothing up', async () => {
  const headers = from('198.51.100.4')
  for (let i = 0; i < 6; i += 1) {
    assert.equal((await proxied.send('OPTIONS', '/api/v1/track/click', { headers })).status, 200)
    assert.equal((await proxied.send('GET', '/api/v1/track/click', { headers })).status, 405)
  }
  assertHeaders(await clickFrom('198.51.100.4'), 3, 2, 60)
})

test('IPv6 addresses of one /64 count together, those of another do not', async () => {
  for (const ip of ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:0DB8:1:2:a::']) {
    assert.equal((await clickFrom(ip)).status, 400)
  }
  assertLimited(await clickFrom('2001:db8:1:2::9'), 60)
  assert.equal((await clickFrom('2001:db8:1:3::1')).status, 400)
})

test('an IPv4 address and the same mapped into IPv6 are one', async () => {
  for (const ip of ['198.51.100.5', '::ffff:198.51.100.5', '::ffff:c633:6405']) await clickFrom(ip)
  assertLimited(await clickFrom('198.51.100.5'), 60)
})

test('what a visitor puts into X-Forwarded-For before the proxy does not help', async () => {
  for (let i = 0; i < 3; i += 1) await clickFrom(`203.0.113.${i}, 198.51.100.6`)
  assertLimited(await clickFrom('203.0.113.99, 198.51.100.6'), 60)
})

test('without a trusted proxy X-Forwarded-For is ignored', async () => {
  const answers: number[] = []
  for (let i = 0; i < 4; i += 1) {
    const body = { affiliate_url: 'https://example.com/?aff=nobody' }
    answers.push(
      (await direct.post('/api/v1/track/click', body, { headers: from(`203.0.113.${i}`) })).status,
    )
  }
  assert.deepEqual(answers, [400, 400, 400, 429])
})

test('browser leads are limited by address, apart from clicks', async () => {
  const headers = from('198.51.100.7')
  const lead = () => proxied.post('/api/v1/track/lead', { click_id: 'x' }, { headers })
  for (const remaining of [1, 0]) assertHeaders(await lead(), 2, remaining, 60)
  assertLimited(await lead(), 60)
  assert.equal((await clickFrom('198.51.100.7')).status, 400)
})

test('server lead, sale and refund count together by key, wherever they come from', async () => {
  const { apiKey: key } = await proxied.provision()
  const other = await proxied.provision()
  const post = (call: string, ip: string, withKey = key) =>
    proxied.post(`/api/v1/track/${call}`, {}, { key: withKey, headers: from(ip) })
  assertHeaders(await post('lead', '198.51.100.10'), 4, 3, 60)
  assertHeaders(await post('sale', '198.51.100.11'), 4, 2, 60)
  assertHeaders(await post('refund', '198.51.100.12'), 4, 1, 60)
  assertHeaders(await post('sale', '198.51.100.13'), 4, 0, 60)
  for (const call of ['lead', 'sale', 'refund'])
    assertLimited(await post(call, '198.51.100.14'), 60)
  assertHeaders(await post('sale', '198.51.100.14', other.apiKey), 4, 3, 60)
  const browser = await proxied.post('/api/v1/track/lead', {}, { headers: from('198.51.100.10') })
  assertHeaders(browser, 2, 1, 60)
})

test('two keys of one program do not share a limit with one another', async () => {
  const program = await proxied.provision()
  const second = await proxied.provision()
  for (let i = 0; i < 5; i += 1)
    await proxied.post('/api/v1/track/sale', {}, { key: program.apiKey })
  await proxied.db.sql(
    "update api_keys set program_id = $1 where program_id = $2 and kind = 'program'",
    [program.programId, second.programId],
  )
  assert.equal((await proxied.post('/api/v1/track/sale', {}, { key: second.apiKey })).status, 400)
})

test('readings are limited by key, apart from writing, and refuse in the form of agents', async () => {
  const { apiKey: key } = await proxied.provision()
  const read = (path: string) => proxied.send('GET', `/api/v1/programs/me/${path}`, { key })
  assertHeaders(await read('ledger'), 2, 1, 60)
  assertHeaders(await read('sales/unknown'), 2, 0, 60)
  proxied.clock.advance(30_000)
  const refused = await read('ledger')
  assert.equal(refused.status, 429)
  assert.equal(refused.headers.get('retry-after'), '30')
  assert.deepEqual(refused.body.error, {
    code: 'rate_limited',
    message: 'Too many requests',
    status: 429,
    retry_after_seconds: 30,
    request_id: refused.headers.get('x-request-id'),
  })
  assert.equal((await proxied.post('/api/v1/track/sale', {}, { key })).status, 400)
})

test('unauthenticated test events have their own, smaller limit by address', async () => {
  const program = await proxied.provision()
  const body = { additional_data: { test_mode: true, program_id: program.programId } }
  const send = (call: string, ip: string, key?: string) =>
    proxied.post(`/api/v1/track/${call}`, body, { headers: from(ip), key })
  assertHeaders(await send('click', '198.51.100.20'), 2, 1, 60)
  assertHeaders(await send('lead', '198.51.100.20'), 2, 0, 60)
  assertLimited(await send('click', '198.51.100.20'), 60)
  assertLimited(await send('lead', '198.51.100.20'), 60)
  assertHeaders(await send('click', '198.51.100.21'), 2, 1, 60)
  for (let i = 0; i < 3; i += 1) {
    assert.equal((await send('lead', '198.51.100.20', program.apiKey)).status, 200)
  }
})

test('a wrong key is 401 for ever, and uses up nobody’s limit', async () => {
  const { apiKey } = await proxied.provision()
  for (let i = 0; i < 8; i += 1) {
    assert.equal((await proxied.post('/api/v1/track/sale', {}, { key: 'nonsense' })).status, 401)
  }
  assertHeaders(await proxied.post('/api/v1/track/sale', {}, { key: apiKey }), 4, 3, 60)
})

test('a limit counts broken bodies too', async () => {
  const headers = from('198.51.100.22')
  for (let i = 0; i < 3; i += 1) {
    const answer = await proxied.send('POST', '/api/v1/track/click', { rawBody: '{', headers })
    assert.equal(answer.status, 400)
  }
  assertLimited(await clickFrom('198.51.100.22'), 60)
})

test('the limits have the documented defaults, and one switch turns them off', () => {
  assert.deepEqual(readConfig({}).rateLimits, {
    click: 120,
    browserLead: 60,
    write: 1_200,
    read: 300,
    testEvent: 30,
  })
  assert.equal(readConfig({ AFFITOR_RATE_LIMITS: 'off' }).rateLimits, null)
})

test('with limits off nothing is refused and no limit is announced', async () => {
  const server = await startTestServer({ rateLimits: null })
  try {
    for (let i = 0; i < 150; i += 1) {
      const answer = await server.post('/api/v1/track/click', {})
      assert.equal(answer.status, 400)
      assert.equal(answer.headers.get('ratelimit-limit'), null)
    }
  } finally {
    await server.close()
  }
})
