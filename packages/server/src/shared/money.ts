/** Money is whole minor units (cents). Products are formed in BigInt: 10^12 × 10^4 leaves 2^53. */

/** n × numerator ÷ denominator, rounded half up. All arguments whole and not negative, denominator > 0. */
export function mulDivHalfUp(n: number, numerator: number, denominator: number): number {
  const product = BigInt(n) * BigInt(numerator)
  const divisor = BigInt(denominator)
  return Number((product * 2n + divisor) / (divisor * 2n))
}

/** The share of an amount at a rate in basis points (1 % = 100), rounded half up to the minor unit. */
export function shareOf(amountMinor: number, rateBps: number): number {
  return mulDivHalfUp(amountMinor, rateBps, 10_000)
}

/** The largest amount a single sale may have, in minor units. */
export const AMOUNT_MAX = 1_000_000_000_000
