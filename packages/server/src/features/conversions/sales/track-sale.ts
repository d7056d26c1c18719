import type { Database, Tx } from '../../../db/database.ts'
import { type StorableAttribution, toStoredAttribution } from '../../attribution/index.ts'
import { type EarnedCommission, earnCommission } from '../../commissions/index.ts'
import {
  bindCustomerKey,
  type Customer,
  lockCustomer,
  updateCustomer,
} from '../../customers/index.ts'
import { findLinkCodes } from '../../links/index.ts'
import { loadProgram, type Program } from '../../programs/index.ts'
import { addMoney, addTraffic, moneyDeltas } from '../../totals/index.ts'
import { hasHeldLead, settleProvisionalLead } from '../leads/settle-lead.ts'
import { attributeSale } from './attribute-sale.ts'
import { findSaleCustomer } from './find-sale-customer.ts'
import {
  claimTransaction,
  findSaleTransaction,
  insertSale,
  insertSubscription,
  type SaleDetails,
  type SaleRow,
  type SaleTransaction,
  storeReason,
} from './store.ts'

export interface SaleRequest {
  programId: number
  transactionId: string
  amountCents: number
  /** Null: the program's. */
  currency: string | null
  customerKey: string | null
  clickId: string | null
  details: SaleDetails
  atMs: number
}

export type SaleOutcome =
  | {
      kind: 'sale'
      saleId: number
      partnerCode: string
      commission: EarnedCommission
    }
  | { kind: 'window_expired'; clickAgeDays: number; windowDays: number }
  | { kind: 'duplicate'; isMismatch: boolean; saleId: number | null; commissionId: number | null }
  | { kind: 'customer_not_found' }
  | { kind: 'no_attribution' }
  | { kind: 'no_partner' }

/** Thrown to roll back when another transaction claimed the id first. */
class ClaimTakenError extends Error {}

/**
 * Records a sale in one transaction: claim, verdict, sale, commission, ledger entries, totals. All of it
 * is committed or none. A transaction id that was decided on before is answered from what is stored.
 */
export async function trackSale(database: Database, request: SaleRequest): Promise<SaleOutcome> {
  const program = await loadProgram(database, request.programId)
  const currency = request.currency ?? program.currency
  const earlier = await findSaleTransaction(database, program.programId, request.transactionId)
  if (earlier !== null) return answerEarlier(earlier, request.amountCents, currency)
  try {
    return await database.transaction((tx) => decide(tx, program, { ...request, currency }))
  } catch (error) {
    // Somebody was first, or the connection broke while COMMIT was under way and the sale stands all the
    // same: whoever holds the id now is told, and only a sale that left nothing behind is an error.
    const { programId } = program
    const stands = await findSaleTransaction(database, programId, request.transactionId).catch(
      () => null,
    )
    if (stands === null) throw error
    return answerEarlier(stands, request.amountCents, currency)
  }
}

type CurrencySale = SaleRequest & { currency: string }

async function decide(tx: Tx, program: Program, sent: CurrencySale): Promise<SaleOutcome> {
  const found = await findSaleCustomer(tx, sent)
  if (found === null) return { kind: 'customer_not_found' }
  const { customerId, isKeyKnown } = found
  const customer = await lockCustomer(tx, program.programId, customerId)
  const { settings, attribution, atMs } = await attributeSale(tx, program, customer, sent)
  const request = { ...sent, atMs }
  if (attribution.verdict === 'no_attribution') return { kind: 'no_attribution' }
  if (attribution.verdict === 'no_partner') return { kind: 'no_partner' }
  const credit = attribution.verdict === 'attributed' ? attribution.winner : null
  const claimed = await claimTransaction(tx, {
    programId: program.programId,
    transactionId: request.transactionId,
    atMs: request.atMs,
    amountCents: request.amountCents,
    currency: request.currency,
    customerId,
    credit,
    reason: credit === null ? 'attribution_window_expired' : null,
    attribution: toStoredAttribution(settings, attribution),
  })
  if (claimed === 'taken') throw new ClaimTakenError()
  if (request.customerKey !== null && !isKeyKnown) {
    await bindCustomerKey(
      tx,
      program.programId,
      customerId,
      request.customerKey,
      'server',
      request.atMs,
    )
  }
  if (attribution.verdict === 'attribution_window_expired') {
    const { clickAgeDays } = attribution
    return { kind: 'window_expired', clickAgeDays, windowDays: settings.windowDays }
  }
  if (claimed.saleId === null) throw new Error('An attributed sale has no id')
  return recordSale(
    tx,
    program,
    customer,
    {
      programId: program.programId,
      saleId: claimed.saleId,
      atMs: request.atMs,
      transactionId: request.transactionId,
      customerId,
      clickId: customer.clickId,
      ...attribution.winner,
      isFirstSale: customer.convertedAtMs === null,
      amountCents: request.amountCents,
      currency: request.currency,
      details: request.details,
    },
    attribution,
  )
}

/** Everything that an attributed sale changes. */
async function recordSale(
  tx: Tx,
  program: Program,
  customer: Customer,
  sale: SaleRow,
  attribution: StorableAttribution,
): Promise<SaleOutcome> {
  const { programId, atMs, linkId } = sale
  await insertSale(tx, sale)
  if (sale.details.subscriptionId !== null) {
    await insertSubscription(tx, sale.details.subscriptionId, sale)
  }
  const commission = await earnCommission(tx, { ...sale, firstSaleAtMs: customer.convertedAtMs })
  if (commission.kind === 'none') {
    await storeReason(tx, programId, sale.transactionId, commission.reason)
  }
  const heldLead = hasHeldLead(customer)
  await updateCustomer(tx, programId, customer.customerId, {
    status: 'conversion',
    leadAtMs: heldLead ? atMs : null,
    provisionalLeadAtMs: null,
    convertedAtMs: atMs,
    emailHash: sale.details.emailHash,
    emailMasked: sale.details.emailMasked,
  })
  const partnerCode = await codeOfWinner(tx, programId, linkId, attribution)
  if (heldLead) await settleProvisionalLead(tx, program, customer, atMs)
  if (sale.isFirstSale) await addTraffic(tx, programId, linkId, atMs, { leads: 0, conversions: 1 })
  await addMoney(tx, programId, linkId, atMs, saleDeltas(sale, commission))
  return { kind: 'sale', saleId: sale.saleId, partnerCode, commission }
}

function saleDeltas(sale: SaleRow, commission: EarnedCommission) {
  const { currency, amountCents } = sale
  return moneyDeltas(
    { currency, sales: 1, revenueCents: amountCents, refundedCents: 0 },
    commission.kind === 'none'
      ? null
      : {
          currency: commission.currency,
          commissionCents: commission.amountCents,
          commissionReversedCents: 0,
        },
  )
}

/** The winning link's code; a renewal's link may be older than the touches that were looked at. */
async function codeOfWinner(
  tx: Tx,
  programId: number,
  linkId: number,
  attribution: StorableAttribution,
): Promise<string> {
  const touch = attribution.touches.find((one) => one.touch.linkId === linkId)
  if (touch !== undefined) return touch.touch.partnerCode
  const codes = await findLinkCodes(tx, programId, [linkId])
  const code = codes.get(linkId)
  if (code === undefined) throw new Error(`Link ${linkId} does not exist`)
  return code
}

/**
 * A transaction id is decided on once. A recorded sale answers as a duplicate; a refusal for the window
 * is answered again as it was.
 */
function answerEarlier(
  earlier: SaleTransaction,
  amountCents: number,
  currency: string,
): SaleOutcome {
  const isMismatch = earlier.amountCents !== amountCents || earlier.currency !== currency
  const { attribution, saleId, commissionId } = earlier
  if (saleId === null && !isMismatch && attribution.click_age_days !== undefined) {
    return {
      kind: 'window_expired',
      clickAgeDays: attribution.click_age_days,
      windowDays: attribution.window_days,
    }
  }
  return { kind: 'duplicate', isMismatch, saleId, commissionId }
}
