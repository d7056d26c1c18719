import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Reader } from 'mmdb-lib'

export interface CountryReader {
  /** ISO 3166-1 alpha-2 code, or null for private, unknown and broken addresses. Never throws. */
  country(ip: string): string | null
}

const packageName = '@ip-location-db/geo-whois-asn-country-mmdb'

/** Loads the country database (public domain, shipped as a package) into memory. Load it once a process. */
export function openCountryDatabase(): CountryReader {
  const require = createRequire(import.meta.url)
  const folder = dirname(require.resolve(`${packageName}/package.json`))
  const reader = new Reader<never>(readFileSync(join(folder, 'geo-whois-asn-country.mmdb')))
  return {
    country(ip) {
      try {
        return countryCode(reader.get(ip.replace(/^::ffff:(?=\d+\.)/i, '')))
      } catch {
        // An address that cannot be looked up has no country; a click is worth more than that.
        return null
      }
    },
  }
}

/** The record of this database is flat: `{ country_code }`. */
function countryCode(record: unknown): string | null {
  if (typeof record !== 'object' || record === null || !('country_code' in record)) return null
  const code = record.country_code
  return typeof code === 'string' && /^[A-Z]{2}$/.test(code) ? code : null
}
