import type { Db, Tx } from '../../../db/database.ts'
import type { RefundState } from './domain/apply-refund.ts'

export interface RefundableSale extends RefundState {
  currency: string
  linkId: number
}

const lockSale = {
  name: 'refund_lock_sale',
  text: `select amount_cents, currency, link_id, refunded_total_cents, refunded_by_id_cents
    from affiliate_sale_transactions
    where program_id = $1 and transaction_id = $2 and sale_id is not null for no key update`,
}

const selectRefundId = {
  name: 'refund_by_id',
  text: `select id from affiliate_refunds
    where program_id = $1 and transaction_id = $2 and refund_id = $3 and not is_test`,
}

const updateState = {
  name: 'refund_update_sale',
  text: `update affiliate_sale_transactions set refunded_total_cents = $3, refunded_by_id_cents = $4
    where program_id = $1 and transaction_id = $2`,
}

const insert = {
  name: 'refund_insert',
  text: `insert into affiliate_refunds (program_id, id, created_at, transaction_id, refund_id, reported_cents,
      refunded_cents, commission_reversed_cents, refund_reason)
    overriding system value values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
}

const nextId = {
  name: 'refund_next_id',
  text: "select nextval('affiliate_refunds_id_seq') as id",
}

const insertTest = {
  name: 'refund_insert_test',
  text: `insert into affiliate_refunds (program_id, created_at, is_test, transaction_id, refund_id,
      reported_cents, refund_reason)
    values ($1, $2, true, $3, $4, $5, $6) returning id`,
}

/** The sale, locked until the transaction ends; null for an unknown one and for one refused by its window. */
export async function lockRefundableSale(
  tx: Tx,
  programId: number,
  transactionId: string,
): Promise<RefundableSale | null> {
  const [row] = await tx.query<{
    amount_cents: number
    currency: string
    link_id: number
    refunded_total_cents: number
    refunded_by_id_cents: number
  }>(lockSale, [programId, transactionId])
  if (row === undefined) return null
  return {
    saleCents: row.amount_cents,
    currency: row.currency,
    linkId: row.link_id,
    totalCents: row.refunded_total_cents,
    byIdCents: row.refunded_by_id_cents,
  }
}

export async function hasRefundId(
  tx: Tx,
  programId: number,
  transactionId: string,
  refundId: string,
): Promise<boolean> {
  return (await tx.query(selectRefundId, [programId, transactionId, refundId])).length > 0
}

/** Ids come before their rows: the ledger names the refund, and the row names what the ledger took. */
export async function nextRefundRowId(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ id: number }>(nextId)
  if (row === undefined) throw new Error('The sequence gave no id')
  return row.id
}

export async function updateRefundState(
  tx: Tx,
  programId: number,
  transactionId: string,
  state: RefundState,
): Promise<void> {
  await tx.query(updateState, [programId, transactionId, state.totalCents, state.byIdCents])
}

export interface RefundRow {
  programId: number
  rowId: number
  atMs: number
  transactionId: string
  refundId: string | null
  reportedCents: number | null
  refundedCents: number
  commissionReversedCents: number
  reason: string | null
}

export async function insertRefund(tx: Tx, refund: RefundRow): Promise<void> {
  await tx.query(insert, [
    refund.programId,
    refund.rowId,
    new Date(refund.atMs),
    refund.transactionId,
    refund.refundId,
    refund.reportedCents,
    refund.refundedCents,
    refund.commissionReversedCents,
    refund.reason,
  ])
}

/** Stores a test refund, which counts nowhere. Returns its id. */
export async function insertTestRefund(
  db: Db,
  refund: Pick<
    RefundRow,
    'programId' | 'atMs' | 'transactionId' | 'refundId' | 'reportedCents' | 'reason'
  >,
): Promise<number> {
  const [row] = await db.query<{ id: number }>(insertTest, [
    refund.programId,
    new Date(refund.atMs),
    refund.transactionId,
    refund.refundId,
    refund.reportedCents,
    refund.reason,
  ])
  if (row === undefined) throw new Error('The test refund was not inserted')
  return row.id
}
