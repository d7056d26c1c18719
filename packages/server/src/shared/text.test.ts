import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cleanJson, cleanText, isStorable, maskEmail, normaliseEmail } from './text.ts'

/** Any UTF-16 units, NUL, controls and halves of surrogate pairs among them. */
const hostileText = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\0', '\t', '\n', '\r', '\x1f', '\x7f', '\x9f', '@', '.', '😀', 'é', 'İ', 'Σ'),
    fc.integer({ min: 0xd800, max: 0xdfff }).map((unit) => String.fromCharCode(unit)),
    fc.string({ minLength: 1, maxLength: 1 }),
  ),
  maxLength: 60,
})
const controls = /(?![\t\n])\p{Cc}/u

test('free text keeps words, tabs and line breaks, and loses every other control character', () => {
  assert.equal(cleanText('a\tb\nc', 10), 'a\tb\nc')
  assert.equal(cleanText('a\0b\r\nc\x1b[31m\x7f\x85', 20), 'ab\nc[31m')
  assert.equal(cleanText('Größe 😀', 20), 'Größe 😀')
})

test('free text has half characters replaced', () => {
  assert.equal(cleanText('a\ud83db', 10), 'a\ufffdb')
  assert.equal(cleanText('\ude00\ud83d', 10), '\ufffd\ufffd')
})

test('free text is cut before a character that does not fit, not through it', () => {
  assert.equal(cleanText('ab😀', 4), 'ab😀')
  assert.equal(cleanText('ab😀', 3), 'ab')
  assert.equal(cleanText('😀', 1), '')
  assert.equal(cleanText('abc', 0), '')
})

test('characters that are dropped do not use up the room', () => {
  assert.equal(cleanText(`${'\0'.repeat(1_000)}name`, 4), 'name')
})

test('clean text is storable, short enough, free of controls, and stays as it is', () => {
  fc.assert(
    fc.property(hostileText, fc.nat(50), (value, charsMax) => {
      const clean = cleanText(value, charsMax)
      assert.ok(isStorable(clean))
      assert.ok(clean.length <= charsMax)
      assert.doesNotMatch(clean, controls)
      assert.equal(cleanText(clean, charsMax), clean)
      assert.equal(Buffer.from(clean, 'utf8').toString('utf8'), clean)
    }),
    { numRuns: 2_000 },
  )
})

test('an identifier is storable unless it has a NUL or half a character', () => {
  for (const fine of ['', 'txn_1', 'a\tb', '😀', '\ufffd', '\u{10ffff}']) {
    assert.equal(isStorable(fine), true, JSON.stringify(fine))
  }
  for (const broken of [
    '\0',
    'a\0b',
    '\ud83d',
    '\ude00',
    'a\ud83d😀',
    '😀\ude00',
    '\ude00\ud83d',
  ]) {
    assert.equal(isStorable(broken), false, JSON.stringify(broken))
  }
  fc.assert(
    fc.property(hostileText, (value) => {
      const survivesUtf8 = Buffer.from(value, 'utf8').toString('utf8') === value
      assert.equal(isStorable(value), survivesUtf8 && !value.includes('\0'))
    }),
    { numRuns: 2_000 },
  )
})

test('JSON is cleaned in its values and in its keys, and keeps its shape', () => {
  const dirty = { 'na\0me': ['a\0', { '\ud800': 'x\udc00', n: 1.5, yes: true, no: null }] }
  const clean = { name: ['a', { '\ufffd': 'x\ufffd', n: 1.5, yes: true, no: null }] }
  assert.deepEqual(cleanJson(dirty), clean)
  assert.equal(cleanJson(null), null)
  assert.equal(cleanJson(7), 7)
  assert.equal(cleanJson('x'.repeat(70_000)), 'x'.repeat(70_000))
})

test('a key named __proto__ stays an ordinary key', () => {
  const json = '{"__proto__":{"admin":true},"constructor":1}'
  const clean = cleanJson(JSON.parse(json)) as { admin?: unknown }
  assert.equal(JSON.stringify(clean), json)
  assert.equal(clean.admin, undefined)
})

test('any JSON value is storable once cleaned', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), hostileText, (value, key) => {
      const json = JSON.stringify(cleanJson({ [key]: value, list: [key, value] }))
      assert.doesNotMatch(json, /\\u(0000|d[89a-f])/i)
      assert.ok(isStorable(json))
    }),
    { numRuns: 500 },
  )
})

test('JSON of 20 levels is cleaned, and a nest without end is refused before the stack is', () => {
  const nest = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels)) as unknown
  assert.deepEqual(cleanJson(nest(20)), nest(20))
  assert.throws(() => cleanJson(nest(5_000)), { name: 'RangeError', message: /nested too deeply/ })
})

test('a masked email shows two initials and the ending', () => {
  assert.equal(maskEmail('ada@example.com'), 'a***@e***.com')
  assert.equal(maskEmail(' Ada.Lovelace+x@mail.example.co.uk '), 'A***@m***.uk')
  assert.equal(maskEmail('"a@b"@example.com'), '***@e***.com')
  assert.equal(maskEmail('é@例え.jp'), 'é***@例***.jp')
})

test('a masked email shows nothing that only looks like an ending', () => {
  assert.equal(maskEmail('ada@192.168.1.77'), 'a***@1***')
  assert.equal(maskEmail('ada@[2001:db8::1]'), 'a***@***')
  assert.equal(maskEmail('ada@intranet'), 'a***@i***')
  assert.equal(maskEmail(`ada@x.${'s'.repeat(25)}`), 'a***@x***')
  assert.equal(maskEmail('ada@.com'), 'a***@***')
  assert.equal(maskEmail('ada@'), 'a***@***')
  for (const none of ['', '@', '@example.com', 'ada', ' ', '\0@']) {
    assert.equal(maskEmail(none), '***', JSON.stringify(none))
  }
})

test('of any text a mask shows at most two letters and an ending, and is storable', () => {
  const form = /^\*\*\*$|^[\p{L}\p{N}]?\*\*\*@[\p{L}\p{N}]?\*\*\*(\.[a-z][a-z0-9-]{1,23})?$/iu
  fc.assert(
    fc.property(fc.oneof(fc.emailAddress(), hostileText), (email) => {
      const mask = maskEmail(email)
      assert.match(mask, form)
      assert.ok(isStorable(mask))
    }),
    { numRuns: 2_000 },
  )
})

test('the same address written differently is normalised to one text', () => {
  assert.equal(normaliseEmail('  Ada@Example.COM\n'), 'ada@example.com')
  assert.equal(normaliseEmail('rene\u0301@example.com'), normaliseEmail('REN\u00c9@example.com'))
  assert.notEqual(normaliseEmail('a.b@example.com'), normaliseEmail('ab@example.com'))
})

test('normalising an address twice changes nothing more', () => {
  fc.assert(
    fc.property(fc.oneof(hostileText, fc.string({ unit: 'binary' })), (email) => {
      const once = normaliseEmail(email)
      assert.equal(normaliseEmail(once), once)
      assert.equal(normaliseEmail(email.normalize('NFD')), once)
    }),
    { numRuns: 2_000 },
  )
})

test('64 KiB of anything is handled within a few milliseconds', () => {
  for (const unit of ['a', '\0', '\ud800', '😀', 'a\0', '@', '.', 'a.', ' ', '\u0301']) {
    const value = unit.repeat(65_536 / unit.length)
    const startedMs = performance.now()
    cleanText(value, 300)
    isStorable(value)
    cleanJson(value)
    maskEmail(value)
    normaliseEmail(value)
    const tookMs = performance.now() - startedMs
    assert.ok(tookMs < 250, `${JSON.stringify(unit)} took ${tookMs} ms`)
  }
})
