import type { Db, Tx } from '../../db/database.ts'

/** A visitor of a program, from the first click on. */
export interface Customer {
  customerId: number
  clickId: string
  /** The first of your keys bound to this customer. */
  customerKey: string | null
  /** Runs click → lead → conversion and never back. */
  status: 'click' | 'lead' | 'conversion'
  createdAtMs: number
  /** When the lead began to count. */
  leadAtMs: number | null
  /** A browser's lead that waits for the backend's word. */
  provisionalLeadAtMs: number | null
  /** The first attributed sale. */
  convertedAtMs: number | null
}

/** Who said that a key belongs to a customer. */
type KeyBinder = 'browser' | 'server'

/** Null stands for "leave as it is": none of these is ever taken back. */
export interface CustomerChange {
  status: Customer['status']
  leadAtMs: number | null
  provisionalLeadAtMs: number | null
  convertedAtMs: number | null
  emailHash: Buffer | null
  emailMasked: string | null
}

interface CustomerRow {
  id: number
  click_id: string
  customer_key: string | null
  status: Customer['status']
  created_at: Date
  lead_at: Date | null
  provisional_lead_at: Date | null
  converted_at: Date | null
}

const selectByClickIds = {
  name: 'customers_by_click_ids',
  // Lateral, so that no plan made while the table was small ever scans it whole.
  text: `select asked.program_id, asked.click_id, c.id
    from unnest($1::bigint[], $2::text[]) as asked (program_id, click_id)
    cross join lateral (
      select id from affiliate_customers
      where program_id = asked.program_id and click_id = asked.click_id limit 1) c`,
}

const selectByKey = {
  name: 'customer_by_key',
  text: `select customer_id, bound_by from affiliate_customer_keys
    where program_id = $1 and customer_key = $2`,
}

const lockOne = {
  name: 'customer_lock',
  text: `select id, click_id, customer_key, status, created_at, lead_at, provisional_lead_at, converted_at
    from affiliate_customers where program_id = $1 and id = $2 for no key update`,
}

/**
 * The key goes to the customer when nobody has it, whoever asks at the same moment; for the backend
 * also when only a browser had claimed it.
 */
const insertKey = {
  name: 'customer_key_bind',
  text: `with prior as (
      -- Who has the key so far. No index finds a customer by the key it shows.
      select customer_id from affiliate_customer_keys where program_id = $1 and customer_key = $2),
    bound as (
      insert into affiliate_customer_keys as k (program_id, customer_key, customer_id, bound_at, bound_by)
      values ($1, $2, $3, $4, $5)
      on conflict (program_id, customer_key) do update
        set customer_id = excluded.customer_id, bound_at = excluded.bound_at, bound_by = 'server'
        where k.bound_by = 'browser' and excluded.bound_by = 'server'
      returning customer_id),
    former as (
      update affiliate_customers c set customer_key = (
          select o.customer_key from affiliate_customer_keys o
          where o.program_id = $1 and o.customer_id = c.id and o.customer_key <> $2
          order by o.bound_at, o.customer_key limit 1)
      from bound, prior where c.program_id = $1 and c.id = prior.customer_id and c.customer_key = $2
        and prior.customer_id <> bound.customer_id)
    update affiliate_customers c set customer_key = coalesce(c.customer_key, $2)
    from bound where c.program_id = $1 and c.id = bound.customer_id`,
}

const updateOne = {
  name: 'customer_update',
  text: `update affiliate_customers set
      status = $3,
      lead_at = coalesce(lead_at, $4),
      provisional_lead_at = coalesce(provisional_lead_at, $5),
      converted_at = coalesce(converted_at, $6),
      email_hash = coalesce(email_hash, $7),
      email_masked = coalesce(email_masked, $8)
    where program_id = $1 and id = $2`,
}

/** The key of `findCustomersByClickIds`: a click id means something only within its program. */
export function customerMapKey(programId: number, clickId: string): string {
  return `${programId} ${clickId}`
}

/** Customer ids by `customerMapKey`, for click ids each looked up within its own program. */
export async function findCustomersByClickIds(
  db: Db,
  asked: { programId: number; clickId: string }[],
): Promise<Map<string, number>> {
  if (asked.length === 0) return new Map()
  const rows = await db.query<{ program_id: number; click_id: string; id: number }>(
    selectByClickIds,
    [asked.map((one) => one.programId), asked.map((one) => one.clickId)],
  )
  return new Map(rows.map((row) => [customerMapKey(row.program_id, row.click_id), row.id]))
}

export async function findCustomerByKey(
  db: Db,
  programId: number,
  customerKey: string,
): Promise<{ customerId: number; boundBy: KeyBinder } | null> {
  const [row] = await db.query<{ customer_id: number; bound_by: KeyBinder }>(selectByKey, [
    programId,
    customerKey,
  ])
  return row === undefined ? null : { customerId: row.customer_id, boundBy: row.bound_by }
}

/** The customer, locked until the transaction ends: events of one customer are decided one after the other. */
export async function lockCustomer(
  tx: Tx,
  programId: number,
  customerId: number,
): Promise<Customer> {
  const [row] = await tx.query<CustomerRow>(lockOne, [programId, customerId])
  if (row === undefined) throw new Error(`Customer ${customerId} does not exist`)
  return fromCustomerRow(row)
}

/**
 * Binds a key to a customer unless another customer of the program has it: then nothing happens.
 * The backend's word is stronger than a browser's.
 */
export async function bindCustomerKey(
  tx: Tx,
  programId: number,
  customerId: number,
  customerKey: string,
  boundBy: KeyBinder,
  nowMs: number,
): Promise<void> {
  await tx.query(insertKey, [programId, customerKey, customerId, new Date(nowMs), boundBy])
}

export async function updateCustomer(
  tx: Tx,
  programId: number,
  customerId: number,
  change: CustomerChange,
): Promise<void> {
  await tx.query(updateOne, [
    programId,
    customerId,
    change.status,
    toDate(change.leadAtMs),
    toDate(change.provisionalLeadAtMs),
    toDate(change.convertedAtMs),
    change.emailHash,
    change.emailMasked,
  ])
}

function fromCustomerRow(row: CustomerRow): Customer {
  return {
    customerId: row.id,
    clickId: row.click_id,
    customerKey: row.customer_key,
    status: row.status,
    createdAtMs: row.created_at.getTime(),
    leadAtMs: row.lead_at?.getTime() ?? null,
    provisionalLeadAtMs: row.provisional_lead_at?.getTime() ?? null,
    convertedAtMs: row.converted_at?.getTime() ?? null,
  }
}

function toDate(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms)
}
