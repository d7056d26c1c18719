import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { openCountryDatabase } from './country.ts'

const reader = openCountryDatabase()

test('the country of an address is found, by IPv4 and by IPv6', () => {
  // Addresses of national registries and broadcasters, which do not move.
  const known: [string, string][] = [
    ['8.8.8.8', 'US'],
    ['2001:4860:4860::8888', 'US'],
    ['212.58.244.22', 'GB'],
    ['194.0.0.53', 'DE'],
    ['2001:678:2::53', 'DE'],
    ['202.12.29.175', 'AU'],
    ['133.11.0.1', 'JP'],
    ['2001:240::1', 'JP'],
  ]
  for (const [ip, country] of known) assert.equal(reader.country(ip), country, ip)
})

test('an IPv4 address mapped into IPv6 has the country of the IPv4 address', () => {
  assert.equal(reader.country('::ffff:133.11.0.1'), 'JP')
  assert.equal(reader.country('::FFFF:850b:1'), 'JP')
})

test('private, local, reserved and documentation addresses have no country', () => {
  for (const ip of [
    ...['10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '127.0.0.1', '169.254.1.1'],
    ...[
      '100.64.0.1',
      '0.0.0.0',
      '255.255.255.255',
      '203.0.113.5',
      '198.51.100.1',
      '224.0.0.1',
      '::',
      '::1',
      'fe80::1',
      'fe80::1%eth0',
    ],
    ...[
      '::133.11.0.1',
      '64:ff9b::850b:1',
      'fc00::1',
      'fd12:3456:789a::1',
      'ff02::1',
      '::ffff:10.1.2.3',
      '::ffff:127.0.0.1',
      '2001:db8::1',
    ],
  ]) {
    assert.equal(reader.country(ip), null, ip)
  }
})

test('what is no address has no country', () => {
  for (const text of [
    ...[
      '',
      ' ',
      'localhost',
      '1.2.3',
      '133.11.0',
      '133.11.0.1.1',
      '133.11.0.1:80',
      '133.11.0.1 ',
      '\0',
    ],
    ...['2001:200', '2001:240::1::2', '[2001:240::1]', '133.11.0.0x1', '2001:240::1/64', '\ud800'],
    ...['1.'.repeat(32_768), ':'.repeat(65_536), '2001:240:'.repeat(7_000)],
  ]) {
    assert.equal(reader.country(text), null, text.slice(0, 30))
  }
})

test('any address has a country code of two letters or none', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (ip) => {
      assert.match(reader.country(ip) ?? 'XX', /^[A-Z]{2}$/)
    }),
    { numRuns: 5_000 },
  )
})

test('most public IPv4 space has a country', () => {
  let found = 0
  for (let network = 0; network < 65_536; network++) {
    if (reader.country(`${network >> 8}.${network & 255}.0.1`) !== null) found += 1
  }
  // 3.7 of the 4.3 billion addresses are public, and nearly all of those are assigned.
  assert.ok(found > 0.8 * 65_536, `${found} of 65,536 networks`)
})
