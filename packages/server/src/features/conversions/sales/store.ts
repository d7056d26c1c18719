import type { Db, Tx } from '../../../db/database.ts'
import { programKey } from '../../../shared/program-key.ts'
import type { StoredAttribution } from '../../attribution/index.ts'
import type { SaleDetails, SaleTransaction } from './sale.ts'

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

const selectTransactions = {
  name: 'sale_transactions',
  text: `select t.* from unnest($1::bigint[], $2::text[]) as asked (program_id, transaction_id)
    cross join lateral (
      select s.program_id, s.transaction_id, s.amount_cents, s.currency, s.customer_id, s.sale_id, s.reason,
        s.attribution, (
          select min(c.id) from affiliate_commissions c
          where c.program_id = s.program_id and c.transaction_id = s.transaction_id) as commission_id
      from affiliate_sale_transactions s
      where s.program_id = asked.program_id and s.transaction_id = asked.transaction_id limit 1) t`,
}

/** In key order. Waits for another transaction that claims the same id, then inserts nothing for it. */
const claim = {
  name: 'sale_transaction_claim',
  text: `insert into affiliate_sale_transactions (program_id, transaction_id, created_at, amount_cents,
      currency, customer_id, verdict, reason, sale_id, partner_id, link_id, attribution)
    select "programId", "transactionId", to_timestamp("atMs" / 1000.0), "amountCents", currency, "customerId",
      case when "partnerId" is null then 'attribution_window_expired' else 'attributed' end, reason,
      case when "partnerId" is not null then nextval('affiliate_sale_event_ids') end,
      "partnerId", "linkId", attribution
    from json_to_recordset($1::json) as i ("programId" bigint, "transactionId" text, "atMs" bigint,
      "amountCents" bigint, currency text, "customerId" bigint, reason text, "partnerId" bigint,
      "linkId" bigint, attribution jsonb)
    order by "programId", "transactionId"
    on conflict do nothing returning program_id, transaction_id, sale_id`,
}

const setReason = {
  name: 'sale_transaction_reason',
  text: 'update affiliate_sale_transactions set reason = $3 where program_id = $1 and transaction_id = $2',
}

const insertEvents = {
  name: 'sale_insert',
  text: `insert into affiliate_sale_events (program_id, id, created_at, transaction_id, customer_id,
      click_id, link_id, partner_id, is_first_sale, amount_cents, currency, sale_type, is_recurring,
      subscription_id, subscription_interval, product_id, line_items, event_name, customer_key,
      email_hash, email_masked)
    select "programId", "saleId", to_timestamp("atMs" / 1000.0), "transactionId", "customerId", "clickId",
      "linkId", "partnerId", "isFirstSale", "amountCents", currency, "saleType", "isRecurring",
      "subscriptionId", "subscriptionInterval", "productId", "lineItems"::json, "eventName", "customerKey",
      decode("emailHash", 'hex'), "emailMasked"
    from json_to_recordset($1::json) as i ("programId" bigint, "saleId" bigint, "atMs" bigint,
      "transactionId" text, "customerId" bigint, "clickId" text, "linkId" bigint, "partnerId" bigint,
      "isFirstSale" boolean, "amountCents" bigint, currency text, "saleType" text, "isRecurring" boolean,
      "subscriptionId" text, "subscriptionInterval" text, "productId" text, "lineItems" text,
      "eventName" text, "customerKey" text, "emailHash" text, "emailMasked" text)`,
}

const insertTest = {
  name: 'sale_insert_test',
  text: `insert into affiliate_sale_events (program_id, created_at, is_test, transaction_id, amount_cents, currency)
    values ($1, $2, true, $3, $4, $5) returning id`,
}

const selectSubscriptions = {
  name: 'subscriptions',
  text: `select s.* from unnest($1::bigint[], $2::text[]) as asked (program_id, subscription_id)
    cross join lateral (
      select program_id, subscription_id, customer_id, partner_id, link_id from affiliate_subscriptions
      where program_id = asked.program_id and subscription_id = asked.subscription_id limit 1) s`,
}

const insertSubscriptionRows = {
  name: 'subscription_insert',
  text: `insert into affiliate_subscriptions (program_id, subscription_id, customer_id, partner_id, link_id, first_sale_at)
    select "programId", "subscriptionId", "customerId", "partnerId", "linkId", to_timestamp("atMs" / 1000.0)
    from json_to_recordset($1::json) as i ("programId" bigint, "subscriptionId" text, "customerId" bigint,
      "partnerId" bigint, "linkId" bigint, "atMs" bigint)
    order by "programId", "subscriptionId" on conflict do nothing`,
}

/** What was decided before on transaction ids, by `programKey`. */
export async function findSaleTransactions(
  db: Db,
  asked: readonly { programId: number; transactionId: string }[],
): Promise<Map<string, SaleTransaction>> {
  const rows = await db.query<{
    program_id: number
    transaction_id: string
    amount_cents: number
    currency: string
    customer_id: number
    sale_id: number | null
    reason: string | null
    attribution: StoredAttribution
    commission_id: number | null
  }>(selectTransactions, [asked.map((one) => one.programId), asked.map((one) => one.transactionId)])
  return new Map(
    rows.map((row) => [
      programKey(row.program_id, row.transaction_id),
      {
        transactionId: row.transaction_id,
        amountCents: row.amount_cents,
        currency: row.currency,
        customerId: row.customer_id,
        saleId: row.sale_id,
        reason: row.reason,
        attribution: row.attribution,
        commissionId: row.commission_id,
      },
    ]),
  )
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

/**
 * Takes transaction ids for ever. Answers, by `programKey`, those that were free, with the new sale's id
 * where it is one; who is missing was taken by somebody else.
 */
export async function claimTransactions(
  tx: Tx,
  claims: readonly NewClaim[],
): Promise<Map<string, { saleId: number | null }>> {
  if (claims.length === 0) return new Map()
  const rows = await tx.query<{
    program_id: number
    transaction_id: string
    sale_id: number | null
  }>(claim, [JSON.stringify(claims.map(({ credit, ...rest }) => ({ ...rest, ...credit })))])
  return new Map(
    rows.map((row) => [programKey(row.program_id, row.transaction_id), { saleId: row.sale_id }]),
  )
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

export async function insertSales(tx: Tx, sales: readonly SaleRow[]): Promise<void> {
  if (sales.length === 0) return
  const rows = sales.map(({ details, ...sale }) => ({
    ...sale,
    ...details,
    emailHash: details.emailHash?.toString('hex') ?? null,
  }))
  await tx.query(insertEvents, [JSON.stringify(rows)])
}

export interface Subscription {
  customerId: number
  partnerId: number
  linkId: number
}

/** Who earns from subscriptions' renewals, by `programKey`; those of which no sale was attributed are missing. */
export async function findSubscriptions(
  db: Db,
  asked: readonly { programId: number; subscriptionId: string }[],
): Promise<Map<string, Subscription>> {
  if (asked.length === 0) return new Map()
  const rows = await db.query<{
    program_id: number
    subscription_id: string
    customer_id: number
    partner_id: number
    link_id: number
  }>(selectSubscriptions, [
    asked.map((one) => one.programId),
    asked.map((one) => one.subscriptionId),
  ])
  return new Map(
    rows.map((row) => [
      programKey(row.program_id, row.subscription_id),
      { customerId: row.customer_id, partnerId: row.partner_id, linkId: row.link_id },
    ]),
  )
}

/** The first sale of a subscription stays; a later one changes nothing. */
export async function insertSubscriptions(tx: Tx, sales: readonly SaleRow[]): Promise<void> {
  const rows = sales.flatMap(({ details, programId, customerId, partnerId, linkId, atMs }) => {
    const { subscriptionId } = details
    if (subscriptionId === null) return []
    return [{ programId, subscriptionId, customerId, partnerId, linkId, atMs }]
  })
  if (rows.length > 0) await tx.query(insertSubscriptionRows, [JSON.stringify(rows)])
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
