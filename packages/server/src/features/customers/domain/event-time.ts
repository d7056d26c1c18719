/** Clocks of servers that share a database may differ by so much. */
const clockSkewMaxMs = 5 * 60_000

/**
 * When an event of a customer happened. It cannot be before the customer's first click, which is where
 * its click id comes from: a server whose clock is a little behind would otherwise find no click that
 * came before its sale, and the partner would lose it. A larger gap is no skew and is left as it is.
 */
export function eventTime(customer: { createdAtMs: number }, atMs: number): number {
  const behindMs = customer.createdAtMs - atMs
  return behindMs > 0 && behindMs <= clockSkewMaxMs ? customer.createdAtMs : atMs
}
