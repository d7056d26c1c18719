import { createHmac } from 'node:crypto'
import { createBatcher } from './batcher.ts'
import { type Db, isRefusal } from './database.ts'

/** Counts that all processes on one database share. */
export interface SharedCounts {
  /** Adds to the count of `who` in that minute since 1970, and resolves to the sum right after it. */
  add(minute: number, who: string, requests: number): Promise<number>
}

interface Addition {
  minute: number
  counter: string
  requests: number
}

/**
 * One commit at a time and process: what arrives meanwhile shares the next. Additions of one caller
 * become one row, so a flood takes no room from others and there are no lanes. Nobody is kept waiting for
 * a slow database longer than a moment.
 */
const batch = {
  jobsPerBatchMax: 500,
  batchesInFlightMax: 1,
  queueMax: 10_000,
  waitMaxMs: 2_000,
}
/** Clocks of several machines differ: a minute that is over here may not be over there. */
const keptMinutes = 5

/** Hashes callers under the installation's secret, for addresses are kept nowhere. */
export function createSharedCounts(
  db: Db,
  pepper: Buffer,
  monotonicMs: () => number,
  onCleanUpError: (error: unknown) => void,
): SharedCounts {
  let cleanedMinute = 0
  const writer = createBatcher<Addition, number>({
    ...batch,
    process: (additions) => addUp(db, additions),
    isRefusal,
    nowMs: monotonicMs,
  })
  return {
    add(minute, who, requests) {
      if (minute > cleanedMinute) {
        cleanedMinute = minute
        db.query(deleteOld, [minute - keptMinutes]).catch(onCleanUpError)
      }
      return writer.submit({ minute, counter: counterOf(pepper, minute, who), requests })
    },
  }
}

/** The minute is in it, so that nobody can follow a caller from one minute to the next. */
function counterOf(pepper: Buffer, minute: number, who: string): string {
  const digest = createHmac('sha256', pepper).update(`rate limit ${minute} ${who}`).digest('hex')
  return digest.slice(0, 32)
}

async function addUp(db: Db, additions: Addition[]): Promise<number[]> {
  const sums = new Map<string, Addition>()
  for (const { minute, counter, requests } of additions) {
    sums.set(counter, { minute, counter, requests: requests + (sums.get(counter)?.requests ?? 0) })
  }
  // In one order everywhere: two processes that lock the same rows can then not block each other.
  const rows = [...sums.values()].sort((a, b) => (a.counter < b.counter ? -1 : 1))
  const stored = await db.query<{ counter: string; requests: number }>(addCounts, [
    rows.map((row) => row.minute),
    rows.map((row) => row.counter),
    rows.map((row) => row.requests),
  ])
  const totals = new Map(stored.map((row) => [row.counter, row.requests]))
  return runningTotals(additions, sums, totals)
}

/** Those who share a row came one after the other, and each is told the sum as it was after its own. */
function runningTotals(
  additions: Addition[],
  sums: Map<string, Addition>,
  totals: Map<string, number>,
): number[] {
  const reached = new Map<string, number>()
  for (const [counter, { requests }] of sums) {
    reached.set(counter, (totals.get(counter) ?? requests) - requests)
  }
  return additions.map(({ counter, requests }) => {
    const total = (reached.get(counter) ?? 0) + requests
    reached.set(counter, total)
    return total
  })
}

const addCounts = {
  name: 'rate_counts_add',
  text: `insert into rate_counts (minute, counter, requests)
    select minute, decode(counter, 'hex'), requests
    from unnest($1::integer[], $2::text[], $3::bigint[]) as t (minute, counter, requests)
    on conflict (counter, minute)
      do update set requests = rate_counts.requests + excluded.requests
    returning encode(counter, 'hex') as counter, requests`,
}

/** What another process deletes at this moment is left to it. */
const deleteOld = {
  name: 'rate_counts_delete_old',
  text: `delete from rate_counts where (counter, minute) in (
    select counter, minute from rate_counts where minute < $1 for update skip locked)`,
}
