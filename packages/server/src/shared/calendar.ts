export const DAY_MS = 86_400_000

/** The UTC day of a moment, as YYYY-MM-DD. */
export function utcDay(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10)
}

/**
 * The same day and time `months` later in UTC. A day that the month does not have becomes its last:
 * 31 January + 1 month = 28 or 29 February.
 */
export function addMonths(atMs: number, months: number): number {
  const from = new Date(atMs)
  const target = new Date(atMs)
  target.setUTCDate(1)
  target.setUTCMonth(from.getUTCMonth() + months)
  const lastDay = new Date(
    Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0),
  ).getUTCDate()
  target.setUTCDate(Math.min(from.getUTCDate(), lastDay))
  return target.getTime()
}
