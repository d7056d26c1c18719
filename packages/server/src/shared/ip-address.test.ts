import assert from 'node:assert/strict'
import { isIPv4, isIPv6 } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import { dailyIpHash, dailyIpKey, limitKey, plainIp, truncateIp } from './ip-address.ts'

const rubbish = [
  ...[
    '',
    ' ',
    'localhost',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '1.2.3.4:80',
    '1.2.3.4 ',
  ],
  ...[
    ':',
    ':::',
    '1::2::3',
    '[::1]',
    '2001:db8',
    '::ffff:1.2.3',
    '::1.2.3.4.5',
    '%eth0',
    '\0',
    '١.٢.٣.٤',
  ],
  ...['1'.repeat(65_536), ':'.repeat(65_536), '1:'.repeat(32_768), '%'.repeat(65_536)],
]
const secret = Buffer.from('a secret of the installation')
const network = (ip: string) => truncateIp(ip) ?? ''

test('an IPv4 address is truncated to its /24', () => {
  assert.equal(truncateIp('203.0.113.77'), '203.0.113.0')
  assert.equal(truncateIp('0.0.0.0'), '0.0.0.0')
  assert.equal(truncateIp('255.255.255.255'), '255.255.255.0')
})

test('an IPv6 address is truncated to its /48, in its shortest spelling', () => {
  assert.equal(truncateIp('2001:db8:1:2:3:4:5:6'), '2001:db8:1::')
  assert.equal(truncateIp('2001:0DB8:0001::'), '2001:db8:1::')
  assert.equal(truncateIp('2001:db8::1'), '2001:db8::')
  assert.equal(truncateIp('0:0:1::2'), '0:0:1::')
  assert.equal(truncateIp('::1'), '::')
  assert.equal(truncateIp('64:ff9b::192.0.2.33'), '64:ff9b::')
})

test('IPv4 mapped into IPv6 is the same visitor, and a zone id is not part of the address', () => {
  for (const ip of ['::ffff:203.0.113.77', '::FFFF:cb00:714d', '0:0:0:0:0:ffff:203.0.113.77']) {
    assert.equal(plainIp(ip), '203.0.113.77')
    assert.equal(truncateIp(ip), '203.0.113.0')
    assert.equal(limitKey(ip), '203.0.113.77')
    assert.deepEqual(
      dailyIpHash(ip, dailyIpKey(secret, '2026-01-31')),
      dailyIpHash('203.0.113.77', dailyIpKey(secret, '2026-01-31')),
    )
  }
  assert.equal(truncateIp('fe80:1:2:3::1%eth0'), 'fe80:1:2::')
  assert.equal(plainIp('fe80::1%vlan:2.3'), plainIp('fe80::1'))
  assert.equal(plainIp('::203.0.113.77'), '0:0:0:0:0:0:cb00:714d')
})

test('rubbish has no network and shares one limit', () => {
  for (const text of rubbish) {
    assert.equal(truncateIp(text), null, text.slice(0, 20))
    assert.equal(plainIp(text), null, text.slice(0, 20))
    assert.equal(limitKey(text), 'unknown', text.slice(0, 20))
    assert.equal(dailyIpHash(text, dailyIpKey(secret, '2026-01-31')).length, 32)
  }
})

test('limits count IPv4 addresses singly and IPv6 by /64', () => {
  assert.notEqual(limitKey('203.0.113.1'), limitKey('203.0.113.2'))
  assert.equal(limitKey('2001:db8:1:2::1'), limitKey('2001:db8:1:2:ffff:ffff:ffff:ffff'))
  assert.notEqual(limitKey('2001:db8:1:2::1'), limitKey('2001:db8:1:3::1'))
  assert.equal(limitKey('2001:db8:1:2::1'), '2001:db8:1:2::')
})

test('any address in any spelling has one plain form, as the URL parser has', () => {
  const anyIp = fc.oneof(fc.ipV4(), fc.ipV6())
  const host = (ip: string) => new URL(isIPv4(ip) ? `http://${ip}` : `http://[${ip}]`).hostname
  fc.assert(
    fc.property(anyIp, (ip) => {
      const plain = plainIp(ip) ?? ''
      assert.ok(isIPv4(plain) || isIPv6(plain), plain)
      if (isIPv6(plain)) assert.equal(host(plain), host(ip))
      assert.equal(plainIp(plain), plain)
      assert.equal(host(network(ip)), isIPv4(plain) ? network(ip) : `[${network(ip)}]`)
      assert.equal(network(network(ip)), network(ip))
      assert.equal(limitKey(limitKey(ip)), limitKey(ip))
    }),
    { numRuns: 3_000 },
  )
})

test('the hash of an address is stable within a day, and another on another day or installation', () => {
  const hash = (ip: string, day: string, key = secret) =>
    dailyIpHash(ip, dailyIpKey(key, day)).toString('hex')
  assert.match(hash('203.0.113.77', '2026-01-31'), /^[0-9a-f]{64}$/)
  assert.equal(hash('203.0.113.77', '2026-01-31'), hash('203.0.113.77', '2026-01-31'))
  assert.notEqual(hash('203.0.113.77', '2026-01-31'), hash('203.0.113.77', '2026-02-01'))
  assert.notEqual(hash('203.0.113.77', '2026-01-31'), hash('203.0.113.78', '2026-01-31'))
  const other = Buffer.from('another')
  assert.notEqual(hash('203.0.113.77', '2026-01-31'), hash('203.0.113.77', '2026-01-31', other))
  assert.equal(hash('2001:db8::1', '2026-01-31'), hash('2001:db8::2', '2026-01-31'))
})
