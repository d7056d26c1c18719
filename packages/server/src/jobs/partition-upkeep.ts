import { type Database, isLockTimeout } from '../db/database.ts'
import { ensurePartitions } from '../db/partitions.ts'
import { archiveClicks } from '../features/clicks/index.ts'
import type { Clock } from '../shared/clock.ts'

const hourMs = 3_600_000

export interface UpkeepDeps {
  database: Database
  clock: Clock
  /** Raw clicks of the last so many days stay; null keeps all. */
  retentionDays: number | null
  /** Time between two rounds. */
  everyMs?: number
  onError: (error: unknown) => void
  /** Months of clicks that were archived just now, as YYYY-MM. */
  onArchived: (months: string[]) => void
  /** Somebody read for long, and a partition has to wait for the next round. */
  onPostponed: () => void
}

/**
 * At once and then every hour: the months ahead have their partitions, and months past the retention
 * are archived. A round that fails is told and tried again. Returns how to stop it: what is under way
 * is broken off, and the next process goes on from there.
 */
export function startPartitionUpkeep(deps: UpkeepDeps): () => Promise<void> {
  const stopping = new AbortController()
  let running: Promise<void> | null = null
  const tick = () => {
    // A round may take longer than the time between two.
    running ??= round(deps, stopping.signal).finally(() => {
      running = null
    })
  }
  tick()
  const timer = setInterval(tick, deps.everyMs ?? hourMs)
  timer.unref()
  return async () => {
    clearInterval(timer)
    stopping.abort()
    await running
  }
}

async function round(deps: UpkeepDeps, signal: AbortSignal): Promise<void> {
  const nowMs = deps.clock.nowMs()
  // Each by itself: whoever cannot archive must still not run out of months.
  await attempt(deps, signal, () => ensurePartitions(deps.database, nowMs))
  await attempt(deps, signal, async () => {
    const { retentionDays } = deps
    const outcome = await archiveClicks(deps.database, { nowMs, retentionDays, signal })
    if (outcome.kind === 'done' && outcome.months.length > 0) deps.onArchived(outcome.months)
  })
}

async function attempt(
  deps: UpkeepDeps,
  signal: AbortSignal,
  work: () => Promise<unknown>,
): Promise<void> {
  if (signal.aborted) return
  try {
    await work()
  } catch (error) {
    // What was broken off to stop did not fail.
    if (signal.aborted) return
    if (isLockTimeout(error)) deps.onPostponed()
    else deps.onError(error)
  }
}
