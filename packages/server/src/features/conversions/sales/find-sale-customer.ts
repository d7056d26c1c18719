import type { Db } from '../../../db/database.ts'
import {
  customerMapKey,
  findCustomerByKey,
  findCustomersByClickIds,
} from '../../customers/index.ts'
import { findSubscription } from './store.ts'

interface FoundCustomer {
  customerId: number
  /** The key is bound already; a sale by it is no new word on whose it is. */
  isKeyKnown: boolean
}

/**
 * The customer who paid: by key, else by click id; where neither was sent, the one of the subscription
 * (a renewal often knows nothing else). Null when none of them is known.
 */
export async function findSaleCustomer(
  db: Db,
  sale: {
    programId: number
    customerKey: string | null
    clickId: string | null
    details: { subscriptionId: string | null }
  },
): Promise<FoundCustomer | null> {
  const { programId, customerKey, clickId } = sale
  if (customerKey !== null) {
    const found = await findCustomerByKey(db, programId, customerKey)
    if (found !== null) return { customerId: found.customerId, isKeyKnown: true }
  }
  if (clickId !== null) {
    const customers = await findCustomersByClickIds(db, [{ programId, clickId }])
    const customerId = customers.get(customerMapKey(programId, clickId))
    if (customerId !== undefined) return { customerId, isKeyKnown: false }
  }
  const { subscriptionId } = sale.details
  // Whoever names a customer means that one: a plan's id sent by mistake must not stand in for it.
  if (subscriptionId === null || customerKey !== null || clickId !== null) return null
  const subscription = await findSubscription(db, programId, subscriptionId)
  return subscription && { customerId: subscription.customerId, isKeyKnown: false }
}
