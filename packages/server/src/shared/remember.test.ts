import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { remember } from './remember.ts'

const limits = { entriesMax: 10, keyCharsMax: 20 }

test('an answer is the same whether it was remembered or not', () => {
  const keys = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'é', '💰'), maxLength: 30 }))
  fc.assert(
    fc.property(keys, fc.integer({ min: 1, max: 4 }), (asked, entriesMax) => {
      const read = remember({ ...limits, entriesMax }, (key) => ({ key }))
      for (const key of asked) assert.deepEqual(read(key), { key })
    }),
  )
})

test('what is asked for again and again is found out once', () => {
  let found = 0
  const read = remember(limits, (key) => {
    found += 1
    return { key }
  })
  for (let n = 0; n < 1_000; n += 1) {
    read('often')
    read(`once ${n}`)
  }
  assert.equal(found, 1_001)
})

test('no more answers are kept than was said, and long texts are not kept at all', () => {
  const kept = new Set<object>()
  const registry = new Map<string, object>()
  const read = remember(limits, (key) => {
    const value = { key }
    registry.set(key, value)
    return value
  })
  const asked = Array.from({ length: 100 }, (_, n) => `key ${n}`)
  for (const key of asked) read(key)
  for (const key of asked.toReversed()) {
    const before = registry.get(key)
    const value = read(key)
    if (value === before) kept.add(value)
  }
  assert.ok(kept.size >= 5 && kept.size <= limits.entriesMax, `${kept.size} were kept`)
  const long = 'x'.repeat(limits.keyCharsMax + 1)
  assert.notEqual(read(long), read(long))
})
