import { DAY_MS } from '../shared/calendar.ts'
import type { Db } from './database.ts'

const ensure = {
  name: 'ensure_event_partitions',
  text: 'select ensure_event_partitions($1, $2) as made',
}

/** How far ahead partitions exist: a server that is off for two months finds its table when it returns. */
const AHEAD_DAYS = 92

/**
 * Makes the monthly partitions of the event tables from yesterday (a clock may be set back) to three
 * months ahead. Returns how many were missing.
 */
export async function ensurePartitions(db: Db, nowMs: number): Promise<number> {
  return ensurePartitionsBetween(db, nowMs - DAY_MS, nowMs + AHEAD_DAYS * DAY_MS)
}

/** Makes the partitions of the months from one moment to another. Returns how many were missing. */
export async function ensurePartitionsBetween(
  db: Db,
  fromMs: number,
  toMs: number,
): Promise<number> {
  const rows = await db.query<{ made: number }>(ensure, [new Date(fromMs), new Date(toMs)])
  return rows[0]?.made ?? 0
}
