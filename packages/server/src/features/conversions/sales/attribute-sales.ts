import type { Tx } from '../../../db/database.ts'
import { programKey } from '../../../shared/program-key.ts'
import { type Attribution, type AttributionSettings, attribute } from '../../attribution/index.ts'
import { loadTouches } from '../../clicks/index.ts'
import { type Customer, clockSkewMaxMs, eventTime } from '../../customers/index.ts'
import { findActivePartners } from '../../partners/index.ts'
import type { Program } from '../../programs/index.ts'
import type { CurrencySale } from './sale.ts'
import { findSubscriptions, type Subscription } from './store.ts'

/** A sale whose customer is found and locked. */
export interface SaleOfCustomer {
  program: Program
  customer: Customer
  sale: CurrencySale
}

export interface AttributedSale {
  settings: AttributionSettings
  attribution: Attribution
  /** The sale's time, evened out with the clicks'. */
  atMs: number
}

/** Gathers what attribution looks at for sales of different customers, and asks it. In their order. */
export async function attributeSales(
  tx: Tx,
  sales: readonly SaleOfCustomer[],
): Promise<AttributedSale[]> {
  const touches = await loadTouches(tx, sales.map(touchesQuestion))
  const renewals = await findRenewals(tx, sales)
  const active = await findActivePartners(
    tx,
    renewals.flatMap((renewal, i) => {
      const programId = sales[i]?.program.programId
      if (renewal === null || programId === undefined) return []
      return [{ programId, partnerId: renewal.partnerId }]
    }),
  )
  return sales.map((one, i) => {
    const found = touches[i] ?? []
    const newest = found.findLast((touch) => touch.atMs <= one.sale.atMs + clockSkewMaxMs)
    const atMs = eventTime(one.sale.atMs, newest?.atMs ?? one.sale.atMs)
    const settings = settingsOf(one.program)
    const renewalOf = renewals[i] ?? null
    const isRenewalPartnerActive =
      renewalOf === null || active.has(programKey(one.program.programId, renewalOf.partnerId))
    const question = { atMs, boundAtMs: boundAt(one.customer), renewalOf }
    return {
      settings,
      atMs,
      attribution: attribute(found, settings, question, isRenewalPartnerActive),
    }
  })
}

function settingsOf(program: Program): AttributionSettings {
  return {
    model: program.attributionModel,
    binding: program.attributionBinding,
    windowDays: program.attributionWindowDays,
  }
}

function touchesQuestion({ program, customer, sale }: SaleOfCustomer) {
  const boundAtMs = boundAt(customer)
  // After a signup that binds, no click counts; before a sale, one of a server that is ahead does.
  const isBound = program.attributionBinding === 'signup' && boundAtMs !== null
  return {
    programId: program.programId,
    customerId: customer.customerId,
    sinceMs: customer.createdAtMs,
    untilMs: isBound ? boundAtMs : sale.atMs + clockSkewMaxMs,
  }
}

/** A subscription id renews only what this customer bought: another's must not steer the money. */
async function findRenewals(
  tx: Tx,
  sales: readonly SaleOfCustomer[],
): Promise<(Pick<Subscription, 'partnerId' | 'linkId'> | null)[]> {
  const subscriptions = await findSubscriptions(
    tx,
    sales.flatMap(({ sale: { programId, details } }) =>
      details.subscriptionId === null
        ? []
        : [{ programId, subscriptionId: details.subscriptionId }],
    ),
  )
  return sales.map(({ customer, sale: { programId, details } }) => {
    const { subscriptionId } = details
    const subscription =
      subscriptionId === null ? undefined : subscriptions.get(programKey(programId, subscriptionId))
    if (subscription?.customerId !== customer.customerId) return null
    return { partnerId: subscription.partnerId, linkId: subscription.linkId }
  })
}

/** When the customer signed up or first paid, whichever came first. */
function boundAt({ leadAtMs, convertedAtMs }: Customer): number | null {
  if (leadAtMs === null || convertedAtMs === null) return leadAtMs ?? convertedAtMs
  return Math.min(leadAtMs, convertedAtMs)
}
