import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { firsts, takeTurns } from './take-turns.ts'

function sale(transactionId: string, customerKey: string | null, subscriptionId: string | null) {
  return { programId: 1, transactionId, customerKey, details: { subscriptionId } }
}

test('sales that have nothing in common are decided together', () => {
  const sales = [sale('a', 'ada', 's1'), sale('b', 'bob', null), sale('c', null, null)]
  assert.deepEqual(takeTurns(sales), [true, true, true])
})

test('the second sale of a transaction, a customer key or a subscription waits', () => {
  for (const second of [sale('a', null, null), sale('b', 'ada', null), sale('b', null, 's1')]) {
    assert.deepEqual(takeTurns([sale('a', 'ada', 's1'), second]), [true, false])
  }
})

test('nobody overtakes a sale that waits', () => {
  const waits = sale('b', 'ada', 's2')
  assert.deepEqual(takeTurns([sale('a', 'ada', null), waits, sale('c', null, 's2')]), [
    true,
    false,
    false,
  ])
})

test('another program has its own ids, and names of different kinds are different', () => {
  const other = { ...sale('a', 'ada', 's1'), programId: 2 }
  assert.deepEqual(takeTurns([sale('a', 'ada', 's1'), other]), [true, true])
  assert.deepEqual(takeTurns([sale('x', null, null), sale('b', 'x', null)]), [true, true])
})

test('no two of those that go together share anything, and the first always goes', () => {
  const name = fc.constantFrom('a', 'b', 'c')
  const some = fc.array(
    fc
      .tuple(name, fc.option(name), fc.option(name))
      .map(([transactionId, key, subscription]) => sale(transactionId, key, subscription)),
    { minLength: 1, maxLength: 12 },
  )
  fc.assert(
    fc.property(some, (sales) => {
      const turns = takeTurns(sales)
      assert.equal(turns[0], true)
      const together = sales.filter((_, i) => turns[i])
      for (const field of [
        together.map((one) => one.transactionId),
        together.flatMap((one) => one.customerKey ?? []),
        together.flatMap((one) => one.details.subscriptionId ?? []),
      ]) {
        assert.equal(new Set(field).size, field.length)
      }
    }),
  )
})

test('the first of each value is told', () => {
  assert.deepEqual(firsts([1, 2, 1, 3, 2]), [true, true, false, true, false])
})
