import type { Database } from '../../../db/database.ts'
import { addMonths, DAY_MS } from '../../../shared/calendar.ts'
import {
  beginArchiving,
  cancelArchiving,
  detachPartition,
  endArchiving,
  finalizeDetach,
  keepTouches,
  loadMonthPartitions,
  type MonthPartition,
  moveToArchive,
} from './store.ts'

export interface ArchiveRequest {
  nowMs: number
  /** Raw clicks of the last so many days stay. Null: all of them, and only what was begun is ended. */
  retentionDays: number | null
  /** Breaks off what is under way. The next round goes on from there. */
  signal: AbortSignal
}

export type ArchiveOutcome =
  /** Another process is at it. */
  { kind: 'busy' } | { kind: 'done'; months: string[] }

/**
 * So long a detach waits for readers that were there before it, for example a dump. Nobody else waits
 * meanwhile; afterwards it gives up until the next round.
 */
const lockTimeoutMs = 10_000

/**
 * Moves the months of clicks that are older than the retention as a whole out of the way of the server,
 * and keeps of each click what attribution and the daily totals need. Each step can be broken off
 * anywhere, by a crash too: the next round sees how far it came and goes on. Rejects with a lock timeout
 * when somebody read for long.
 */
export async function archiveClicks(
  database: Database,
  request: ArchiveRequest,
): Promise<ArchiveOutcome> {
  return database.exclusively(async (client) => {
    const pid = await beginArchiving(client, lockTimeoutMs)
    if (pid === null) return { kind: 'busy' }
    const cancel = () => {
      // Should it fail, the connection is cut off when the process ends, which comes to the same.
      cancelArchiving(database, pid).catch(() => undefined)
    }
    request.signal.addEventListener('abort', cancel)
    try {
      const months: string[] = []
      for (const partition of inOrder(await loadMonthPartitions(client))) {
        if (request.signal.aborted) break
        if (!isDue(partition, request)) continue
        await archiveMonth(client, partition, request.nowMs)
        months.push(partition.month.slice(0, 7))
      }
      return { kind: 'done', months }
    } finally {
      request.signal.removeEventListener('abort', cancel)
      await endArchiving(client)
    }
  })
}

type Client = Parameters<typeof beginArchiving>[0]

async function archiveMonth(
  client: Client,
  partition: MonthPartition,
  nowMs: number,
): Promise<void> {
  switch (partition.state) {
    case 'attached':
      await keepTouches(client, partition, nowMs)
      await detachPartition(client, partition.table)
      break
    case 'detaching':
      await finalizeDetach(client, partition.table)
      break
    case 'detached':
      break
  }
  await moveToArchive(client, partition.table)
}

/** What is half way out goes first: PostgreSQL detaches one partition at a time. */
function inOrder(partitions: MonthPartition[]): MonthPartition[] {
  const isHalfWay = ({ state }: MonthPartition) => state !== 'attached'
  return [...partitions.filter(isHalfWay), ...partitions.filter((one) => !isHalfWay(one))]
}

/** A table that somebody else detached is not ours to move: it is not begun. */
function isDue({ month, state, isBegun }: MonthPartition, request: ArchiveRequest): boolean {
  if (state !== 'attached') return isBegun
  if (request.retentionDays === null) return false
  const endMs = addMonths(Date.parse(`${month}T00:00:00Z`), 1)
  return endMs <= request.nowMs - request.retentionDays * DAY_MS
}
