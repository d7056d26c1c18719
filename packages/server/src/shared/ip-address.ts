import { createHmac } from 'node:crypto'
import { isIPv4, isIPv6 } from 'node:net'

/** For display: an IPv4 address without its last 8 bits, an IPv6 address by its first 48. Null for anything else. */
export function truncateIp(ip: string): string | null {
  const plain = plainIp(ip)
  if (plain === null) return null
  return isIPv4(plain) ? plain.replace(/\d+$/, '0') : networkOf(plain, 3)
}

/**
 * By what a rate limit counts an address: IPv4 whole, IPv6 by /64, because one subscriber has at
 * least that many. Everything that is no address shares one key.
 */
export function limitKey(ip: string): string {
  const plain = plainIp(ip)
  if (plain === null) return 'unknown'
  return isIPv4(plain) ? plain : networkOf(plain, 4)
}

/**
 * A pseudonym of a visitor's address for one day: equal addresses can be seen to be equal within it,
 * and not across days. IPv6 counts by /64, since devices change the rest by themselves. The key is
 * that day's, from `dailyIpKey`.
 */
export function dailyIpHash(ip: string, dayKey: Buffer): Buffer {
  return createHmac('sha256', dayKey).update(limitKey(ip)).digest()
}

/** The key of one day, from the installation's secret. `dayIso` is YYYY-MM-DD. */
export function dailyIpKey(secret: Buffer, dayIso: string): Buffer {
  return createHmac('sha256', secret).update(`ip ${dayIso}`).digest()
}

/**
 * One spelling for each address: dotted IPv4, also when it came mapped into IPv6, or eight
 * groups of IPv6 in hex. A zone id is dropped. Null for anything else.
 */
export function plainIp(ip: string): string | null {
  const address = ip.split('%', 1)[0] ?? ''
  if (isIPv4(address)) return address
  if (!isIPv6(address)) return null
  const groups = groupsOf(address)
  const isMapped = groups.slice(0, 6).join(':') === '0:0:0:0:0:65535'
  if (!isMapped) return groups.map((group) => group.toString(16)).join(':')
  const [high = 0, low = 0] = groups.slice(6)
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/** The first groups of a plain IPv6 address, as RFC 5952 writes it: the zeros behind them are its longest run. */
function networkOf(plain: string, groupCount: number): string {
  const groups = plain.split(':').slice(0, groupCount)
  while (groups.at(-1) === '0') groups.pop()
  return `${groups.join(':')}::`
}

/** The eight 16-bit groups of a valid IPv6 address. */
function groupsOf(ip: string): number[] {
  const [head = '', tail] = ip.split('::')
  const first = numbers(head)
  if (tail === undefined) return first
  const last = numbers(tail)
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last]
}

function numbers(part: string): number[] {
  if (part === '') return []
  return part.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)]
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
    return [(a << 8) | b, (c << 8) | d]
  })
}
