import { later } from '../../../db/batcher.ts'
import type { Tx } from '../../../db/database.ts'
import { programKey } from '../../../shared/program-key.ts'
import { type StorableAttribution, toStoredAttribution } from '../../attribution/index.ts'
import { bindCustomerKeys, type KeyBinding, lockCustomers } from '../../customers/index.ts'
import type { Program } from '../../programs/index.ts'
import { takeTurns } from '../domain/take-turns.ts'
import { type AttributedSale, attributeSales, type SaleOfCustomer } from './attribute-sales.ts'
import { findSaleCustomers } from './find-sale-customers.ts'
import { type ClaimedSale, recordSales } from './record-sales.ts'
import type { CurrencySale, SaleOutcome } from './sale.ts'
import { claimTransactions, type NewClaim, type SaleRow } from './store.ts'

type Answer = SaleOutcome | typeof later

/** A sale on its way through the decision, with its place among the answers. */
interface Candidate extends SaleOfCustomer {
  n: number
  isKeyKnown: boolean
}

interface Judged extends Candidate {
  judged: AttributedSale
  attribution: StorableAttribution
}

/**
 * Decides on sales and writes what follows, in one transaction: all of them or none. No two of them may
 * share a transaction id, customer key or subscription. One that belongs to the same customer as an
 * earlier one, or whose id another transaction has just taken, is answered `later` and leaves no trace.
 */
export async function decideSales(
  tx: Tx,
  programs: ReadonlyMap<number, Program>,
  sales: readonly CurrencySale[],
): Promise<Answer[]> {
  const answers: Answer[] = sales.map(() => ({ kind: 'customer_not_found' }))
  const candidates = await lockCandidates(tx, programs, sales, answers)
  const verdicts = await attributeSales(tx, candidates)
  const judged = candidates.flatMap((candidate, i) => judge(candidate, verdicts[i], answers))
  const claims = await claimTransactions(tx, judged.map(toClaim))
  const claimOf = ({ sale }: Judged) => claims.get(programKey(sale.programId, sale.transactionId))
  await bindCustomerKeys(tx, judged.filter((one) => claimOf(one) !== undefined).flatMap(newKey))
  const claimed: { n: number; sale: ClaimedSale }[] = []
  for (const one of judged) {
    const claim = claimOf(one)
    // Whoever was first has committed by now, so the next look finds what was decided.
    answers[one.n] = later
    if (claim === undefined) continue
    if (one.attribution.verdict === 'attribution_window_expired') {
      const { clickAgeDays } = one.attribution
      const { windowDays } = one.judged.settings
      answers[one.n] = { kind: 'window_expired', clickAgeDays, windowDays }
    } else {
      const row = toSaleRow(one, one.attribution.winner, claim.saleId)
      claimed.push({ n: one.n, sale: { ...one, row } })
    }
  }
  const outcomes = await recordSales(
    tx,
    claimed.map(({ sale }) => sale),
  )
  for (const [i, { n }] of claimed.entries()) answers[n] = outcomes[i] ?? later
  return answers
}

/** The sales whose customer is known, one for each customer, locked. The rest is answered. */
async function lockCandidates(
  tx: Tx,
  programs: ReadonlyMap<number, Program>,
  sales: readonly CurrencySale[],
  answers: Answer[],
): Promise<Candidate[]> {
  const found = await findSaleCustomers(tx, sales)
  const isTurn = takeTurns(found.map((one) => (one === null ? [] : [String(one.customerId)])))
  const chosen = sales.flatMap((sale, n) => {
    const customer = found[n] ?? null
    const program = programs.get(sale.programId)
    if (program === undefined) throw new Error(`Program ${sale.programId} does not exist`)
    if (customer === null) return []
    if (isTurn[n] === true) return [{ n, sale, program, ...customer }]
    answers[n] = later
    return []
  })
  const customers = await lockCustomers(
    tx,
    chosen.map(({ sale, customerId }) => ({ programId: sale.programId, customerId })),
  )
  return chosen.flatMap(({ n, sale, program, isKeyKnown }, i) => {
    const customer = customers[i]
    return customer === undefined ? [] : [{ n, sale, program, isKeyKnown, customer }]
  })
}

/** The sale with its verdict where one is to be kept; else it is answered, and takes no id. */
function judge(
  candidate: Candidate,
  judged: AttributedSale | undefined,
  answers: Answer[],
): Judged[] {
  if (judged === undefined) throw new Error('A sale was not attributed')
  const { attribution } = judged
  if (attribution.verdict === 'no_attribution' || attribution.verdict === 'no_partner') {
    answers[candidate.n] = { kind: attribution.verdict }
    return []
  }
  return [{ ...candidate, judged, attribution }]
}

function toClaim({ sale, program, customer, judged, attribution }: Judged): NewClaim {
  const credit = attribution.verdict === 'attributed' ? attribution.winner : null
  return {
    programId: program.programId,
    transactionId: sale.transactionId,
    atMs: judged.atMs,
    amountCents: sale.amountCents,
    currency: sale.currency,
    customerId: customer.customerId,
    credit,
    reason: credit === null ? 'attribution_window_expired' : null,
    attribution: toStoredAttribution(judged.settings, attribution),
  }
}

function newKey({ sale, customer, isKeyKnown, judged: { atMs } }: Judged): KeyBinding[] {
  const { programId, customerKey } = sale
  if (customerKey === null || isKeyKnown) return []
  return [{ programId, customerKey, customerId: customer.customerId, boundBy: 'server', atMs }]
}

function toSaleRow(
  { sale, customer, judged }: Judged,
  winner: { partnerId: number; linkId: number },
  saleId: number | null,
): SaleRow {
  if (saleId === null) throw new Error('An attributed sale has no id')
  return {
    programId: sale.programId,
    saleId,
    atMs: judged.atMs,
    transactionId: sale.transactionId,
    customerId: customer.customerId,
    clickId: customer.clickId,
    partnerId: winner.partnerId,
    linkId: winner.linkId,
    isFirstSale: customer.convertedAtMs === null,
    amountCents: sale.amountCents,
    currency: sale.currency,
    details: sale.details,
  }
}
