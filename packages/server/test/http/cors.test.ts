import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { chrome, clickThrough, signUp } from '../harness/journeys.ts'
import {
  type Answer,
  startTestServer,
  type TestProgram,
  type TestServer,
} from '../harness/test-server.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

const calls = ['click', 'lead', 'sale', 'refund']
const origin = { origin: 'https://shop.example' }

test('a preflight answers 200 with a JSON body and lets pages send JSON and a key', async () => {
  for (const base of ['/api/v1/track', '/api/tracking']) {
    for (const call of calls) {
      const answer = await server.send('OPTIONS', `${base}/${call}`, {
        headers: {
          ...origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,content-type',
        },
      })
      assert.equal(answer.status, 200)
      assert.deepEqual(answer.body, { success: true })
      assert.equal(answer.headers.get('access-control-allow-origin'), '*')
      assert.match(answer.headers.get('access-control-allow-methods') ?? '', /\bPOST\b/)
      const allowed = (answer.headers.get('access-control-allow-headers') ?? '').toLowerCase()
      assert.match(allowed, /authorization/)
      assert.match(allowed, /content-type/)
    }
  }
})

test('a page of another site can read every tracking answer, errors included', async () => {
  const program = await server.provision()
  const cases: [string, string, object][] = [
    [
      'POST',
      '/api/v1/track/click',
      { rawBody: JSON.stringify({ affiliate_url: program.landing() }) },
    ],
    ['POST', '/api/v1/track/click', { rawBody: '{}' }],
    ['POST', '/api/v1/track/click', { rawBody: '{' }],
    ['POST', '/api/v1/track/sale', { rawBody: '{}' }],
    ['POST', '/api/v1/track/lead', { rawBody: 'x'.repeat(70_000) }],
    [
      'POST',
      '/api/tracking/lead',
      { rawBody: '{}', headers: { ...origin, 'content-type': 'text/plain' } },
    ],
    ['GET', '/api/v1/track/click', {}],
    ['POST', '/api/v1/track/nothing', { rawBody: '{}' }],
  ]
  const statuses: number[] = []
  for (const [method, path, options] of cases) {
    const answer = await server.send(method, path, { headers: origin, ...options })
    statuses.push(answer.status)
    assert.equal(answer.headers.get('access-control-allow-origin'), '*', `${method} ${path}`)
    assert.match(answer.headers.get('access-control-expose-headers') ?? '', /x-request-id/i)
    assert.match(answer.headers.get('access-control-expose-headers') ?? '', /retry-after/i)
  }
  assert.deepEqual(statuses, [200, 400, 400, 401, 413, 415, 405, 404])
})

test('cookies are never asked for across sites, and nothing outside tracking is opened', async () => {
  const tracking = await server.send('POST', '/api/v1/track/click', {
    rawBody: '{}',
    headers: origin,
  })
  assert.equal(tracking.headers.get('access-control-allow-credentials'), null)
  for (const path of ['/api/v1/programs/me/ledger', '/healthz', '/metrics']) {
    const answer = await server.send('GET', path, { headers: origin })
    assert.equal(answer.headers.get('access-control-allow-origin'), null, path)
  }
})

function assertDeprecated(answer: Answer, call: string): void {
  assert.equal(answer.headers.get('deprecation'), 'true')
  assert.equal(answer.headers.get('link'), `</api/v1/track/${call}>; rel="successor-version"`)
}

/** The whole funnel through one base path; ids that differ from run to run are left out. */
async function funnel(program: TestProgram, base: string): Promise<[string, Answer][]> {
  const key = program.apiKey
  const post = (call: string, body: object, options = {}) =>
    server.post(`${base}/${call}`, body, options)
  const click = await post('click', { affiliate_url: program.landing(), user_agent: chrome })
  const lead = { click_id: click.body.click_id, customer_key: 'u1' }
  const sale = { transaction_id: 't1', amount_cents: 4_900, customer_key: 'u1' }
  const test = { additional_data: { test_mode: true, program_id: program.programId } }
  return [
    ['click', click],
    ['click', await post('click', { affiliate_url: 'https://example.com/' })],
    ['click', await post('click', test)],
    ['lead', await post('lead', lead)],
    ['lead', await post('lead', lead, { key })],
    ['lead', await post('lead', { customer_key: 'nobody' }, { key })],
    ['lead', await post('lead', lead, { key: 'wrong' })],
    ['lead', await post('lead', test)],
    ['sale', await post('sale', sale, { key })],
    ['sale', await post('sale', sale, { key })],
    ['sale', await post('sale', { ...sale, amount_cents: 1 }, { key })],
    ['sale', await post('sale', sale)],
    ['sale', await post('sale', test, { key })],
    ['refund', await post('refund', { transaction_id: 't1', refund_amount_cents: 1_000 }, { key })],
    ['refund', await post('refund', { transaction_id: 't1' }, { key })],
    ['refund', await post('refund', { transaction_id: 't1' }, { key })],
    ['refund', await post('refund', { transaction_id: 'unknown' }, { key })],
    ['refund', await post('refund', test, { key })],
  ]
}

test('the legacy paths answer as the v1 paths do, and say that they are old', async () => {
  const current = await funnel(await server.provision(), '/api/v1/track')
  const legacy = await funnel(await server.provision(), '/api/tracking')
  const stable = ({ status, body }: Answer) => {
    const own = new Set(['click_id', 'partner_code', 'sale_id', 'commission_id', 'request_id'])
    const kept = Object.entries(body as object).filter(([name]) => !own.has(name))
    const fields = kept.map(([name, value]) => [name, name === 'data' ? Object.keys(value) : value])
    return { status, names: Object.keys(body), body: Object.fromEntries(fields) }
  }
  assert.equal(current.length, legacy.length)
  for (const [i, [call, answer]] of legacy.entries()) {
    const [, twin] = current[i] ?? []
    assert.ok(twin)
    assert.deepEqual(stable(answer), stable(twin))
    assertDeprecated(answer, call)
    assert.equal(twin.headers.get('deprecation'), null)
    assert.equal(twin.headers.get('link'), null)
  }
})

test('both paths count into the same program: a sale sent to one is a duplicate at the other', async () => {
  const program = await server.provision()
  await signUp(server, program, 'u1')
  const sale = { transaction_id: 't1', amount_cents: 100, customer_key: 'u1' }
  const key = program.apiKey
  const first = await server.post('/api/tracking/sale', sale, { key })
  const second = await server.post('/api/v1/track/sale', sale, { key })
  assert.equal(second.status, 409)
  assert.equal(second.body.sale_id, first.body.sale_id)
})

test('a legacy preflight and a legacy body error are those of v1', async () => {
  await clickThrough(server, await server.provision())
  for (const rawBody of ['{', '[]', '{"affiliate_url":1}']) {
    const legacy = await server.send('POST', '/api/tracking/click', { rawBody })
    const current = await server.send('POST', '/api/v1/track/click', { rawBody })
    assert.equal(legacy.body.error, current.body.error)
    assert.equal(legacy.status, 400)
    assertDeprecated(legacy, 'click')
  }
})
