import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { chrome, signUp } from '../harness/journeys.ts'
import { rawExchange, rawRequest } from '../harness/raw-http.ts'
import { type Answer, startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

const calls = ['click', 'lead', 'sale', 'refund']
const trackingPaths = ['/api/v1/track', '/api/tracking'].flatMap((base) =>
  calls.map((call) => `${base}/${call}`),
)
const agentPaths = [
  '/api/v1/programs/me/ledger',
  '/api/v1/programs/me/sales/t1',
  '/healthz',
  '/readyz',
  '/openapi.json',
]

/** The tracking family: `error` is a string, whatever went wrong. */
function assertTrackingError(answer: Answer, status: number, code: string): void {
  assert.equal(answer.status, status, JSON.stringify(answer.body))
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/)
  assert.equal(typeof answer.body.error, 'string')
  assert.notEqual(answer.body.error, '')
  assert.equal(answer.body.code, code)
  assert.equal(answer.body.request_id, answer.headers.get('x-request-id'))
}

/** The agents' family: `error` is an object. */
function assertAgentError(answer: Answer, status: number, code: string): void {
  assert.equal(answer.status, status, JSON.stringify(answer.body))
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/)
  assert.equal(answer.body.error.code, code)
  assert.equal(answer.body.error.status, status)
  assert.equal(typeof answer.body.error.message, 'string')
  assert.notEqual(answer.body.error.message, '')
  assert.equal(answer.body.error.request_id, answer.headers.get('x-request-id'))
}

test('an unknown path of the tracking family answers 404 with a string', async () => {
  for (const path of [
    '/api/v1/track',
    '/api/v1/track/',
    '/api/v1/track/nothing',
    '/api/v1/track/click/',
    '/api/v1/track/click/more',
    '/api/v1/track?x=1',
    '/api/tracking',
    '/api/tracking/nothing',
  ]) {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
      const body = method === 'GET' ? {} : { rawBody: '{}' }
      assertTrackingError(await server.send(method, path, body), 404, 'not_found')
    }
  }
})

test('an unknown path outside tracking answers 404 with an object', async () => {
  for (const path of ['/', '/nothing', '/api/v1/programs/me', '/api/v1/trackers', '/api/nothing']) {
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
      const body = method === 'POST' ? { rawBody: '{}' } : {}
      assertAgentError(await server.send(method, path, body), 404, 'not_found')
    }
  }
})

test('another method on a tracking path answers 405 with Allow', async () => {
  for (const path of trackingPaths) {
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await server.send(method, path, method === 'GET' ? {} : { rawBody: '{}' })
      assertTrackingError(answer, 405, 'method_not_allowed')
      assert.equal(answer.headers.get('allow'), 'POST')
    }
  }
})

test('another method on a path outside tracking answers 405 with Allow', async () => {
  for (const path of agentPaths) {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const answer = await server.send(method, path, method === 'OPTIONS' ? {} : { rawBody: '{}' })
      assertAgentError(answer, 405, 'method_not_allowed')
      assert.equal(answer.headers.get('allow'), 'GET, HEAD')
    }
  }
})

test('HEAD on a tracking path answers 405, as GET does', async () => {
  const answer = await rawRequest(server.url, 'HEAD', '/api/v1/track/click')
  assert.equal(answer.status, 405)
  assert.equal(answer.headers.allow, 'POST')
})

test('a method that the path does not have answers 405 whatever its body is', async () => {
  for (const rawBody of ['{', 'x'.repeat(70_000)]) {
    assertTrackingError(
      await server.send('PUT', '/api/v1/track/sale', { rawBody }),
      405,
      'method_not_allowed',
    )
    assertAgentError(
      await server.send('POST', '/api/v1/programs/me/ledger', { rawBody }),
      405,
      'method_not_allowed',
    )
  }
})

test('an unknown path answers 404 whatever its body is', async () => {
  const headers = { 'content-type': 'text/plain' }
  for (const options of [{ rawBody: '{' }, { rawBody: 'hello', headers }]) {
    const tracking = await server.send('POST', '/api/v1/track/nothing', options)
    assertTrackingError(tracking, 404, 'not_found')
    assertAgentError(await server.send('POST', '/api/v1/nothing', options), 404, 'not_found')
  }
})

test('a body over 64 KiB answers 413, one of exactly 64 KiB is read', async () => {
  const key = (await server.provision()).apiKey
  const bodyOf = (bytes: number) => {
    const frame = JSON.stringify({ note: '' })
    return JSON.stringify({ note: 'x'.repeat(bytes - frame.length) })
  }
  for (const path of trackingPaths) {
    const over = await server.send('POST', path, { key, rawBody: bodyOf(65_537) })
    assertTrackingError(over, 413, 'payload_too_large')
    const fits = await server.send('POST', path, { key, rawBody: bodyOf(65_536) })
    assertTrackingError(fits, 400, 'invalid_request')
  }
})

test('a body over 64 KiB that comes in chunks answers 413', async () => {
  const answer = await rawRequest(server.url, 'POST', '/api/v1/track/click', {
    headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
    body: JSON.stringify({ note: 'x'.repeat(65_536) }),
  })
  assert.equal(answer.status, 413)
  assert.equal(JSON.parse(answer.text).code, 'payload_too_large')
})

test('a body that is not JSON by its content type answers 415', async () => {
  const key = (await server.provision()).apiKey
  for (const path of trackingPaths) {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml', '']) {
      const options = { key, rawBody: '{}', headers: { 'content-type': type } }
      assertTrackingError(await server.send('POST', path, options), 415, 'unsupported_media_type')
    }
  }
})

test('a charset beside the JSON content type is accepted', async () => {
  const program = await server.provision()
  const answer = await server.send('POST', '/api/v1/track/click', {
    rawBody: JSON.stringify({ affiliate_url: program.landing() }),
    headers: { 'content-type': 'application/json; charset=utf-8' },
  })
  assert.equal(answer.status, 200)
})

test('malformed JSON answers 400 with a string', async () => {
  const key = (await server.provision()).apiKey
  for (const path of trackingPaths) {
    for (const rawBody of [
      '{',
      '{"a":}',
      "{'a':1}",
      '{"a":1,}',
      'undefined',
      '{} {}',
      '{"a":01}',
    ]) {
      assertTrackingError(await server.send('POST', path, { key, rawBody }), 400, 'malformed_json')
    }
  }
})

test('a body that is JSON but no object answers 400 with a string', async () => {
  const key = (await server.provision()).apiKey
  for (const path of trackingPaths) {
    for (const rawBody of ['[]', '"text"', '1', 'true', 'null', '[{}]']) {
      assertTrackingError(await server.send('POST', path, { key, rawBody }), 400, 'invalid_request')
    }
  }
})

test('an empty body is an empty object, whatever its content type says', async () => {
  const key = (await server.provision()).apiKey
  const expected: Record<string, string> = {
    click: 'affiliate_url is required',
    lead: 'click_id or customer_key is required',
    sale: 'transaction_id is required and must be a string',
    refund: 'transaction_id is required',
  }
  const ways: [string, Record<string, string>][] = [
    ['', { 'content-type': 'application/json', 'content-length': '0' }],
    ['', { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }],
    ['', { 'content-type': 'text/plain', 'content-length': '0' }],
    ['', { 'content-length': '0' }],
    [' \r\n', { 'content-type': 'application/json' }],
    ['{}', { 'content-type': 'application/json' }],
  ]
  for (const path of trackingPaths) {
    for (const [body, more] of ways) {
      const headers = { authorization: `Bearer ${key}`, ...more }
      const answer = await rawRequest(server.url, 'POST', path, { headers, body })
      assert.equal(answer.status, 400, `${path} ${JSON.stringify(more)} ${answer.text}`)
      assert.equal(JSON.parse(answer.text).error, expected[path.split('/').at(-1) ?? ''])
    }
  }
})

test('null and the empty string mean absent, unknown fields are ignored', async () => {
  const program = await server.provision()
  const key = program.apiKey
  const clickId = await signUp(server, program, 'u1', {
    page_url: null,
    session_id: '',
    existing_click_id: '',
    additional_data: null,
    something_new: { a: [1] },
  })
  const sale = {
    transaction_id: 't1',
    amount_cents: 100,
    customer_key: '',
    click_id: clickId,
    currency: null,
    sale_type: '',
    is_recurring: null,
    subscription_interval: '',
    line_items: null,
    additional_data: { test_mode: null, program_id: '', event_name: '' },
    created_at: '2001-01-01T00:00:00Z',
  }
  assert.equal((await server.post('/api/v1/track/sale', sale, { key })).status, 200)
  const missing = { ...sale, transaction_id: '' }
  const answer = await server.post('/api/v1/track/sale', missing, { key })
  assert.equal(answer.body.error, 'transaction_id is required and must be a string')
  const leadBody = { click_id: '', customer_key: null, click_ids: ['', null] }
  const leadAnswer = await server.post('/api/v1/track/lead', leadBody, { key })
  assert.equal(leadAnswer.body.error, 'click_id or customer_key is required')
})

test('a success is bare: success beside its fields, never wrapped', async () => {
  const program = await server.provision()
  const answer = await server.post('/api/v1/track/click', {
    affiliate_url: program.landing(),
    user_agent: chrome,
  })
  assert.deepEqual(Object.keys(answer.body), [
    'success',
    'click_id',
    'partner_code',
    'cookie_window_days',
  ])
})

test('a request id that the caller chose is not taken over', async () => {
  const headers = { 'x-request-id': 'mine', 'request-id': 'mine' }
  const first = await server.send('GET', '/healthz', { headers })
  const second = await server.send('GET', '/healthz', { headers })
  assert.notEqual(first.headers.get('x-request-id'), 'mine')
  assert.notEqual(first.headers.get('x-request-id'), second.headers.get('x-request-id'))
})

test('a path that cannot be decoded answers 400 in the envelope of its family', async () => {
  for (const path of ['/api/v1/track/%', '/api/tracking/%E0%A4%A', '/api/v1/track/%zz']) {
    const answer = await rawRequest(server.url, 'POST', path)
    const body = JSON.parse(answer.text)
    assert.equal(answer.status, 400)
    assert.equal(typeof body.error, 'string')
    assert.equal(body.request_id, answer.headers['x-request-id'])
  }
  const answer = await rawRequest(server.url, 'GET', '/api/v1/programs/me/sales/%ff')
  assert.equal(answer.status, 400)
  assert.equal(JSON.parse(answer.text).error.code, 'invalid_request')
})

test('what is no HTTP still gets JSON with a request id', async () => {
  for (const bytes of [
    'GARBAGE\r\n\r\n',
    `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
    'POST /api/v1/track/click HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n',
  ]) {
    const [head = '', body = ''] = (await rawExchange(server.url, bytes)).split('\r\n\r\n')
    assert.match(head, /^HTTP\/1\.1 4\d\d /)
    assert.ok(JSON.parse(body).error)
    assert.match(head, /^x-request-id: /im)
  }
})

test('a failure on our side names the call, tells nothing more and leaves nothing behind', async () => {
  const own = await startTestServer()
  try {
    const program = await own.provision()
    const clickId = await signUp(own, program, 'u1')
    const key = program.apiKey
    await own.post(
      '/api/v1/track/sale',
      { transaction_id: 't0', amount_cents: 100, customer_key: 'u1' },
      { key },
    )
    for (const table of ['affiliate_daily_traffic', 'affiliate_daily_money']) {
      await own.db.sql(
        `alter table ${table} add constraint broken check (program_id < 0) not valid`,
      )
    }
    const failing: [string, Record<string, unknown>][] = [
      ['Click', { affiliate_url: program.landing(), user_agent: chrome }],
      ['Sale', { transaction_id: 't1', amount_cents: 100, click_id: clickId, customer_key: 'u2' }],
      ['Refund', { transaction_id: 't0' }],
    ]
    for (const [name, body] of failing) {
      const answer = await own.post(`/api/v1/track/${name.toLowerCase()}`, body, { key })
      assertTrackingError(answer, 500, 'internal_error')
      assert.equal(answer.body.error, `${name} tracking failed`)
    }
    const [counts] = await own.db.sql(
      `select (select count(*)::int from affiliate_sale_transactions) as claims,
        (select count(*)::int from affiliate_sale_events) as sales,
        (select count(*)::int from affiliate_commissions) as commissions,
        (select count(*)::int from ledger_transactions) as postings,
        (select count(*)::int from affiliate_refunds) as refunds,
        (select count(*)::int from affiliate_click_events) as clicks,
        (select count(*)::int from affiliate_customer_keys) as keys`,
    )
    assert.deepEqual(counts, {
      claims: 1,
      sales: 1,
      commissions: 1,
      postings: 1,
      refunds: 0,
      clicks: 1,
      keys: 1,
    })
    await own.db.sql('alter table affiliate_daily_money drop constraint broken')
    const again = await own.post('/api/v1/track/sale', failing[1]?.[1], { key })
    assert.equal(again.body.attributed, true, 'the same sale can be sent again')
  } finally {
    await own.close()
  }
})

test('a lead that fails on our side answers so and can be sent again', async () => {
  const own = await startTestServer()
  try {
    const program = await own.provision()
    const body = { click_id: await signUp(own, program, 'u1') }
    const other = {
      click_id: (await own.post('/api/v1/track/click', { affiliate_url: program.landing() })).body
        .click_id,
    }
    await own.db.sql(
      'alter table affiliate_lead_events add constraint broken check (program_id < 0) not valid',
    )
    const failed = await own.post('/api/v1/track/lead', other)
    assertTrackingError(failed, 500, 'internal_error')
    assert.equal(failed.body.error, 'Lead tracking failed')
    await own.db.sql('alter table affiliate_lead_events drop constraint broken')
    assert.equal((await own.post('/api/v1/track/lead', other)).body.already_tracked, undefined)
    assert.equal((await own.post('/api/v1/track/lead', body)).body.already_tracked, true)
  } finally {
    await own.close()
  }
})
