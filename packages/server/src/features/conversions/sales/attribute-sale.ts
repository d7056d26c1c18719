import type { Tx } from '../../../db/database.ts'
import { type Attribution, type AttributionSettings, attribute } from '../../attribution/index.ts'
import { loadTouches } from '../../clicks/index.ts'
import { type Customer, clockSkewMaxMs, eventTime } from '../../customers/index.ts'
import { findActivePartners } from '../../partners/index.ts'
import type { Program } from '../../programs/index.ts'
import { findSubscription } from './store.ts'

/** Gathers what attribution looks at for a sale, and asks it. `atMs` is the sale's time, evened out with the clicks'. */
export async function attributeSale(
  tx: Tx,
  program: Program,
  customer: Customer,
  sale: { atMs: number; details: { subscriptionId: string | null } },
): Promise<{ settings: AttributionSettings; attribution: Attribution; atMs: number }> {
  const { programId } = program
  const settings: AttributionSettings = {
    model: program.attributionModel,
    binding: program.attributionBinding,
    windowDays: program.attributionWindowDays,
  }
  const boundAtMs = boundAt(customer)
  // After a signup that binds, no click counts; before a sale, one of a server that is ahead does.
  const isBound = settings.binding === 'signup' && boundAtMs !== null
  const untilMs = isBound ? boundAtMs : sale.atMs + clockSkewMaxMs
  const touches = await loadTouches(tx, programId, customer.customerId, {
    sinceMs: customer.createdAtMs,
    untilMs,
  })
  const newest = touches.findLast((touch) => touch.atMs <= sale.atMs + clockSkewMaxMs)
  const atMs = eventTime(sale.atMs, newest?.atMs ?? sale.atMs)
  const renewalOf = await findRenewedSubscription(
    tx,
    programId,
    customer.customerId,
    sale.details.subscriptionId,
  )
  const isRenewalPartnerActive =
    renewalOf === null ||
    (await findActivePartners(tx, programId, [renewalOf.partnerId])).has(renewalOf.partnerId)
  const question = { atMs, boundAtMs, renewalOf }
  return {
    settings,
    atMs,
    attribution: attribute(touches, settings, question, isRenewalPartnerActive),
  }
}

/** A subscription id renews only what this customer bought: another's must not steer the money. */
async function findRenewedSubscription(
  tx: Tx,
  programId: number,
  customerId: number,
  subscriptionId: string | null,
) {
  if (subscriptionId === null) return null
  const subscription = await findSubscription(tx, programId, subscriptionId)
  if (subscription === null || subscription.customerId !== customerId) return null
  return { partnerId: subscription.partnerId, linkId: subscription.linkId }
}

/** When the customer signed up or first paid, whichever came first. */
function boundAt({ leadAtMs, convertedAtMs }: Customer): number | null {
  if (leadAtMs === null || convertedAtMs === null) return leadAtMs ?? convertedAtMs
  return Math.min(leadAtMs, convertedAtMs)
}
