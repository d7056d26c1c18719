const ISO_WITH_ZONE =
  /^\d{4}-\d{2}-(\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|([+-])(\d{2}):?(\d{2}))$/
const EARLIEST_MS = Date.UTC(2000, 0, 1)

export type ReadTimestamp = { kind: 'ok'; atMs: number } | { kind: 'wrong'; error: string }

/** When an event happened: ISO 8601 with a zone, from the year 2000 on, not after now. */
export function readTimestamp(value: unknown, nowMs: number): ReadTimestamp {
  const found = typeof value === 'string' ? ISO_WITH_ZONE.exec(value) : null
  const atMs = found === null ? Number.NaN : Math.floor(Date.parse(found[0]))
  if (found === null || Number.isNaN(atMs) || !isDayOf(found, atMs)) {
    const error = 'timestamp must be ISO 8601 with a zone, such as 2026-03-15T12:00:00Z'
    return { kind: 'wrong', error }
  }
  if (atMs > nowMs) return { kind: 'wrong', error: 'timestamp is in the future' }
  if (atMs < EARLIEST_MS) return { kind: 'wrong', error: 'timestamp is before the year 2000' }
  return { kind: 'ok', atMs }
}

/** Node makes 2 March of 30 February; the day that was written must be the day that was read. */
function isDayOf([, day, sign, hours, minutes]: RegExpExecArray, atMs: number): boolean {
  if (Number(day) <= 28) return true
  const offsetMs = sign === undefined ? 0 : (Number(hours) * 60 + Number(minutes)) * 60_000
  const localMs = atMs + (sign === '-' ? -offsetMs : offsetMs)
  return new Date(localMs).getUTCDate() === Number(day)
}
