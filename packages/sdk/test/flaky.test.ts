import assert from 'node:assert/strict'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, afterEach, before, test } from 'node:test'
import { Affitor, type AffitorOptions } from '../src/server.ts'

/** Servers and networks that fail, over real sockets. */
let server: Server
let url: string
let handler: RequestListener = () => undefined
let asked: string[] = []
before(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    handler(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  asked = []
})
after(() => {
  server.closeAllConnections()
  server.close()
})

const client = (more: Partial<AffitorOptions> = {}) =>
  new Affitor({ apiKey: 'aff_test', baseUrl: url, timeoutMs: 2_000, ...more })
const sale = { transactionId: 't1', amountCents: 100, customerKey: 'u1' }
const good = { success: true, sale_id: 1, commission_id: 2 }

function answers(
  ...list: [status: number, body: unknown, headers?: Record<string, string>][]
): void {
  let n = 0
  handler = (_request, response) => {
    const [status, body, headers = {}] = list[Math.min(n, list.length - 1)] ?? [500, '']
    n += 1
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }
}

test('a sale, a lead, a refund and readiness are tried again after 5xx, 429 and 408', async () => {
  for (const status of [500, 503, 429, 408]) {
    for (const call of [
      (a: Affitor) => a.trackSale(sale),
      (a: Affitor) => a.trackLead({ clickId: 'c' }),
      (a: Affitor) => a.trackRefund({ transactionId: 't1' }),
      (a: Affitor) => a.readiness(),
    ]) {
      asked = []
      answers([status, { error: 'no' }], [200, good])
      const result = await call(client())
      assert.equal(result.ok, true)
      assert.equal(asked.length, 2)
    }
  }
})

test('a click is never sent twice, and neither is a test event or what was refused', async () => {
  answers([503, { error: 'busy', code: 'overloaded' }])
  const click = await client().trackClick({ affiliateUrl: 'https://a.example/?aff=x' })
  assert.equal(click.status, 503)
  assert.equal(click.error?.code, 'overloaded')
  await client().trackSale({ ...sale, testMode: true })
  assert.equal(asked.length, 2)
  answers([400, { error: 'no' }])
  await client().trackSale(sale)
  assert.equal(asked.length, 3)
})

test('it gives up after the retries, and tells what the last answer was', async () => {
  answers([503, { error: 'The server is busy', code: 'overloaded' }, { 'retry-after': '0' }])
  const result = await client({ retries: 3 }).trackSale(sale)
  assert.equal(asked.length, 4)
  assert.deepEqual(
    [result.status, result.error?.message, result.error?.retryAfterSeconds],
    [503, 'The server is busy', 0],
  )
})

test('Retry-After is waited for, and when it is long the caller is told instead', async () => {
  answers([429, { error: 'slow' }, { 'retry-after': '1' }], [200, good])
  const startedMs = performance.now()
  assert.equal((await client().trackSale(sale)).ok, true)
  assert.ok(performance.now() - startedMs >= 1_000)
  answers([429, { error: 'slow' }, { 'retry-after': '3600' }])
  const told = await client().trackSale(sale)
  assert.equal(told.error?.retryAfterSeconds, 3_600)
})

test('a server that hangs, a connection that breaks and one that is refused are told apart', async () => {
  handler = () => undefined
  const hanging = await client({ timeoutMs: 100, retries: 1 }).trackSale(sale)
  assert.equal(hanging.error?.code, 'timeout')
  assert.equal(asked.length, 2)
  handler = (request) => request.socket.destroy()
  const broken = await client({ retries: 0 }).trackSale(sale)
  assert.equal(broken.error?.code, 'network_error')
  const nobody = await client({ retries: 0, baseUrl: 'http://127.0.0.1:9' }).trackSale(sale)
  assert.equal(nobody.error?.code, 'network_error')
  assert.equal(nobody.status, 0)
  // A head that comes and a body that does not.
  handler = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write('{')
  }
  const half = await client({ timeoutMs: 100, retries: 0 }).trackSale(sale)
  assert.equal(half.error?.code, 'timeout')
})

test('what is not JSON is told as such, whatever its status', async () => {
  for (const [status, body] of [
    [200, '<html>Sign in</html>'],
    [200, ''],
    [200, '[]'],
    [404, 'nginx'],
  ] as const) {
    answers([status, body])
    const result = await client({ retries: 0 }).trackSale(sale)
    assert.equal(result.ok, false)
    assert.equal(result.status, status)
    assert.equal(result.error?.code, 'invalid_response')
  }
})

test('an abort ends a call at once: before, during, and while it waits to try again', async () => {
  const over = AbortSignal.abort()
  const before = await client().trackSale(sale, { signal: over })
  assert.equal(before.error?.code, 'aborted')
  assert.equal(asked.length, 0)
  handler = () => undefined
  const during = new AbortController()
  const call = client().trackSale(sale, { signal: during.signal })
  setTimeout(() => during.abort(), 50)
  assert.equal((await call).error?.code, 'aborted')
  answers([503, { error: 'busy' }, { 'retry-after': '20' }])
  const waiting = new AbortController()
  const startedMs = performance.now()
  const second = client().trackSale(sale, { signal: waiting.signal })
  setTimeout(() => waiting.abort(), 200)
  assert.equal((await second).error?.code, 'aborted')
  assert.ok(performance.now() - startedMs < 10_000)
})

test('errors of both families are understood', async () => {
  const error = { code: 'rate_limited', message: 'Too many', status: 403 }
  answers([403, { error }])
  const result = await client().readiness({ forceRecheck: true })
  assert.deepEqual([result.error?.code, result.error?.message], ['rate_limited', 'Too many'])
  assert.deepEqual(asked, ['GET /api/v1/programs/me/readiness?force_recheck=true'])
})

test('below a path, and through a fetch of your own', async () => {
  const seen: string[] = []
  const result = await client({
    baseUrl: `${url}/affitor/`,
    fetch: async (input, init) => {
      seen.push(String(input))
      assert.equal(new Headers(init?.headers).get('authorization'), 'Bearer aff_test')
      return Response.json(good)
    },
  }).trackSale(sale)
  assert.equal(result.ok, true)
  assert.deepEqual(seen, [`${url}/affitor/api/v1/track/sale`])
})
