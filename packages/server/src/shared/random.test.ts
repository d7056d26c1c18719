import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { systemRandomness } from './random.ts'

test('as many bytes as were asked for, and none of them twice', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 5_000 }), { maxLength: 30 }), (counts) => {
      const taken = counts.map((count) => systemRandomness.bytes(count))
      assert.deepEqual(
        taken.map((bytes) => bytes.length),
        counts,
      )
      // Long enough that two equal ones are no accident.
      const long = taken.filter((bytes) => bytes.length >= 12).map((bytes) => bytes.toString('hex'))
      assert.equal(new Set(long).size, long.length)
    }),
  )
})

test('bytes stay what they were when more are asked for', () => {
  const first = systemRandomness.bytes(12)
  const copy = Buffer.from(first)
  for (let i = 0; i < 1_000; i += 1) systemRandomness.bytes(12)
  assert.deepEqual(first, copy)
})

test('writing into one answer does not change the next', () => {
  const before = new Set<string>()
  for (let i = 0; i < 1_000; i += 1) {
    const bytes = systemRandomness.bytes(12)
    before.add(bytes.toString('hex'))
    bytes.fill(0)
  }
  assert.equal(before.size, 1_000)
})
