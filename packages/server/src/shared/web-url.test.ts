import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isStorable } from './text.ts'
import { readLanding, storedUrl, withAffCode } from './web-url.ts'

const affCode = (raw: string) => readLanding(raw).aff

const hostileUrl = fc
  .tuple(
    fc.constantFrom(
      'http://',
      'https://',
      'HTTPS:',
      'http:\\\\',
      '//',
      '',
      'javascript:',
      'ftp://',
    ),
    fc.constantFrom(
      'example.com',
      'a@b',
      'u:p@x.co:8080',
      '例え.jp',
      '[::1]',
      '[::1',
      '%',
      '',
      '1',
    ),
    fc.string({
      unit: fc.constantFrom(
        ...['/', '?', '#', '&', '=', '@', '%', '%40', '%2540', '%E0%A4%A', '%00', '\0', '\ud800'],
        ...[
          'aff',
          'utm_source',
          'token',
          'eyJhbGciOiJIUzI1NiJ9.e30.x',
          'a',
          'é',
          '😀',
          ' ',
          '..',
          '\\',
        ],
      ),
      maxLength: 30,
    }),
  )
  .map((parts) => parts.join(''))

test('a stored URL has no credentials, no fragment, and of the query only aff and utm_*', () => {
  assert.equal(
    storedUrl(
      'https://user:secret@example.com:8443/a/b?token=x&aff=ADA&utm_source=news&gclid=1#frag',
    ),
    'https://example.com:8443/a/b?aff=ADA&utm_source=news',
  )
  assert.equal(storedUrl('http://a@b'), 'http://b/')
  assert.equal(
    storedUrl('https://example.com?AFF=x&utm_=x&utm_A=x&xutm_a=x'),
    'https://example.com/',
  )
  assert.equal(storedUrl('  https://example.com/x  '), 'https://example.com/x')
})

test('of a parameter given twice the first value that says something is kept', () => {
  assert.equal(storedUrl('https://x.com/?aff=&aff=A&aff=B'), 'https://x.com/?aff=A')
})

test('only http and https are stored', () => {
  const others = ['javascript:alert(1)', 'data:text/html,x', 'ftp://x.com/', 'file:///etc/passwd']
  const broken = [
    '',
    ' ',
    'x',
    '//x',
    '/x',
    'http://',
    'http://[::1',
    'http://%',
    'https://a b/',
    '\0',
  ]
  for (const raw of [...others, ...broken]) assert.equal(storedUrl(raw), null, JSON.stringify(raw))
})

test('emails and signed tokens in a path or a kept value are masked', () => {
  assert.equal(storedUrl('https://x.com/user/a@b.co/edit'), 'https://x.com/user/***/edit')
  assert.equal(storedUrl('https://x.com/user/a%40b.co'), 'https://x.com/user/***')
  assert.equal(storedUrl('https://x.com/user/a%252540b.co'), 'https://x.com/user/***')
  assert.equal(
    storedUrl('https://x.com/reset/eyJhbGciOiJIUzI1NiJ9.e30.sig'),
    'https://x.com/reset/***',
  )
  assert.equal(storedUrl('https://x.com/?utm_content=a%40b.co'), 'https://x.com/?utm_content=***')
  assert.equal(
    storedUrl('https://x.com/blog/eyJafjallajokull'),
    'https://x.com/blog/eyJafjallajokull',
  )
})

test('hosts and paths in other scripts are stored as ASCII', () => {
  assert.equal(storedUrl('https://例え.jp/é'), 'https://xn--r8jz45g.jp/%C3%A9')
})

test('broken escapes and characters that cannot be stored do no harm', () => {
  assert.equal(storedUrl('https://x.com/%zz/%E0%A4%A'), 'https://x.com/%zz/%E0%A4%A')
  assert.equal(storedUrl('https://x.com/?aff=a%00b%E0%A4%A'), 'https://x.com/?aff=ab%EF%BF%BD%25A')
  assert.equal(storedUrl('https://x.com/\0\ud800'), 'https://x.com/%00%EF%BF%BD')
})

test('a long URL loses its query first, then the end of its path', () => {
  const path = `/${'p'.repeat(1_900)}`
  assert.equal(
    storedUrl(`https://x.com${path}?utm_term=${'t'.repeat(300)}`),
    `https://x.com${path}`,
  )
  const longPath = storedUrl(`https://x.com/${'p'.repeat(5_000)}?aff=A`)
  assert.equal(longPath, `https://x.com/${'p'.repeat(2_048 - 'https://x.com/'.length)}`)
  const short = storedUrl(`https://x.com/?utm_term=${'t'.repeat(300)}`)
  assert.equal(short, `https://x.com/?utm_term=${'t'.repeat(200)}`)
})

test('a path is not cut through an escape', () => {
  for (const pad of ['', 'a', 'aa']) {
    const stored = storedUrl(`https://x.com/${pad}${'é'.repeat(600)}`) ?? ''
    assert.match(stored, /%(A9|C3)$/)
    assert.ok(stored.length > 2_040 && stored.length <= 2_048)
  }
})

test('a host longer than any name can be is refused, never cut to the name of another', () => {
  assert.equal(storedUrl(`https://${'a.'.repeat(2_000)}com/`), null)
  assert.equal(affCode(`https://${'a.'.repeat(2_000)}com/?aff=A`).kind, 'invalid_url')
})

test('any input gives null or a storable ASCII web URL without anything private, which stays as it is', () => {
  fc.assert(
    fc.property(fc.oneof(hostileUrl, fc.webUrl({ withQueryParameters: true })), (raw) => {
      const stored = storedUrl(raw)
      if (stored === null) return
      assert.match(stored, /^https?:\/\/[!-~]+$/)
      assert.ok(stored.length <= 2_048)
      assert.ok(isStorable(stored))
      assert.doesNotMatch(stored, /@|%(25)*40|#/i)
      const url = new URL(stored)
      assert.doesNotMatch(url.pathname + url.search, /eyJhb/)
      for (const [name] of url.searchParams) assert.match(name, /^(aff$|utm_)/)
      assert.equal(storedUrl(stored), stored)
    }),
    { numRuns: 5_000 },
  )
})

test('the partner code is the first aff parameter that is not empty', () => {
  const codes: [string, string][] = [
    ['https://example.com/pricing?aff=ADA', 'ADA'],
    ['http://example.com/?x=1&aff=ada_1-b&aff=other#top', 'ada_1-b'],
    ['https://example.com/?aff=&aff=%20&aff=%20ADA%20', 'ADA'],
    ['https://例え.jp/?aff=ADA', 'ADA'],
    ['http://localhost:3000/?aff=ADA', 'ADA'],
    ['https://example.com/?aff=ADA&bad=%E0%A4%A', 'ADA'],
    [` https://example.com/?aff=ADA#${'s'.repeat(60_000)}`, 'ADA'],
  ]
  for (const [raw, code] of codes) assert.deepEqual(affCode(raw), { kind: 'ok', code }, raw)
})

test('a landing URL without scheme is read as https', () => {
  const without = [
    'example.com/?aff=A',
    'www.example.com:8080/x?aff=A',
    ' 例え.jp?aff=A ',
    'देव.भारत/?aff=A',
  ]
  for (const raw of without) assert.deepEqual(affCode(raw), { kind: 'ok', code: 'A' }, raw)
})

test('what is not a web address is invalid, also when it has an aff', () => {
  const invalid = [
    ...[
      '',
      ' ',
      'not-a-url',
      'hello world',
      '/pricing.html?aff=A',
      '?aff=A',
      '//x',
      '//x.com/?aff=A',
    ],
    ...[
      'javascript:alert(1)//?aff=A',
      'javascript:1/?aff=A',
      'data:text/html,?aff=A',
      'a@b.co?aff=A',
    ],
    ...[
      'mailto:a@b.co?aff=A',
      'ftp://x.com/?aff=A',
      'http://[::1',
      'http://',
      'x.com:99999/?aff=A',
    ],
    ...['localhost:3000/?aff=A', 'C:\\x.com?aff=A', '\0', 'x.\ud800/?aff=A'],
  ]
  for (const raw of invalid)
    assert.deepEqual(affCode(raw), { kind: 'invalid_url' }, JSON.stringify(raw))
})

test('a web address without a code says so', () => {
  for (const raw of [
    'https://example.com/',
    'https://example.com/?aff=',
    'https://example.com/?AFF=A',
    'https://example.com/#?aff=A',
    'https://example.com/aff=A',
    'http://a@b',
    'example.com',
  ]) {
    assert.equal(affCode(raw).kind, 'missing', raw)
  }
})

test('without aff, the other parameters are told with their values, twenty at most', () => {
  assert.deepEqual(affCode('https://example.com/?ref= A1 &via=&x=%20&via=b&aff='), {
    kind: 'missing',
    others: [
      { parameter: 'ref', code: 'A1' },
      { parameter: 'via', code: 'b' },
    ],
  })
  const many = affCode(
    `https://example.com/?${Array.from({ length: 50 }, (_, n) => `p${n}=x`).join('&')}`,
  )
  assert.equal(many.kind === 'missing' && many.others.length, 20)
})

test('a code can be put into aff, and the rest of the address stays', () => {
  const raw = 'https://example.com/a?ref=A1&utm_source=news#part'
  assert.equal(withAffCode(raw, 'A1'), 'https://example.com/a?ref=A1&utm_source=news&aff=A1')
  assert.equal(withAffCode('example.com?aff=&ref=b', 'b'), 'https://example.com/?aff=b&ref=b')
  assert.equal(withAffCode('no address', 'b'), 'no address')
})

test('a code is cut at 255 characters', () => {
  const found = affCode(`https://example.com/?aff=${'c'.repeat(1_000)}`)
  assert.deepEqual(found, { kind: 'ok', code: 'c'.repeat(255) })
})

test('a landing URL is answered for any input, and kept as any other page', () => {
  fc.assert(
    fc.property(fc.oneof(hostileUrl, fc.string({ unit: 'binary' })), (raw) => {
      const { aff: found, stored } = readLanding(raw)
      assert.equal(stored, storedUrl(raw))
      if (found.kind === 'ok') assert.match(found.code, /^\S(.*\S)?$/s)
    }),
    { numRuns: 5_000 },
  )
})

test('64 KiB of anything is answered within a few milliseconds', () => {
  const starts = ['', 'http://', 'http://x.com/', 'http://x.com/?', 'x.com/?', 'http://x.com/eyJ']
  const units = [
    'a',
    'a.',
    '@',
    '%',
    '%25',
    '&',
    'utm_a=1&',
    'é',
    '\0',
    '\ud800',
    '../',
    'xn--',
    ':',
    'eyJ',
  ]
  for (const start of starts) {
    for (const unit of units) {
      for (const chars of [16_000, 65_536]) {
        const raw = start + unit.repeat(chars / unit.length)
        const startedMs = performance.now()
        storedUrl(raw)
        affCode(raw)
        const tookMs = performance.now() - startedMs
        assert.ok(tookMs < 250, `${start} ${JSON.stringify(unit)} took ${tookMs} ms`)
      }
    }
  }
})
