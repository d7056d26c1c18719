import type { Db, Tx } from '../../db/database.ts'
import { type Account, assertBalanced, type Posting } from './domain/posting.ts'

export interface AccountBalance {
  account: Account
  partnerId: number
  currency: string
  balanceCents: number
}

export interface LedgerTransaction {
  id: number
  atMs: number
  kind: Posting['kind']
  ref: string
  entries: { account: Account; partnerId: number; currency: string; amountCents: number }[]
}

export interface LedgerFilter {
  programId: number
  partnerId: number | null
  currency: string | null
}

/**
 * Transactions and entries in one statement: the database refuses entries that do not sum to zero.
 * (kind, ref) is unique in a program, so it leads from a transaction back to its entries.
 */
const insertTransactions = {
  name: 'ledger_post',
  text: `with postings as materialized (
      select * from json_to_recordset($1::json)
        as i ("programId" bigint, "atMs" bigint, kind text, ref text, entries json)),
    posted as (
      insert into ledger_transactions (program_id, created_at, kind, ref)
      select "programId", to_timestamp("atMs" / 1000.0), kind, ref from postings
      returning program_id, id, kind, ref)
    insert into ledger_entries (program_id, transaction_id, line, account, partner_id, currency, amount_cents)
    select posted.program_id, posted.id, e.ordinality, e.account, e."partnerId", e.currency, e."amountCents"
    from posted
    join postings p on p."programId" = posted.program_id and p.kind = posted.kind and p.ref = posted.ref
    cross join lateral rows from (json_to_recordset(p.entries)
      as (account text, "partnerId" bigint, currency text, "amountCents" bigint)) with ordinality as e`,
}

const selectBalances = {
  name: 'ledger_balances',
  text: `select account, partner_id, currency, sum(amount_cents)::bigint as balance_cents
    from ledger_entries
    where program_id = $1 and ($2::bigint is null or partner_id = $2) and ($3::text is null or currency = $3)
    group by account, partner_id, currency
    order by partner_id, currency, account`,
}

const selectPage = {
  name: 'ledger_page',
  text: `select t.id, t.created_at, t.kind, t.ref, e.entries
    from ledger_transactions t
    cross join lateral (
      select json_agg(json_build_object('account', account, 'partnerId', partner_id,
          'currency', currency, 'amountCents', amount_cents) order by line) as entries
      from ledger_entries where program_id = t.program_id and transaction_id = t.id) e
    where t.program_id = $1 and ($2::bigint is null or t.id < $2)
      and exists (
        select from ledger_entries f where f.program_id = t.program_id and f.transaction_id = t.id
          and ($3::bigint is null or f.partner_id = $3) and ($4::text is null or f.currency = $4))
    order by t.id desc limit $5`,
}

/** A posting of a program, and when what it is about happened. */
export interface ProgramPosting extends Posting {
  programId: number
  atMs: number
}

/**
 * Writes postings. Must be called in the transaction that changed what they are about. One whose
 * (kind, ref) was written before violates a unique constraint.
 */
export async function post(tx: Tx, postings: readonly ProgramPosting[]): Promise<void> {
  if (postings.length === 0) return
  for (const posting of postings) assertBalanced(posting)
  await tx.query(insertTransactions, [JSON.stringify(postings)])
}

/** Balances are sums of entries, nothing else. */
export async function readBalances(db: Db, filter: LedgerFilter): Promise<AccountBalance[]> {
  const rows = await db.query<{
    account: Account
    partner_id: number
    currency: string
    balance_cents: number
  }>(selectBalances, [filter.programId, filter.partnerId, filter.currency])
  return rows.map((row) => ({
    account: row.account,
    partnerId: row.partner_id,
    currency: row.currency,
    balanceCents: row.balance_cents,
  }))
}

/** Transactions older than `beforeId`, newest first. */
export async function readTransactions(
  db: Db,
  filter: LedgerFilter,
  beforeId: number | null,
  rowsMax: number,
): Promise<LedgerTransaction[]> {
  const rows = await db.query<{
    id: number
    created_at: Date
    kind: Posting['kind']
    ref: string
    entries: LedgerTransaction['entries']
  }>(selectPage, [filter.programId, beforeId, filter.partnerId, filter.currency, rowsMax])
  return rows.map((row) => ({
    id: row.id,
    atMs: row.created_at.getTime(),
    kind: row.kind,
    ref: row.ref,
    entries: row.entries,
  }))
}
