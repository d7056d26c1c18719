/** Clocks of servers that share a database may differ by so much. */
export const clockSkewMaxMs = 5 * 60_000

/**
 * When an event of a customer happened, given the newest of the customer's clicks that was stored
 * before it. A server whose clock is a little behind would otherwise find the click to come after the
 * event, and the partner would lose it. A larger gap is no skew and is left as it is.
 */
export function eventTime(atMs: number, newestClickAtMs: number): number {
  const behindMs = newestClickAtMs - atMs
  return behindMs > 0 && behindMs <= clockSkewMaxMs ? newestClickAtMs : atMs
}
