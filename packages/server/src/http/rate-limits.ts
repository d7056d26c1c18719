import type { FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../contract/error-codes.ts'
import type { RateLimitSettings } from '../contract/limits.ts'
import type { SharedCounts } from '../db/shared-counts.ts'
import type { Clock } from '../shared/clock.ts'
import { limitKey } from '../shared/ip-address.ts'

type LimitName = keyof RateLimitSettings

/** Decides at once, or resolves when other processes had to be asked. Throws or rejects with `rate_limited`. */
type Decision = Promise<void> | undefined

export interface RateLimits {
  byAddress(name: LimitName, request: FastifyRequest, reply: FastifyReply): Decision
  byKey(name: LimitName, keyId: number, reply: FastifyReply): Decision
}

/** How limits hold over several processes. */
export interface LimitSharing {
  counts: SharedCounts
  /** How many processes there are, as far as is known. */
  processes: number
}

/** What one caller has sent in this minute, as this process knows it. */
interface Count {
  /** The sum over all processes when they were asked last. */
  known: number
  /** Being told to the others just now. */
  telling: number
  /** Counted here and not yet told. */
  untold: number
}

const WINDOW_MS = 60_000
/** Addresses counted a window and limit. Beyond it, those not yet seen share one counter: memory stays bounded. */
const ADDRESSES_MAX = 100_000
/** All processes together may let through this part of a limit beyond it: an eighth. */
const EXCESS_PARTS = 8
/** Processes that share a database do not know of each other: so many are taken for granted. */
const PROCESSES_MIN = 4

/**
 * Counts requests in windows of one minute. Throws ApiError `rate_limited` beyond a limit and writes the
 * RateLimit headers either way. `null` settings switch every limit off.
 * Each limit counts by itself, so that a flood against one never reaches another; keys are never
 * counted together, for only who has a key comes so far.
 * With `sharing` a process lets a caller have a few requests (`untoldMax`) before it tells the others
 * and asks how many they saw: a visitor who clicks once or twice a minute costs nothing, and the excess
 * of all others together is at most `untoldMax` for each.
 */
export function createRateLimits(
  settings: RateLimitSettings | null,
  clock: Clock,
  sharing: LimitSharing | null = null,
): RateLimits {
  let window = -1
  const counters = new Map<LimitName, Map<string | number, Count>>()

  function countOf(name: LimitName, who: string | number): { counter: string; count: Count } {
    const counts = counters.get(name) ?? new Map<string | number, Count>()
    counters.set(name, counts)
    const isCrowded = typeof who === 'string' && counts.size >= ADDRESSES_MAX && !counts.has(who)
    const counter = isCrowded ? 'others' : who
    const count = counts.get(counter) ?? { known: 0, telling: 0, untold: 0 }
    counts.set(counter, count)
    return { counter: `${name} ${typeof who} ${counter}`, count }
  }

  function consume(
    name: LimitName,
    who: string | number,
    max: number,
    reply: FastifyReply,
  ): Decision {
    const nowMs = clock.nowMs()
    const current = Math.floor(nowMs / WINDOW_MS)
    if (current !== window) {
      window = current
      counters.clear()
    }
    const { counter, count } = countOf(name, who)
    count.untold += 1
    const resetSeconds = Math.ceil(((current + 1) * WINDOW_MS - nowMs) / 1000)
    const judge = (total: number) => judgeTotal(reply, total, max, resetSeconds)
    const total = count.known + count.telling + count.untold
    // The others can only have added to it, so what is too much here is too much.
    if (sharing === null || total > max || isFree(count, max, sharing)) {
      judge(total)
      return undefined
    }
    return tell(sharing.counts, current, counter, count).then(judge)
  }

  return {
    byAddress(name, request, reply) {
      return settings ? consume(name, limitKey(request.ip), settings[name], reply) : undefined
    },
    byKey(name, keyId, reply) {
      return settings ? consume(name, keyId, settings[name], reply) : undefined
    },
  }
}

/** While one is being told, nothing is free: else a burst would have the free ones again and again. */
function isFree({ telling, untold }: Count, max: number, { processes }: LimitSharing): boolean {
  const untoldMax = Math.floor(max / (EXCESS_PARTS * Math.max(PROCESSES_MIN, processes)))
  return telling === 0 && untold <= untoldMax
}

/** Tells the others what was counted here. Resolves to the sum over all of them, right after this request. */
async function tell(
  counts: SharedCounts,
  minute: number,
  counter: string,
  count: Count,
): Promise<number> {
  const requests = count.untold
  count.untold = 0
  count.telling += requests
  try {
    const total = await counts.add(minute, counter, requests)
    count.known = Math.max(count.known, total)
    return total
  } catch {
    // Without the database this process counts for itself: a limit must not fail what could be answered.
    count.known += requests
    return count.known
  } finally {
    count.telling -= requests
  }
}

function judgeTotal(reply: FastifyReply, total: number, max: number, resetSeconds: number): void {
  writeHeaders(reply, max, Math.max(0, max - total), resetSeconds)
  if (total > max) {
    throw new ApiError('rate_limited', 'Too many requests', { retryAfterSeconds: resetSeconds })
  }
}

function writeHeaders(reply: FastifyReply, limit: number, remaining: number, reset: number): void {
  for (const prefix of ['ratelimit', 'x-ratelimit']) {
    reply.header(`${prefix}-limit`, limit)
    reply.header(`${prefix}-remaining`, remaining)
    reply.header(`${prefix}-reset`, reset)
  }
}
