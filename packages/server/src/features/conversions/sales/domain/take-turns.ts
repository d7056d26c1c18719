import { programKey } from '../../../../shared/program-key.ts'

/** What of a sale another sale of the same batch may change before it is decided. */
interface Sale {
  programId: number
  transactionId: string
  customerKey: string | null
  details: { subscriptionId: string | null }
}

/**
 * Which sales of a batch can be decided together: true for the first of each transaction id, customer
 * key and subscription. The others have to see what the first did, so they wait for its commit.
 */
export function takeTurns(sales: readonly Sale[]): boolean[] {
  const taken = new Set<string>()
  return sales.map(({ programId, transactionId, customerKey, details }) => {
    const names = [
      `transaction ${transactionId}`,
      customerKey === null ? [] : `key ${customerKey}`,
      details.subscriptionId === null ? [] : `subscription ${details.subscriptionId}`,
    ].flat()
    const keys = names.map((name) => programKey(programId, name))
    const isFirst = !keys.some((key) => taken.has(key))
    // Also of one that waits: whoever comes after it must not overtake it.
    for (const key of keys) taken.add(key)
    return isFirst
  })
}

/** True for the first of each value. */
export function firsts<Value>(values: readonly Value[]): boolean[] {
  const taken = new Set<Value>()
  return values.map((value) => taken.size < taken.add(value).size)
}
