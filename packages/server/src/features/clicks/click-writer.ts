import { type Batcher, createBatcher } from '../../db/batcher.ts'
import { type Database, isRefusal } from '../../db/database.ts'
import { nobodysLane, type Sharing } from '../../db/sharing.ts'
import type { Randomness } from '../../shared/random.ts'
import type { ClickRequest } from './domain/click.ts'
import type { ClickOutcome } from './domain/click-outcome.ts'
import { recordClicks } from './record-click.ts'

export type ClickWriter = Batcher<ClickRequest, ClickOutcome>

/** See docs/decisions/0004-group-commit.md. */
const limits = {
  jobsPerBatchMax: 256,
  batchesInFlightMax: 2,
  queueMax: 8_192,
  waitMaxMs: 5_000,
}
const laneLimits = { queueMax: 2_048, floodInFlightMin: 2, floodWaitingPerInFlight: 256 }
const codesMax = 50_000

/**
 * Group commit around `recordClicks`, in which no program's flood makes another's clicks wait. Which
 * program a code belongs to is learned from the clicks that were stored. It never changes, so what is
 * remembered cannot be out of date; whether the link is still open is looked up with every click.
 */
export function createClickWriter(
  database: Database,
  randomness: Randomness,
  nowMs: () => number,
  sharing: Sharing,
): ClickWriter {
  const programs = new Map<string, number>()

  function learn(requests: readonly ClickRequest[], outcomes: readonly ClickOutcome[]): void {
    for (const [i, outcome] of outcomes.entries()) {
      const code = requests[i]?.code
      if (outcome.kind !== 'recorded' || code === undefined || programs.has(code)) continue
      // Rare, and cheaper than an order of use: what is forgotten is learned again with one click.
      if (programs.size >= codesMax) programs.clear()
      programs.set(code, outcome.programId)
    }
  }

  return createBatcher<ClickRequest, ClickOutcome>({
    ...limits,
    nowMs,
    isRefusal,
    lanes: {
      ...laneLimits,
      sharing,
      // Codes that nobody has are in nobody's lane too.
      of: ({ code }) => programs.get(code) ?? nobodysLane,
    },
    process: async (requests) => {
      const outcomes = await recordClicks(database, randomness, requests)
      learn(requests, outcomes)
      return outcomes
    },
  })
}
