import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import Fastify, { type FastifyRequest } from 'fastify'
import { ApiError } from '../contract/error-codes.ts'
import { createRateLimits } from './rate-limits.ts'

const settings = { click: 3, browserLead: 2, write: 2, read: 5, testEvent: 1 }
const windowMs = 60_000

test('requests up to the limit pass, the next one is refused until the minute is over', async (t) => {
  const { ask, clock } = start(t)
  const answers = [await ask('click'), await ask('click'), await ask('click'), await ask('click')]
  assert.deepEqual(
    answers.map((answer) => answer.status),
    [200, 200, 200, 429],
  )
  clock.nowMs += windowMs - 1
  assert.equal((await ask('click')).status, 429)
  clock.nowMs += 1
  assert.equal((await ask('click')).status, 200)
})

test('every answer tells the limit, what is left of it and when it begins anew, in both spellings', async (t) => {
  const { ask, clock } = start(t)
  clock.nowMs += 14_500
  const told = []
  for (let n = 0; n < 4; n += 1) told.push((await ask('click')).told)
  assert.deepEqual(told, [
    { limit: 3, remaining: 2, reset: 46 },
    { limit: 3, remaining: 1, reset: 46 },
    { limit: 3, remaining: 0, reset: 46 },
    { limit: 3, remaining: 0, reset: 46 },
  ])
  const refused = await ask('click')
  assert.equal(refused.retryAfterSeconds, 46)
  assert.equal(refused.message, 'Too many requests')
})

test('addresses are counted apart, IPv6 by /64, and so are keys and kinds of requests', async (t) => {
  const { ask } = start(t)
  const statuses = async (kind: 'click' | 'testEvent', ips: string[]) => {
    const found = []
    for (const ip of ips) found.push((await ask(kind, ip)).status)
    return found
  }
  assert.deepEqual(
    await statuses('testEvent', ['192.0.2.1', '192.0.2.2', '192.0.2.1']),
    [200, 200, 429],
  )
  assert.deepEqual(
    await statuses('testEvent', ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', '2001:db8:1:3::1']),
    [200, 429, 200],
  )
  assert.deepEqual(await statuses('testEvent', ['::ffff:192.0.2.2']), [429])
  assert.deepEqual(await statuses('click', ['192.0.2.1']), [200])
  const keys = []
  for (const key of [1, 1, 2, 1]) keys.push((await ask('write', '192.0.2.1', key)).status)
  assert.deepEqual(keys, [200, 200, 200, 429])
})

test('limits switched off refuse nothing and tell nothing', async (t) => {
  const { ask } = start(t, null)
  for (let n = 0; n < 20; n += 1) {
    const { status, told } = await ask('testEvent')
    assert.equal(status, 200)
    assert.deepEqual(told, { limit: Number.NaN, remaining: Number.NaN, reset: Number.NaN })
  }
})

test('beyond 100,000 addresses a minute newcomers share one counter, those counted and keys keep theirs', async (t) => {
  const clock = { nowMs: Date.parse('2026-03-15T12:00:00Z') }
  const limits = createRateLimits(settings, { nowMs: () => clock.nowMs })
  const app = Fastify()
  t.after(() => app.close())
  // Within one request, because nobody has the patience to send so many.
  app.get('/', (request, reply) => {
    const from = (n: number): FastifyRequest => {
      const ip = `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`
      return Object.create(request, { ip: { value: ip } })
    }
    const passes = (n: number) => isPassed(() => limits.byAddress('browserLead', from(n), reply))
    const known = Array.from({ length: 100_000 }, (_, n) => passes(n))
    const refused = known.filter((one) => !one).length
    const again = [passes(0), passes(0)]
    const newcomers = [200_000, 200_001, 200_002].map(passes)
    const last = passes(99_999)
    const otherLimit = isPassed(() => limits.byAddress('click', from(300_000), reply))
    const keys = [1, 2, 3].map((key) => isPassed(() => limits.byKey('browserLead', key, reply)))
    clock.nowMs += windowMs
    const nextMinute = [200_002, 200_003, 200_004].map(passes)
    return { refused, again, newcomers, last, otherLimit, keys, nextMinute }
  })
  assert.deepEqual((await app.inject('/')).json(), {
    refused: 0,
    again: [true, false],
    newcomers: [true, true, false],
    last: true,
    otherLimit: true,
    keys: [true, true, true],
    nextMinute: [true, true, true],
  })
})

function isPassed(ask: () => void): boolean {
  try {
    ask()
    return true
  } catch (error) {
    assert.ok(error instanceof ApiError, String(error))
    return false
  }
}

/** A server with nothing but limits, asked as clients ask it. */
function start(t: TestContext, limitSettings: typeof settings | null = settings) {
  const clock = { nowMs: Date.parse('2026-03-15T12:00:00Z') }
  const limits = createRateLimits(limitSettings, { nowMs: () => clock.nowMs })
  const app = Fastify({ trustProxy: true })
  t.after(() => app.close())
  app.get<{ Querystring: { kind: keyof typeof settings; key?: string } }>('/', (request, reply) => {
    const { kind, key } = request.query
    try {
      if (key === undefined) limits.byAddress(kind, request, reply)
      else limits.byKey(kind, Number(key), reply)
    } catch (error) {
      assert.ok(error instanceof ApiError)
      const { retryAfterSeconds, message, status } = error
      return reply.code(status).send({ retryAfterSeconds, message })
    }
    return { ok: true }
  })
  const ask = async (kind: keyof typeof settings, ip = '192.0.2.1', key?: number) => {
    const query = { kind, ...(key === undefined ? {} : { key: String(key) }) }
    const headers = { 'x-forwarded-for': ip }
    const answer = await app.inject({ method: 'GET', url: '/', query, headers })
    const told = (prefix: string) => ({
      limit: Number(answer.headers[`${prefix}-limit`]),
      remaining: Number(answer.headers[`${prefix}-remaining`]),
      reset: Number(answer.headers[`${prefix}-reset`]),
    })
    assert.deepEqual(told('x-ratelimit'), told('ratelimit'))
    const body = answer.json<{ retryAfterSeconds?: number; message?: string }>()
    return { status: answer.statusCode, told: told('ratelimit'), ...body }
  }
  return { ask, clock }
}
