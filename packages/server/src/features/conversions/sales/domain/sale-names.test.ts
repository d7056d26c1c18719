import assert from 'node:assert/strict'
import { test } from 'node:test'
import { namesOfSale } from './sale-names.ts'

function names(
  transactionId: string,
  customerKey: string | null,
  subscriptionId: string | null,
  programId = 1,
) {
  return namesOfSale({ programId, transactionId, customerKey, details: { subscriptionId } })
}

function share(some: string[], others: string[]): boolean {
  return some.some((name) => others.includes(name))
}

test('sales share a name when they share a transaction id, a customer key or a subscription', () => {
  const first = names('t1', 'ada', 's1')
  for (const other of [
    names('t1', null, null),
    names('t2', 'ada', null),
    names('t2', null, 's1'),
  ]) {
    assert.equal(share(first, other), true)
  }
  assert.equal(share(first, names('t2', 'bob', 's2')), false)
})

test('another program has its own ids, and names of different kinds are different', () => {
  assert.equal(share(names('t1', 'ada', 's1'), names('t1', 'ada', 's1', 2)), false)
  assert.equal(share(names('x', null, null), names('y', 'x', 'x')), false)
})
