import { DAY_MS, utcDay } from '../../shared/calendar.ts'
import { dailyIpHash, dailyIpKey, truncateIp } from '../../shared/ip-address.ts'
import { remember } from '../../shared/remember.ts'
import type { CountryReader } from './country.ts'

/** What is kept of a visitor's address. */
export interface Address {
  country: string | null
  /** /24 or /48, for display. */
  truncated: string | null
  /** HMAC under the day's key, in hex. */
  hash: string | null
}

export interface AddressReader {
  /** Null: where nobody knows the address, nothing is kept of it. */
  describe(ip: string | null, atMs: number): Address
}

const noAddress: Address = { country: null, truncated: null, hash: null }

/** A click may be stamped yesterday at midnight, so more than one day's key is at hand. */
const dayKeysMax = 4

/**
 * Remembers the addresses seen last, in memory only: hashing and locating one costs more than all the
 * rest of reading a visit. `pepper` is the installation's secret.
 */
export function createAddressReader(
  { country, pepper }: { country: CountryReader; pepper: Buffer },
  kept: { entriesMax: number; keyCharsMax: number },
): AddressReader {
  const dayKey = remember({ entriesMax: dayKeysMax, keyCharsMax: 32 }, (day) =>
    dailyIpKey(pepper, utcDay(Number(day) * DAY_MS)),
  )
  const describe = remember(kept, (key): Address => {
    const space = key.indexOf(' ')
    const ip = key.slice(space + 1)
    return {
      country: country.country(ip),
      truncated: truncateIp(ip),
      hash: dailyIpHash(ip, dayKey(key.slice(0, space))).toString('hex'),
    }
  })
  return {
    describe: (ip, atMs) =>
      ip === null ? noAddress : describe(`${Math.floor(atMs / DAY_MS)} ${ip}`),
  }
}
