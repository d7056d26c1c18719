import type { FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../contract/error-codes.ts'
import type { RateLimitSettings } from '../contract/limits.ts'
import type { Clock } from '../shared/clock.ts'
import { limitKey } from '../shared/ip-address.ts'

type LimitName = keyof RateLimitSettings

export interface RateLimits {
  byAddress(name: LimitName, request: FastifyRequest, reply: FastifyReply): void
  byKey(name: LimitName, keyId: number, reply: FastifyReply): void
}

const WINDOW_MS = 60_000
/** Counters kept a window. Beyond it, callers not yet counted share one counter: memory stays bounded. */
const COUNTERS_MAX = 100_000

/**
 * Counts requests in windows of one minute, in this process. Throws ApiError `rate_limited` beyond a
 * limit and writes the RateLimit headers either way. `null` settings switch every limit off.
 */
export function createRateLimits(settings: RateLimitSettings | null, clock: Clock): RateLimits {
  let window = -1
  let counts = new Map<string, number>()

  function consume(name: LimitName, who: string, max: number, reply: FastifyReply): void {
    const nowMs = clock.nowMs()
    const current = Math.floor(nowMs / WINDOW_MS)
    if (current !== window) {
      window = current
      counts = new Map()
    }
    let key = `${name} ${who}`
    if (!counts.has(key) && counts.size >= COUNTERS_MAX) key = `${name} others`
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    const resetSeconds = Math.ceil(((current + 1) * WINDOW_MS - nowMs) / 1000)
    writeHeaders(reply, max, Math.max(0, max - count), resetSeconds)
    if (count > max) {
      throw new ApiError('rate_limited', 'Too many requests', { retryAfterSeconds: resetSeconds })
    }
  }

  return {
    byAddress(name, request, reply) {
      if (settings) consume(name, limitKey(request.ip), settings[name], reply)
    },
    byKey(name, keyId, reply) {
      if (settings) consume(name, `key ${keyId}`, settings[name], reply)
    },
  }
}

function writeHeaders(reply: FastifyReply, limit: number, remaining: number, reset: number): void {
  for (const prefix of ['ratelimit', 'x-ratelimit']) {
    reply.header(`${prefix}-limit`, limit)
    reply.header(`${prefix}-remaining`, remaining)
    reply.header(`${prefix}-reset`, reset)
  }
}
