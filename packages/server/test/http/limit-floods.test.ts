import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../../src/contract/error-codes.ts'
import { createRateLimits } from '../../src/http/rate-limits.ts'

/** Floods through the limits alone: nobody waits for hundreds of thousands of requests. */
const settings = { click: 2, browserLead: 2, write: 2, read: 2, testEvent: 2 }
const windowMs = 60_000
/** More than the server counts apart in a minute. */
const floodSize = 100_500

type LimitName = keyof typeof settings

function start() {
  const clock = { nowMs: Date.parse('2026-03-15T12:00:00Z') }
  const limits = createRateLimits(settings, { nowMs: () => clock.nowMs })
  const reply = { header: () => reply } as unknown as FastifyReply
  const from = (name: LimitName, ip: string) =>
    isPassed(() => limits.byAddress(name, { ip } as FastifyRequest, reply))
  return {
    clock,
    from,
    with: (name: LimitName, keyId: number) => isPassed(() => limits.byKey(name, keyId, reply)),
    flood(name: LimitName) {
      for (let n = 0; n < floodSize; n += 1) {
        from(name, `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`)
      }
    },
  }
}

function isPassed(ask: () => void): boolean {
  try {
    ask()
    return true
  } catch (error) {
    assert.ok(error instanceof ApiError, String(error))
    assert.equal(error.code, 'rate_limited')
    return false
  }
}

const thrice = (ask: () => boolean) => [ask(), ask(), ask()]
const newcomers = Array.from({ length: 5 }, (_, n) => `192.0.2.${n}`)

test('a flood of addresses against one limit leaves every other with counters of its own', () => {
  const limits = start()
  limits.flood('click')
  const isRefused = newcomers.some((ip) => !limits.from('click', ip))
  assert.ok(isRefused, 'newcomers of the flooded limit share one counter')
  for (const name of ['browserLead', 'testEvent'] as const) {
    for (const ip of newcomers) {
      assert.deepEqual(
        thrice(() => limits.from(name, ip)),
        [true, true, false],
        `${name} ${ip}`,
      )
    }
  }
})

test('a flood of addresses against the very limit of a key does not reach the key', () => {
  const limits = start()
  limits.flood('write')
  for (const keyId of [1, 2, 3]) {
    assert.deepEqual(
      thrice(() => limits.with('write', keyId)),
      [true, true, false],
    )
  }
})

test('keys never share a counter, however many there are', () => {
  const limits = start()
  for (let keyId = 1; keyId <= floodSize; keyId += 1) limits.with('write', keyId)
  const counted = [1, floodSize].map((keyId) => [
    limits.with('write', keyId),
    limits.with('write', keyId),
  ])
  assert.deepEqual(counted, [
    [true, false],
    [true, false],
  ])
  for (const keyId of [floodSize + 1, floodSize + 2, floodSize + 3]) {
    assert.deepEqual(
      thrice(() => limits.with('write', keyId)),
      [true, true, false],
    )
  }
})

test('the next minute begins without the flood', () => {
  const limits = start()
  limits.flood('click')
  limits.clock.nowMs += windowMs
  for (const ip of newcomers) {
    assert.deepEqual(
      thrice(() => limits.from('click', ip)),
      [true, true, false],
    )
  }
})
