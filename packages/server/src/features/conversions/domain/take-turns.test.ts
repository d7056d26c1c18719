import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { takeTurns } from './take-turns.ts'

test('jobs that have no name in common are decided together', () => {
  assert.deepEqual(takeTurns([['a', 'b'], ['c'], []]), [true, true, true])
})

test('the second job of a name waits', () => {
  assert.deepEqual(takeTurns([['a', 'b'], ['b', 'c'], ['d']]), [true, false, true])
})

test('nobody overtakes a job that waits', () => {
  assert.deepEqual(takeTurns([['a'], ['a', 'b'], ['b']]), [true, false, false])
})

test('a job without names waits for nobody', () => {
  assert.deepEqual(takeTurns([['a'], [], ['a'], []]), [true, true, false, true])
})

test('no two of those that go together share a name, and the first always goes', () => {
  const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 3 })
  fc.assert(
    fc.property(fc.array(names, { minLength: 1, maxLength: 12 }), (jobs) => {
      const turns = takeTurns(jobs)
      assert.equal(turns[0], true)
      const together = jobs.filter((_, i) => turns[i]).flat()
      assert.equal(new Set(together).size, together.length)
    }),
  )
})
