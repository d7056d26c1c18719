import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ApiError } from '../contract/error-codes.ts'
import { bodyDepthMax, readJsonObject } from './body.ts'

test('an empty body is an empty object', () => {
  for (const text of ['', ' ', '\n\t ', '\ufeff', '{}', '\ufeff{}']) {
    assert.deepEqual(readJsonObject(text), {}, JSON.stringify(text))
  }
})

test('null and the empty string mean absent, in the body and in additional_data', () => {
  const read = readJsonObject(
    '{"a": null, "b": "", "c": 0, "d": false, "e": " ", "additional_data": {"f": null, "g": "", "h": 1}}',
  )
  assert.deepEqual(read, { c: 0, d: false, e: ' ', additional_data: { h: 1 } })
})

test('deeper values stay as they were sent', () => {
  const read = readJsonObject('{"line_items": [{"sku": "", "note": null}]}')
  assert.deepEqual(read, { line_items: [{ sku: '', note: null }] })
})

test('absent click ids are dropped from their list', () => {
  assert.deepEqual(readJsonObject('{"click_ids": [null, "", "a", 5]}'), { click_ids: ['a', 5] })
  assert.deepEqual(readJsonObject('{"click_ids": "a"}'), { click_ids: 'a' })
})

test('a __proto__ key reaches nothing', () => {
  const read = readJsonObject(
    '{"__proto__": {"admin": true}, "additional_data": {"__proto__": {}}}',
  )
  assert.deepEqual(Object.keys(read), ['additional_data'])
  assert.equal(read.admin, undefined)
  assert.equal(Object.getPrototypeOf(read), Object.prototype)
})

test('what is no JSON is malformed, what is no object is not valid', () => {
  for (const text of ['{', '{"a":}', '{"a":1}x', "{'a':1}", 'undefined', '{"a":NaN}', '\0']) {
    refuses(text, 'malformed_json')
  }
  for (const text of ['[]', '"text"', '1', 'true', 'null', '[{}]']) refuses(text, 'invalid_request')
})

test('the deepest allowed body is read, one level more is refused', () => {
  const body = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
  assert.ok(readJsonObject(body(bodyDepthMax)))
  refuses(body(bodyDepthMax + 1), 'invalid_request')
  const list = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`
  assert.ok(readJsonObject(list(bodyDepthMax)))
  refuses(list(bodyDepthMax + 1), 'invalid_request')
})

test('64 KiB of opening brackets are refused, not recursed into', () => {
  refuses('['.repeat(65_536), 'invalid_request')
  refuses('{"a":'.repeat(13_000), 'invalid_request')
})

test('brackets, quotes and backslashes within strings are no nesting', () => {
  const texts = fc.array(fc.constantFrom('[', '{', ']', '}', '"', '\\', '\\"', 'é', ' '), {
    maxLength: 60,
  })
  fc.assert(
    fc.property(texts, texts, (key, value) => {
      const body = { [`k${key.join('')}`]: `v${value.join('')}` }
      assert.deepEqual(readJsonObject(JSON.stringify(body)), body)
    }),
  )
})

test('any object within the limits is read as JSON reads it, any other refused for its depth', () => {
  const values = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 24, depthSize: 'max', withCrossShrink: true },
      fc.integer(),
      fc.array(tie('value'), { minLength: 1, maxLength: 1 }),
      fc.record({ k: tie('value') }, { noNullPrototype: true }),
    ),
  })).value
  fc.assert(
    fc.property(values, fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
      const body = { value }
      const text = JSON.stringify(body, null, indent)
      if (depthOf(body) > bodyDepthMax) refuses(text, 'invalid_request')
      else assert.deepEqual(readJsonObject(text), body)
    }),
    { numRuns: 500 },
  )
})

test('whatever the text, the answer is an object or a refusal', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    '\\',
    'null',
    '1',
    'a',
    '\ud800',
    '\0',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (list) => {
      try {
        assert.equal(typeof readJsonObject(list.join('')), 'object')
      } catch (error) {
        assert.ok(error instanceof ApiError, String(error))
      }
    }),
    { numRuns: 2_000 },
  )
})

function refuses(text: string, code: ApiError['code']): void {
  assert.throws(
    () => readJsonObject(text),
    (error) => error instanceof ApiError && error.code === code,
    JSON.stringify(text.slice(0, 80)),
  )
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}
