import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { chrome, clickThrough, sell, signUp } from '../harness/journeys.ts'
import { rawRequest } from '../harness/raw-http.ts'
import { startTestServer, type TestProgram, type TestServer } from '../harness/test-server.ts'

/** Whatever arrives, the answer is never a 5xx, always JSON, and the server goes on. */
let server: TestServer
let program: TestProgram
let clickId: string
before(async () => {
  server = await startTestServer()
  program = await server.provision()
  clickId = await signUp(server, program, 'u1')
})
after(() => server.close())

const calls = ['click', 'lead', 'sale', 'refund'] as const

/** A body of each call that would succeed, to be broken one field at a time. */
const good = (call: (typeof calls)[number]): Record<string, unknown> =>
  ({
    click: {
      affiliate_url: program.landing(),
      page_url: 'https://example.com/',
      page_title: 'x',
      referrer_url: 'https://example.org/',
      session_id: 's',
      user_agent: chrome,
      screen_resolution: '1x1',
      viewport_size: '1x1',
      language: 'en',
      timezone: 'UTC',
      existing_click_id: clickId,
      additional_data: {},
    },
    lead: {
      click_id: clickId,
      customer_key: 'u1',
      email: 'a@example.com',
      session_id: 's',
      page_url: 'https://example.com/',
      click_ids: [clickId],
      event_name: 'e',
      program_id: 1,
      has_attribution: true,
      debug_mode: false,
      additional_data: {},
    },
    sale: {
      transaction_id: 'hostile',
      amount_cents: 100,
      customer_key: 'u1',
      click_id: clickId,
      currency: 'USD',
      sale_type: 'payment',
      is_recurring: false,
      subscription_id: 's',
      subscription_interval: 'monthly',
      product_id: 'p',
      line_items: [],
      email: 'a@example.com',
      event_name: 'e',
      additional_data: {},
    },
    refund: {
      transaction_id: 'hostile',
      refund_amount_cents: 1,
      refund_id: 'r',
      refund_reason: 'x',
      additional_data: {},
    },
  })[call]

/** Sends a body as it is; the answer must be JSON of the tracking family and no 5xx. */
async function survives(call: string, rawBody: string | Buffer): Promise<number> {
  const answer = await server.send('POST', `/api/v1/track/${call}`, {
    key: program.apiKey,
    rawBody,
  })
  const about = `${call} ${rawBody.toString().slice(0, 120)} → ${JSON.stringify(answer.body).slice(0, 200)}`
  assert.ok(answer.status < 500, about)
  assert.equal(typeof answer.body, 'object', about)
  if (answer.status >= 400) assert.equal(typeof answer.body.error, 'string', about)
  else assert.equal(typeof answer.body.success, 'boolean', about)
  return answer.status
}

/** Values as they are written in JSON, because some of them no JSON.stringify would write. */
const hostileValues = [
  '"\\u0000"',
  '"a\\u0000b"',
  '"\\ud800"',
  '"\\udfff\\ud800"',
  '"\\ufffe\\uffff"',
  '"\\u202e\\u200f"',
  '1e400',
  '-1e400',
  '9007199254740992',
  '9007199254740993',
  '123456789012345678901234567890',
  '"9007199254740993"',
  '"1e400"',
  '-0',
  '0.1',
  '1e-400',
  'true',
  'false',
  '[]',
  '{}',
  '[null]',
  '[[[["x"]]]]',
  '{"__proto__":{"test_mode":true}}',
  '{"constructor":{"prototype":{"x":1}}}',
  '{"toString":1,"valueOf":2,"length":3}',
  '"__proto__"',
  '"constructor"',
  '"\' or 1=1 --"',
  '"%00"',
  '"\\\\x00"',
  '"$1"',
  '"{}"',
  '"null"',
  '"\\n\\r\\t"',
  `"${'x'.repeat(60_000)}"`,
  `"${'😀'.repeat(10_000)}"`,
  `[${'0,'.repeat(20_000)}0]`,
]

test('no value in any declared field of any call makes a 5xx', async () => {
  for (const call of calls) {
    const fields = good(call)
    for (const field of Object.keys(fields)) {
      for (const value of hostileValues) {
        const rest = Object.entries(fields).filter(([name]) => name !== field)
        const parts = rest.map(([name, one]) => `${JSON.stringify(name)}:${JSON.stringify(one)}`)
        await survives(call, `{${[...parts, `"${field}":${value}`].join(',')}}`)
      }
    }
  }
})

test('no value in additional_data makes a 5xx', async () => {
  for (const call of calls) {
    const { additional_data, ...rest } = good(call)
    assert.ok(additional_data)
    for (const field of ['test_mode', 'program_id', 'event_name', '__proto__', 'anything']) {
      for (const value of hostileValues) {
        const body = JSON.stringify(rest).slice(0, -1)
        await survives(call, `${body},"additional_data":{"${field}":${value}}}`)
      }
    }
  }
})

test('bodies that are no object, or hardly JSON, are 400', async () => {
  const bodies = [
    '[]',
    '"x"',
    '0',
    'null',
    'true',
    '[{"transaction_id":"t"}]',
    '{',
    '}',
    '{"a"',
    '{"a":1e}',
    '{"a":NaN}',
    '{"a":Infinity}',
    '{"a":undefined}',
    "{'a':1}",
    '\u0000',
    '{}\u0000',
    '{"a":"\u0001"}',
    '\ufeff\ufeff{}',
    '//',
    '<x/>',
    'a=b',
  ]
  for (const call of calls) {
    for (const body of bodies) assert.equal(await survives(call, body), 400, body)
  }
})

test('nesting beyond 20 levels is 400, at any depth, in any field', async () => {
  const nested = (levels: number, open: string, close: string) =>
    open.repeat(levels) + close.repeat(levels)
  for (const call of calls) {
    for (const levels of [21, 100, 10_000]) {
      for (const body of [
        nested(levels, '[', ']'),
        '['.repeat(levels),
        `{"line_items":${nested(levels, '[', ']')}}`,
        `{"x":${nested(levels, '{"a":', '}').replace('"a":}', '"a":1}')}}`,
        `{"additional_data":{"y":${nested(levels, '[', ']')}}}`,
      ]) {
        assert.equal(await survives(call, body), 400)
      }
    }
  }
  const deepest = `{"transaction_id":"deep","customer_key":"u1","amount_cents":1,"line_items":${nested(19, '[', ']')}}`
  assert.equal(await survives('sale', deepest), 200, '20 levels are fine')
})

test('brackets inside strings are no nesting', async () => {
  const line_items = `${'[{'.repeat(100)}\\"`
  const sale = { transaction_id: 'brackets', customer_key: 'u1', line_items }
  assert.equal((await sell(server, program, sale)).status, 200)
})

test('names of inherited properties are fields like others, and reach nothing', async () => {
  const names = [
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    '__defineGetter__',
    'then',
  ]
  for (const name of names) {
    for (const value of ['{"test_mode":true,"success":false}', 'null', '1', '"x"']) {
      const body = `{"affiliate_url":${JSON.stringify(program.landing())},"${name}":${value}}`
      const answer = await server.send('POST', '/api/v1/track/click', { rawBody: body })
      assert.equal(answer.status, 200, `${name} ${value}`)
      assert.match(answer.body.click_id, /^cust_/)
    }
  }
  const polluted: Record<string, unknown> = {}
  assert.equal(polluted.test_mode, undefined)
})

test('a proto key does not smuggle test mode or a field in', async () => {
  const body =
    '{"__proto__":{"additional_data":{"test_mode":true},"transaction_id":"t"},"customer_key":"u1","amount_cents":1}'
  const answer = await server.send('POST', '/api/v1/track/sale', {
    key: program.apiKey,
    rawBody: body,
  })
  assert.equal(answer.body.error, 'transaction_id is required and must be a string')
})

test('of a field that is sent twice the last one counts', async () => {
  const rawBody =
    '{"transaction_id":"twice","customer_key":"u1","amount_cents":1,"amount_cents":"x"}'
  assert.equal(await survives('sale', rawBody), 400)
})

test('invalid UTF-8 is read with replacement characters, never a 5xx', async () => {
  const head = Buffer.from('{"transaction_id":"x')
  const tail = Buffer.from('","customer_key":"u1","amount_cents":1}')
  for (const bytes of [
    [0xff],
    [0xc0, 0xaf],
    [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xe2, 0x82],
    [0x80],
  ]) {
    for (const call of calls) await survives(call, Buffer.concat([head, Buffer.from(bytes), tail]))
  }
  await survives('click', Buffer.from([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]))
})

test('strange paths are 4xx in the envelope of their family', async () => {
  const paths = [
    '/api/v1/track/%',
    '/api/v1/track/%zz',
    '/api/v1/track/%E0%A4',
    '/api/v1/track/%00',
    '/api/v1/track/..%2f..',
    '/api/v1/track/click%00',
    '/api/v1/track/click%2F',
    '/api/v1/track//click',
    '/api/v1/track/./click',
    '/api/v1/programs/me/sales/%',
    '/api/v1/programs/me/sales/%ff',
    '/api/v1/programs/me/sales/%ED%A0%80',
    '/api/v1/programs/me/sales/a/b',
    `/api/v1/programs/me/sales/${'x'.repeat(3_060)}`,
    `/api/v1/programs/me/sales/${'x'.repeat(3_061)}`,
    `/api/v1/programs/me/sales/${'%F0%9F%98%80'.repeat(256)}`,
    `/${'a/'.repeat(5_000)}`,
    `/api/v1/track/${'x'.repeat(10_000)}`,
    '/api/v1/programs/me/ledger?currency=%',
    '/api/v1/programs/me/ledger?cursor=%00',
    '/api/v1/programs/me/ledger?__proto__=1&constructor=2&cursor=x',
    '/docs/static/..%2f..%2fpackage.json',
    '/%2e%2e/%2e%2e/etc/passwd',
    '//',
    '/?',
    '/;',
    'http://elsewhere.example/api/v1/track/click',
  ]
  for (const path of paths) {
    for (const method of ['GET', 'POST']) {
      const headers = { authorization: `Bearer ${program.apiKey}` }
      const answer = await rawRequest(server.url, method, path, { headers })
      assert.ok(
        answer.status >= 400 && answer.status < 500,
        `${method} ${path.slice(0, 80)} ${answer.status}`,
      )
      const { error } = JSON.parse(answer.text)
      const isTracking = /^\/api\/(v1\/track|tracking)(\/|$)/.test(path)
      if (path.startsWith('/')) {
        assert.equal(typeof error, isTracking ? 'string' : 'object', path.slice(0, 80))
        assert.ok(answer.headers['x-request-id'])
      }
    }
  }
})

test('a path of the docs that names no file is 4xx', async () => {
  for (const name of ['nothing.js', '%00', 'a%00b', '.env', '%2e%2e%2f%2e%2e', 'x'.repeat(5_000)]) {
    const answer = await rawRequest(server.url, 'GET', `/docs/static/${name}`)
    assert.ok(answer.status >= 400 && answer.status < 500, `${name.slice(0, 20)} ${answer.status}`)
    assert.equal(typeof JSON.parse(answer.text).error.message, 'string')
  }
})

test('strange headers are never a 5xx', async () => {
  const body = JSON.stringify({ affiliate_url: program.landing() })
  const headers: Record<string, string>[] = [
    { 'content-type': 'application/json; charset=utf-16' },
    { 'content-type': 'application/json;;;' },
    { 'content-type': '/' },
    { 'content-type': 'a'.repeat(5_000) },
    { 'user-agent': '\u00ff\u0080' },
    { 'user-agent': `Mozilla/5.0 ${'('.repeat(8_000)}` },
    { 'x-forwarded-for': '%00, ::::, 999.999.999.999' },
    { 'content-encoding': 'gzip' },
    { expect: '100-continue' },
    { authorization: '\u00ff' },
    { accept: 'text/html' },
    { host: '"><script>' },
    { origin: 'null' },
    { 'transfer-encoding': 'chunked' },
  ]
  for (const more of headers) {
    const all = { 'content-type': 'application/json', ...more }
    const answer = await rawRequest(server.url, 'POST', '/api/v1/track/click', {
      headers: all,
      body,
    })
    assert.ok(
      answer.status < 500,
      `${JSON.stringify(more).slice(0, 80)} ${answer.status} ${answer.text}`,
    )
    JSON.parse(answer.text)
  }
})

test('random bodies of any shape are never a 5xx', async () => {
  const seed = Date.now()
  console.log(`seed ${seed}`)
  let runs = 0
  const names = [...new Set(calls.flatMap((call) => Object.keys(good(call)))), '__proto__', 'x']
  const text = fc.string({ unit: 'binary', maxLength: 300 })
  const leaf = fc.oneof(
    text,
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.double(),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constantFrom<unknown>(null, clickId, 'u1', 'USD', 'payment', program.landing(), 2 ** 53, -0),
    fc.array(text, { maxLength: 25 }),
    fc.jsonValue({ maxDepth: 5 }),
    fc.webUrl(),
  )
  const body = fc.dictionary(fc.constantFrom(...names), leaf, { maxKeys: 14 })
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...calls),
      body,
      fc.boolean(),
      async (call, random, keepsGood) => {
        const sent = keepsGood ? { ...good(call), transaction_id: `r${runs++}`, ...random } : random
        await survives(call, JSON.stringify(sent))
      },
    ),
    { seed, numRuns: 300 },
  )
})

test('after all of that the server still counts a click', async () => {
  assert.match(await clickThrough(server, program), /^cust_/)
})
