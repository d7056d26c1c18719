import type { Db } from '../../../db/database.ts'
import { programKey } from '../../../shared/program-key.ts'
import { findCustomersByClickIds, findCustomersByKeys } from '../../customers/index.ts'
import type { SaleRequest } from './sale.ts'
import { findSubscriptions } from './store.ts'

export interface FoundCustomer {
  customerId: number
  /** The key is bound already; a sale by it is no new word on whose it is. */
  isKeyKnown: boolean
}

/**
 * The customer who paid for each sale: by key, else by click id; where neither was sent, the one of the
 * subscription (a renewal often knows nothing else). Null when none of them is known.
 */
export async function findSaleCustomers(
  db: Db,
  sales: readonly SaleRequest[],
): Promise<(FoundCustomer | null)[]> {
  const keys = await findCustomersByKeys(
    db,
    sales.flatMap(({ programId, customerKey }) =>
      customerKey === null ? [] : [{ programId, customerKey }],
    ),
  )
  const byKey = (sale: SaleRequest) =>
    sale.customerKey === null ? undefined : keys.get(programKey(sale.programId, sale.customerKey))
  const withoutKey = sales.filter((sale) => byKey(sale) === undefined)
  const clicks = await findCustomersByClickIds(
    db,
    withoutKey.flatMap(({ programId, clickId }) =>
      clickId === null ? [] : [{ programId, clickId }],
    ),
  )
  const subscriptions = await findSubscriptions(db, withoutKey.flatMap(onlySubscription))
  return sales.map((sale) => {
    const known = byKey(sale)
    if (known !== undefined) return { customerId: known.customerId, isKeyKnown: true }
    const { programId, clickId } = sale
    const byClick = clickId === null ? undefined : clicks.get(programKey(programId, clickId))
    const [named] = onlySubscription(sale)
    const bySubscription =
      named === undefined
        ? undefined
        : subscriptions.get(programKey(programId, named.subscriptionId))?.customerId
    const customerId = byClick ?? bySubscription
    return customerId === undefined ? null : { customerId, isKeyKnown: false }
  })
}

/** Whoever names a customer means that one: a plan's id sent by mistake must not stand in for it. */
function onlySubscription({ programId, customerKey, clickId, details }: SaleRequest) {
  const { subscriptionId } = details
  if (subscriptionId === null || customerKey !== null || clickId !== null) return []
  return [{ programId, subscriptionId }]
}
