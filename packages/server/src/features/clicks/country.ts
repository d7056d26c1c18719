import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Reader } from 'mmdb-lib'
import { plainIp } from '../../shared/ip-address.ts'

export interface CountryReader {
  /** ISO 3166-1 alpha-2 code, or null for private, unknown and broken addresses. Never throws. */
  country(ip: string): string | null
}

const databaseFile = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb'

/**
 * Loads the country database, which is shipped as a package, into memory (8 MB). Load it once a process.
 * Its data come from the Number Resource Organization (nro.net) under CC BY 4.0.
 */
export function openCountryDatabase(): CountryReader {
  const file = createRequire(import.meta.url).resolve(databaseFile)
  const reader = new Reader<never>(readFileSync(file))
  return {
    country(ip) {
      // The reader answers some country for text that is no address, such as 1.2.3, so it sees only addresses.
      const plain = plainIp(ip)
      return plain === null ? null : countryCode(reader.get(plain))
    },
  }
}

/** The record of this database is flat: `{ country_code }`. */
function countryCode(record: unknown): string | null {
  if (typeof record !== 'object' || record === null || !('country_code' in record)) return null
  const code = record.country_code
  return typeof code === 'string' && /^[A-Z]{2}$/.test(code) ? code : null
}
