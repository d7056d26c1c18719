import { later } from '../../../db/batcher.ts'
import type { Database } from '../../../db/database.ts'
import { programKey } from '../../../shared/program-key.ts'
import { findPrograms, type Program } from '../../programs/index.ts'
import { inSharedTransaction } from '../conversion-writer.ts'
import { takeTurns } from '../domain/take-turns.ts'
import { decideSales } from './decide-sales.ts'
import { namesOfSale } from './domain/sale-names.ts'
import { answerEarlier, type CurrencySale, type SaleOutcome, type SaleRequest } from './sale.ts'
import { findSaleTransactions } from './store.ts'

/**
 * Records sales in one transaction: claims, verdicts, sales, commissions, ledger entries, totals. All of
 * it is committed or none. A transaction id that was decided on before is answered from what is stored.
 * A sale that has to see what another one of the batch does is answered `later`: the first never is, but
 * for one whose id another process is just taking.
 */
export async function trackSales(
  database: Database,
  requests: readonly SaleRequest[],
): Promise<(SaleOutcome | typeof later)[]> {
  const programs = await findPrograms(database, [...new Set(requests.map((one) => one.programId))])
  const sales = requests.map((request) => withCurrency(request, programs))
  const decided = await findSaleTransactions(database, sales)
  const isTurn = takeTurns(sales.map(namesOfSale))
  const answers: (SaleOutcome | typeof later)[] = sales.map((sale) => {
    const earlier = decided.get(programKey(sale.programId, sale.transactionId))
    return earlier === undefined ? later : answerEarlier(earlier, sale)
  })
  const fresh = sales.flatMap((sale, n) =>
    answers[n] === later && isTurn[n] === true ? [{ n, sale }] : [],
  )
  if (fresh.length === 0) return answers
  const chosen = fresh.map((one) => one.sale)
  const made = await inSharedTransaction(database, (tx) => decideSales(tx, programs, chosen))
  for (const [i, { n }] of fresh.entries()) answers[n] = made[i] ?? later
  return answers
}

function withCurrency(request: SaleRequest, programs: ReadonlyMap<number, Program>): CurrencySale {
  const program = programs.get(request.programId)
  if (program === undefined) throw new Error(`Program ${request.programId} does not exist`)
  return { ...request, currency: request.currency ?? program.currency }
}

/**
 * What stands under a sale's transaction id, as an answer to it; null when nothing does. For whoever
 * cannot know whether a COMMIT arrived before the connection broke.
 */
export async function answerFromWhatStands(
  database: Database,
  request: SaleRequest,
): Promise<SaleOutcome | null> {
  const programs = await findPrograms(database, [request.programId])
  const sale = withCurrency(request, programs)
  const decided = await findSaleTransactions(database, [sale])
  const earlier = decided.get(programKey(sale.programId, sale.transactionId))
  return earlier === undefined ? null : answerEarlier(earlier, sale)
}
