import { createHmac } from 'node:crypto'
import { isIPv4, isIPv6 } from 'node:net'

/** The eight 16-bit groups of an IPv6 address. */
type Groups = number[]

/** For display: an IPv4 address without its last 8 bits, an IPv6 address by its first 48. Null for anything else. */
export function truncateIp(ip: string): string | null {
  const address = parse(ip)
  if (address === null) return null
  if (typeof address === 'string') return `${address.split('.').slice(0, 3).join('.')}.0`
  return canonical([...address.slice(0, 3), 0, 0, 0, 0, 0])
}

/**
 * By what a rate limit counts an address: IPv4 whole, IPv6 by /64, because one subscriber has at
 * least that many.
 */
export function limitKey(ip: string): string {
  const address = parse(ip)
  if (address === null) return 'unknown'
  return typeof address === 'string' ? address : canonical([...address.slice(0, 4), 0, 0, 0, 0])
}

/**
 * A pseudonym of an address for one day: equal addresses can be seen to be equal within it, and
 * not across days. `dayIso` is YYYY-MM-DD.
 */
export function dailyIpHash(ip: string, secret: Buffer, dayIso: string): Buffer {
  const dayKey = createHmac('sha256', secret).update(`ip ${dayIso}`).digest()
  return createHmac('sha256', dayKey).update(ip).digest()
}

/** IPv4 (also when mapped into IPv6) as text, IPv6 as groups. A zone id is dropped. */
function parse(ip: string): string | Groups | null {
  const plain = ip.split('%', 1)[0] ?? ''
  if (isIPv4(plain)) return plain
  if (!isIPv6(plain)) return null
  const groups = toGroups(plain)
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (!isMapped) return groups
  const [high = 0, low = 0] = groups.slice(6)
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

function toGroups(ip: string): Groups {
  const dotted = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(ip)
  const hexOnly =
    dotted === null
      ? ip
      : ip.slice(0, dotted.index) +
        [(Number(dotted[1]) << 8) | Number(dotted[2]), (Number(dotted[3]) << 8) | Number(dotted[4])]
          .map((group) => group.toString(16))
          .join(':')
  const [head = '', tail] = hexOnly.split('::')
  const first = numbers(head)
  if (tail === undefined) return first
  const last = numbers(tail)
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last]
}

function numbers(part: string): Groups {
  return part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
}

/** RFC 5952 by way of the URL parser, which writes IPv6 hosts so. */
function canonical(groups: Groups): string {
  const text = groups.map((group) => group.toString(16)).join(':')
  return new URL(`http://[${text}]/`).hostname.slice(1, -1)
}
