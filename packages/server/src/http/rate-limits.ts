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
/** Addresses counted a window and limit. Beyond it, those not yet seen share one counter: memory stays bounded. */
const ADDRESSES_MAX = 100_000

/**
 * Counts requests in windows of one minute, in this process. Throws ApiError `rate_limited` beyond a
 * limit and writes the RateLimit headers either way. `null` settings switch every limit off.
 * Each limit counts by itself, so that a flood against one never reaches another; keys are never
 * counted together, for only who has a key comes so far.
 */
export function createRateLimits(settings: RateLimitSettings | null, clock: Clock): RateLimits {
  let window = -1
  const counters = new Map<LimitName, Map<string | number, number>>()

  function consume(name: LimitName, who: string | number, max: number, reply: FastifyReply): void {
    const nowMs = clock.nowMs()
    const current = Math.floor(nowMs / WINDOW_MS)
    if (current !== window) {
      window = current
      counters.clear()
    }
    const counts = counters.get(name) ?? new Map<string | number, number>()
    counters.set(name, counts)
    const isCrowded = typeof who === 'string' && counts.size >= ADDRESSES_MAX && !counts.has(who)
    const counter = isCrowded ? 'others' : who
    const count = (counts.get(counter) ?? 0) + 1
    counts.set(counter, count)
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
      if (settings) consume(name, keyId, settings[name], reply)
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
