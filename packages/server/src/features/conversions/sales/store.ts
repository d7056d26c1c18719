import type { Db, Tx } from '../../../db/database.ts'
import type { StoredAttribution } from '../../attribution/index.ts'

/** The claim on a transaction id, with the decision that was made. */
export interface SaleTransaction {
  transactionId: string
  amountCents: number
  currency: string
  customerId: number
  /** Null where the verdict refused the sale. */
  saleId: number | null
  /** Why there is no sale, or no commission. */
  reason: string | null
  attribution: StoredAttribution
  /** Null when no commission was made. */
  commissionId: number | null
}

export interface SaleRow {
  programId: number
  saleId: number
  atMs: number
  transactionId: string
  customerId: number
  clickId: string
  linkId: number
  partnerId: number
  isFirstSale: boolean
  amountCents: number
  currency: string
  details: SaleDetails
}

/** What a sale carries besides the money, as sent and cleaned. */
export interface SaleDetails {
  saleType: 'payment' | 'subscription'
  isRecurring: boolean
  subscriptionId: string | null
  subscriptionInterval: 'monthly' | 'quarterly' | 'annual' | null
  productId: string | null
  /** JSON text. */
  lineItems: string | null
  eventName: string | null
  customerKey: string | null
  emailHash: Buffer | null
  emailMasked: string | null
}

const selectTransaction = {
  name: 'sale_transaction',
  text: `select t.transaction_id, t.amount_cents, t.currency, t.customer_id, t.sale_id, t.reason,
      t.attribution, c.id as commission_id
    from affiliate_sale_transactions t
    left join affiliate_commissions c
      on c.program_id = t.program_id and c.transaction_id = t.transaction_id
    where t.program_id = $1 and t.transaction_id = $2
    order by c.id limit 1`,
}

/** Waits for another transaction that claims the same id, then inserts nothing. */
const claim = {
  name: 'sale_transaction_claim',
  text: `insert into affiliate_sale_transactions (program_id, transaction_id, created_at, amount_cents,
      currency, customer_id, verdict, reason, sale_id, partner_id, link_id, attribution)
    values ($1, $2, $3, $4, $5, $6, $7, $8,
      case when $7 = 'attributed' then nextval('affiliate_sale_event_ids') end, $9, $10, $11)
    on conflict do nothing returning transaction_id, sale_id`,
}

const setReason = {
  name: 'sale_transaction_reason',
  text: 'update affiliate_sale_transactions set reason = $3 where program_id = $1 and transaction_id = $2',
}

const insertEvent = {
  name: 'sale_insert',
  text: `insert into affiliate_sale_events (program_id, id, created_at, transaction_id, customer_id,
      click_id, link_id, partner_id, is_first_sale, amount_cents, currency, sale_type, is_recurring,
      subscription_id, subscription_interval, product_id, line_items, event_name, customer_key,
      email_hash, email_masked)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
}

const insertTest = {
  name: 'sale_insert_test',
  text: `insert into affiliate_sale_events (program_id, created_at, is_test, transaction_id, amount_cents, currency)
    values ($1, $2, true, $3, $4, $5) returning id`,
}

const selectSubscription = {
  name: 'subscription',
  text: `select customer_id, partner_id, link_id from affiliate_subscriptions
    where program_id = $1 and subscription_id = $2`,
}

const insertSubscriptionRow = {
  name: 'subscription_insert',
  text: `insert into affiliate_subscriptions (program_id, subscription_id, customer_id, partner_id, link_id, first_sale_at)
    values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
}

export async function findSaleTransaction(
  db: Db,
  programId: number,
  transactionId: string,
): Promise<SaleTransaction | null> {
  const [row] = await db.query<{
    transaction_id: string
    amount_cents: number
    currency: string
    customer_id: number
    sale_id: number | null
    reason: string | null
    attribution: StoredAttribution
    commission_id: number | null
  }>(selectTransaction, [programId, transactionId])
  if (row === undefined) return null
  return {
    transactionId: row.transaction_id,
    amountCents: row.amount_cents,
    currency: row.currency,
    customerId: row.customer_id,
    saleId: row.sale_id,
    reason: row.reason,
    attribution: row.attribution,
    commissionId: row.commission_id,
  }
}

export interface NewClaim {
  programId: number
  transactionId: string
  atMs: number
  amountCents: number
  currency: string
  customerId: number
  /** Null where the verdict refuses the sale. */
  credit: { partnerId: number; linkId: number } | null
  reason: string | null
  attribution: StoredAttribution
}

/** Takes a transaction id for ever. `taken` when somebody was first; else the new sale's id, if it is one. */
export async function claimTransaction(
  tx: Tx,
  claimed: NewClaim,
): Promise<'taken' | { saleId: number | null }> {
  const [row] = await tx.query<{ sale_id: number | null }>(claim, [
    claimed.programId,
    claimed.transactionId,
    new Date(claimed.atMs),
    claimed.amountCents,
    claimed.currency,
    claimed.customerId,
    claimed.credit === null ? 'attribution_window_expired' : 'attributed',
    claimed.reason,
    claimed.credit?.partnerId ?? null,
    claimed.credit?.linkId ?? null,
    JSON.stringify(claimed.attribution),
  ])
  return row === undefined ? 'taken' : { saleId: row.sale_id }
}

/** Keeps why an attributed sale pays nothing. */
export async function storeReason(
  tx: Tx,
  programId: number,
  transactionId: string,
  reason: string,
): Promise<void> {
  await tx.query(setReason, [programId, transactionId, reason])
}

export async function insertSale(tx: Tx, sale: SaleRow): Promise<void> {
  const { details } = sale
  await tx.query(insertEvent, [
    sale.programId,
    sale.saleId,
    new Date(sale.atMs),
    sale.transactionId,
    sale.customerId,
    sale.clickId,
    sale.linkId,
    sale.partnerId,
    sale.isFirstSale,
    sale.amountCents,
    sale.currency,
    details.saleType,
    details.isRecurring,
    details.subscriptionId,
    details.subscriptionInterval,
    details.productId,
    details.lineItems,
    details.eventName,
    details.customerKey,
    details.emailHash,
    details.emailMasked,
  ])
}

/** Who earns from a subscription's renewals; null when no sale of it was attributed. */
export async function findSubscription(db: Db, programId: number, subscriptionId: string) {
  const [row] = await db.query<{ customer_id: number; partner_id: number; link_id: number }>(
    selectSubscription,
    [programId, subscriptionId],
  )
  if (row === undefined) return null
  return { customerId: row.customer_id, partnerId: row.partner_id, linkId: row.link_id }
}

export async function insertSubscription(
  tx: Tx,
  subscriptionId: string,
  sale: Pick<SaleRow, 'programId' | 'customerId' | 'partnerId' | 'linkId' | 'atMs'>,
): Promise<void> {
  await tx.query(insertSubscriptionRow, [
    sale.programId,
    subscriptionId,
    sale.customerId,
    sale.partnerId,
    sale.linkId,
    new Date(sale.atMs),
  ])
}

/** Stores a test sale, which counts nowhere. Returns its id. */
export async function insertTestSale(
  db: Db,
  sale: {
    programId: number
    atMs: number
    transactionId: string
    amountCents: number | null
    currency: string | null
  },
): Promise<number> {
  const [row] = await db.query<{ id: number }>(insertTest, [
    sale.programId,
    new Date(sale.atMs),
    sale.transactionId,
    sale.amountCents,
    sale.currency,
  ])
  if (row === undefined) throw new Error('The test sale was not inserted')
  return row.id
}
