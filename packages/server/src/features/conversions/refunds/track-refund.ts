import type { Database, Tx } from '../../../db/database.ts'
import { type Commission, lockCommission, reverseCommission } from '../../commissions/index.ts'
import { addMoney, moneyDeltas } from '../../totals/index.ts'
import { applyRefund, type RefundStep } from './domain/apply-refund.ts'
import {
  hasRefundId,
  insertRefund,
  lockRefundableSale,
  nextRefundRowId,
  type RefundableSale,
  updateRefundState,
} from './store.ts'

export interface RefundRequest {
  programId: number
  transactionId: string
  /** Null: everything. */
  amountCents: number | null
  refundId: string | null
  reason: string | null
  atMs: number
}

export type RefundOutcome =
  | { kind: 'sale_not_found' }
  | { kind: 'exceeds_sale' }
  | { kind: 'no_commission'; isNew: boolean }
  | { kind: 'nothing_new'; commissionId: number }
  | {
      kind: 'taken_back'
      isWholeSale: boolean
      commissionId: number
      deductionCents: number
      currency: string
    }

/** Records a refund and takes back what it costs the partner, in one transaction. */
export async function trackRefund(
  database: Database,
  request: RefundRequest,
): Promise<RefundOutcome> {
  const { programId, transactionId } = request
  return database.transaction(async (tx) => {
    const sale = await lockRefundableSale(tx, programId, transactionId)
    if (sale === null) return { kind: 'sale_not_found' }
    const commission = await lockCommission(tx, programId, transactionId)
    const step = await decideRefund(tx, sale, request)
    if (step.kind === 'exceeds_sale') return step
    const deductionCents =
      step.kind === 'refund' ? await writeRefund(tx, sale, commission, request, step) : 0
    if (commission === null) return { kind: 'no_commission', isNew: step.kind === 'refund' }
    const { commissionId, currency } = commission
    if (step.kind === 'nothing_new' || step.addedCents === 0) {
      return { kind: 'nothing_new', commissionId }
    }
    const isWholeSale = step.refundedCents === sale.saleCents
    return { kind: 'taken_back', isWholeSale, commissionId, deductionCents, currency }
  })
}

async function decideRefund(
  tx: Tx,
  sale: RefundableSale,
  { programId, transactionId, refundId, amountCents }: RefundRequest,
): Promise<RefundStep> {
  if (refundId === null) return applyRefund(sale, { kind: 'total', totalCents: amountCents })
  if (await hasRefundId(tx, programId, transactionId, refundId)) return { kind: 'nothing_new' }
  return applyRefund(sale, { kind: 'own', amountCents })
}

/** Writes what a refund changes. Returns what the commission lost, in minor units of its currency. */
async function writeRefund(
  tx: Tx,
  sale: RefundableSale,
  commission: Commission | null,
  request: RefundRequest,
  step: Extract<RefundStep, { kind: 'refund' }>,
): Promise<number> {
  const { programId, transactionId, atMs } = request
  const rowId = await nextRefundRowId(tx)
  await updateRefundState(tx, programId, transactionId, step.next)
  const deductionCents =
    commission === null || step.addedCents === 0
      ? 0
      : await reverseCommission(tx, commission, {
          programId,
          refundRowId: rowId,
          saleCents: sale.saleCents,
          refundedCents: step.refundedCents,
          atMs,
        })
  await insertRefund(tx, {
    programId,
    rowId,
    atMs,
    transactionId,
    refundId: request.refundId,
    reportedCents: request.amountCents,
    refundedCents: step.addedCents,
    commissionReversedCents: deductionCents,
    reason: request.reason,
  })
  const deltas = moneyDeltas(
    { currency: sale.currency, sales: 0, revenueCents: 0, refundedCents: step.addedCents },
    commission === null
      ? null
      : {
          currency: commission.currency,
          commissionCents: 0,
          commissionReversedCents: deductionCents,
        },
  )
  const { linkId } = sale
  await addMoney(
    tx,
    deltas.map((delta) => ({ ...delta, programId, linkId, atMs })),
  )
  return deductionCents
}
