import type { Db, Tx } from '../../db/database.ts'
import { programKey } from '../../shared/program-key.ts'

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

export interface KeyBinding {
  programId: number
  customerId: number
  customerKey: string
  boundBy: KeyBinder
  atMs: number
}

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
  program_id: number
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

const selectByKeys = {
  name: 'customers_by_keys',
  text: `select asked.program_id, asked.customer_key, k.customer_id, k.bound_by
    from unnest($1::bigint[], $2::text[]) as asked (program_id, customer_key)
    cross join lateral (
      select customer_id, bound_by from affiliate_customer_keys
      where program_id = asked.program_id and customer_key = asked.customer_key limit 1) k`,
}

/** In the order in which they are asked for: who locks several asks in the order of their ids. */
const lockMany = {
  name: 'customers_lock',
  text: `select c.* from unnest($1::bigint[], $2::bigint[]) as asked (program_id, id)
    cross join lateral (
      select program_id, id, click_id, customer_key, status, created_at, lead_at, provisional_lead_at, converted_at
      from affiliate_customers where program_id = asked.program_id and id = asked.id
      for no key update) c`,
}

/** Keys that nobody has go to their customers, whoever asks at the same moment. */
const insertKeys = {
  name: 'customer_keys_bind',
  planEachTime: true,
  text: `with bound as (
      insert into affiliate_customer_keys (program_id, customer_key, customer_id, bound_at, bound_by)
      select "programId", "customerKey", "customerId", to_timestamp("atMs" / 1000.0), "boundBy"
      from json_to_recordset($1::json) as i ("programId" bigint, "customerKey" text, "customerId" bigint,
        "atMs" bigint, "boundBy" text)
      order by "programId", "customerKey"
      on conflict (program_id, customer_key) do nothing
      returning program_id, customer_key, customer_id),
    shown as (
      update affiliate_customers c set customer_key = coalesce(c.customer_key, bound.customer_key)
      from bound where c.program_id = bound.program_id and c.id = bound.customer_id)
    select program_id, customer_key from bound`,
}

/**
 * A key that only a browser had claimed goes to the backend's customer, and its former customer shows
 * another of its own. A statement after the insert that found the key taken, because it must see what
 * that one waited for.
 */
const takeKeyOver = {
  name: 'customer_key_take_over',
  text: `with prior as (
      -- Who has the key so far. No index finds a customer by the key it shows.
      select customer_id from affiliate_customer_keys
      where program_id = $1 and customer_key = $2 and bound_by = 'browser' for update),
    taken as (
      update affiliate_customer_keys k set customer_id = $3, bound_at = $4, bound_by = 'server'
      from prior where k.program_id = $1 and k.customer_key = $2
      returning k.customer_id),
    former as (
      update affiliate_customers c set customer_key = (
          select o.customer_key from affiliate_customer_keys o
          where o.program_id = $1 and o.customer_id = c.id and o.customer_key <> $2
          order by o.bound_at, o.customer_key limit 1)
      from prior where c.program_id = $1 and c.id = prior.customer_id and c.customer_key = $2
        and prior.customer_id <> $3)
    update affiliate_customers c set customer_key = coalesce(c.customer_key, $2)
    from taken where c.program_id = $1 and c.id = taken.customer_id`,
}

const updateMany = {
  name: 'customers_update',
  planEachTime: true,
  text: `update affiliate_customers c set
      status = i.status,
      lead_at = coalesce(c.lead_at, to_timestamp(i."leadAtMs" / 1000.0)),
      provisional_lead_at = coalesce(c.provisional_lead_at, to_timestamp(i."provisionalLeadAtMs" / 1000.0)),
      converted_at = coalesce(c.converted_at, to_timestamp(i."convertedAtMs" / 1000.0)),
      email_hash = coalesce(c.email_hash, decode(i."emailHash", 'hex')),
      email_masked = coalesce(c.email_masked, i."emailMasked")
    from json_to_recordset($1::json) as i ("programId" bigint, "customerId" bigint, status text,
      "leadAtMs" bigint, "provisionalLeadAtMs" bigint, "convertedAtMs" bigint, "emailHash" text, "emailMasked" text)
    where c.program_id = i."programId" and c.id = i."customerId"`,
}

/** Customer ids by `programKey`, for click ids each looked up within its own program. */
export async function findCustomersByClickIds(
  db: Db,
  asked: { programId: number; clickId: string }[],
): Promise<Map<string, number>> {
  if (asked.length === 0) return new Map()
  const rows = await db.query<{ program_id: number; click_id: string; id: number }>(
    selectByClickIds,
    [asked.map((one) => one.programId), asked.map((one) => one.clickId)],
  )
  return new Map(rows.map((row) => [programKey(row.program_id, row.click_id), row.id]))
}

/** Whose the keys are, by `programKey`. A key means something only within its program. */
export async function findCustomersByKeys(
  db: Db,
  asked: { programId: number; customerKey: string }[],
): Promise<Map<string, { customerId: number; boundBy: KeyBinder }>> {
  if (asked.length === 0) return new Map()
  const rows = await db.query<{
    program_id: number
    customer_key: string
    customer_id: number
    bound_by: KeyBinder
  }>(selectByKeys, [asked.map((one) => one.programId), asked.map((one) => one.customerKey)])
  return new Map(
    rows.map((row) => [
      programKey(row.program_id, row.customer_key),
      { customerId: row.customer_id, boundBy: row.bound_by },
    ]),
  )
}

/**
 * Customers, locked until the transaction ends: events of one customer are decided one after the other.
 * They are locked in the order of their ids, so that two transactions never wait for each other, and
 * answered in the order in which they were asked for.
 */
export async function lockCustomers(
  tx: Tx,
  asked: readonly { programId: number; customerId: number }[],
): Promise<Customer[]> {
  if (asked.length === 0) return []
  const inOrder = asked.toSorted((a, b) => a.programId - b.programId || a.customerId - b.customerId)
  const rows = await tx.query<CustomerRow>(lockMany, [
    inOrder.map((one) => one.programId),
    inOrder.map((one) => one.customerId),
  ])
  const found = new Map(
    rows.map((row) => [programKey(row.program_id, row.id), fromCustomerRow(row)]),
  )
  return asked.map(({ programId, customerId }) => {
    const customer = found.get(programKey(programId, customerId))
    if (customer === undefined) throw new Error(`Customer ${customerId} does not exist`)
    return customer
  })
}

/**
 * Binds each key to its customer unless another customer of the program has it: then nothing happens.
 * The backend's word is stronger than a browser's. No two may name the same key or the same customer.
 * New keys are taken in one order, so that batches which bind the same ones do not wait for each other. One
 * that is taken over changes its former customer too, whom nobody has locked in order: the database ends such
 * a circle, and the batch is tried again one by one.
 */
export async function bindCustomerKeys(tx: Tx, bindings: readonly KeyBinding[]): Promise<void> {
  if (bindings.length === 0) return
  const rows = await tx.query<{ program_id: number; customer_key: string }>(insertKeys, [
    JSON.stringify(bindings),
  ])
  const bound = new Set(rows.map((row) => programKey(row.program_id, row.customer_key)))
  const taken = bindings
    .filter((one) => one.boundBy === 'server')
    .filter((one) => !bound.has(programKey(one.programId, one.customerKey)))
    .toSorted((a, b) => a.programId - b.programId || (a.customerKey < b.customerKey ? -1 : 1))
  for (const { programId, customerKey, customerId, atMs } of taken) {
    await tx.query(takeKeyOver, [programId, customerKey, customerId, new Date(atMs)])
  }
}

/** At most one change a customer. */
export async function updateCustomers(
  tx: Tx,
  changes: (CustomerChange & { programId: number; customerId: number })[],
): Promise<void> {
  if (changes.length === 0) return
  const rows = changes.map((change) => ({
    ...change,
    emailHash: change.emailHash?.toString('hex') ?? null,
  }))
  await tx.query(updateMany, [JSON.stringify(rows)])
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
