import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isIPv4 } from 'node:net'
import { Reader } from 'mmdb-lib'
import { plainIp } from '../../shared/ip-address.ts'

export interface CountryReader {
  /** ISO 3166-1 alpha-2 code, or null for private, unknown and broken addresses. Never throws. */
  country(ip: string): string | null
}

const databaseFile = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb'

/**
 * Addresses that belong to nobody (RFC 6890). The database takes some for Australian, home networks
 * among them, so a server behind a proxy it does not trust would report a country for everyone.
 */
const nobodysIPv4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const
const nobodysNetworks = nobodysIPv4.map(([network, bits]) => {
  const first = toNumber(network)
  return { first, last: first + 2 ** (32 - bits) - 1 }
})
/** IPv6 hands out 2000::/3 only, and of that one network is for documentation. */
const somebodysIPv6 = /^(?!2001:db8:)[23][0-9a-f]{3}:/

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
      if (plain === null) return null
      const isSomebodys = isIPv4(plain) ? !isNobodysIPv4(plain) : somebodysIPv6.test(plain)
      return isSomebodys ? countryCode(reader.get(plain)) : null
    },
  }
}

/** By hand: node's own BlockList makes an object for each address it is asked about, which costs more than all the rest here. */
function isNobodysIPv4(ip: string): boolean {
  const address = toNumber(ip)
  return nobodysNetworks.some(({ first, last }) => address >= first && address <= last)
}

/** Of a dotted IPv4 address, below 2^32. */
function toNumber(ip: string): number {
  return ip.split('.').reduce((number, byte) => number * 256 + Number(byte), 0)
}

/** The record of this database is flat: `{ country_code }`. */
function countryCode(record: unknown): string | null {
  if (typeof record !== 'object' || record === null || !('country_code' in record)) return null
  const code = record.country_code
  return typeof code === 'string' && /^[A-Z]{2}$/.test(code) ? code : null
}
