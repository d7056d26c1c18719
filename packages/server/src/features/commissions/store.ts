import type { Db, Tx } from '../../db/database.ts'
import { programKey } from '../../shared/program-key.ts'
import type { Policy } from './domain/policy.ts'

export type CommissionStatus =
  | 'pending'
  | 'approved'
  | 'paid'
  | 'reversed'
  | 'refunded'
  | 'rejected'

export interface Commission {
  commissionId: number
  partnerId: number
  linkId: number
  amountCents: number
  reversedCents: number
  currency: string
  status: CommissionStatus
  policyId: number
  policyVersion: number
}

/** The sale that a commission is for. */
export interface SaleOfCommission {
  programId: number
  transactionId: string
  saleId: number
  partnerId: number
  linkId: number
  customerId: number
  atMs: number
}

export interface NewCommission extends SaleOfCommission {
  amountCents: number
  currency: string
  policyId: number
  policyVersion: number
  holdEndsAtMs: number
}

interface PolicyRow {
  id: number
  version: number
  type: 'percent' | 'fixed'
  rate_bps: number | null
  fixed_cents: number | null
  currency: string | null
  duration: 'one_time' | 'months' | 'lifetime'
  duration_months: number | null
  hold_days: number
}

interface CommissionRow {
  id: number
  partner_id: number
  link_id: number
  amount_cents: number
  reversed_cents: number
  currency: string
  status: CommissionStatus
  policy_id: number
  policy_version: number
}

const policyColumns =
  'c.id, c.version, c.type, c.rate_bps, c.fixed_cents, c.currency, c.duration, c.duration_months, c.hold_days'

const selectInForce = {
  name: 'policy_in_force',
  text: `select asked.n, p.* from json_to_recordset($1::json)
      as asked (n integer, "programId" bigint, "partnerId" bigint, "atMs" bigint)
    cross join lateral (
      select ${policyColumns} from affiliate_commission_policies c
      join affiliate_partner_programs pp on pp.program_id = c.program_id and pp.group_id = c.group_id
      where c.program_id = asked."programId" and pp.partner_id = asked."partnerId"
        and c.effective_from <= to_timestamp(asked."atMs" / 1000.0)
      order by c.effective_from desc, c.version desc limit 1) p`,
}

const selectVersion = {
  name: 'policy_version',
  text: `select ${policyColumns} from affiliate_commission_policies c
    where c.program_id = $1 and c.id = $2 and c.version = $3`,
}

const insertPolicyRow = {
  name: 'policy_insert',
  text: `insert into affiliate_commission_policies (program_id, version, group_id, effective_from, type,
      rate_bps, fixed_cents, currency, duration, duration_months, hold_days, created_at)
    values ($1, 1, $2, '-infinity', $4, $5, $6, $7, $8, $9, $10, $3)`,
}

const insertCommissionRows = {
  name: 'commission_insert',
  text: `insert into affiliate_commissions (program_id, transaction_id, sale_id, partner_id, link_id,
      customer_id, amount_cents, currency, policy_id, policy_version, hold_ends_at, created_at)
    select "programId", "transactionId", "saleId", "partnerId", "linkId", "customerId", "amountCents", currency,
      "policyId", "policyVersion", to_timestamp("holdEndsAtMs" / 1000.0), to_timestamp("atMs" / 1000.0)
    from json_to_recordset($1::json) as i ("programId" bigint, "transactionId" text, "saleId" bigint,
      "partnerId" bigint, "linkId" bigint, "customerId" bigint, "amountCents" bigint, currency text,
      "policyId" bigint, "policyVersion" integer, "holdEndsAtMs" bigint, "atMs" bigint)
    returning id, program_id, sale_id`,
}

const commissionColumns =
  'id, partner_id, link_id, amount_cents, reversed_cents, currency, status, policy_id, policy_version'

const selectForUpdate = {
  name: 'commission_by_transaction_for_update',
  text: `select ${commissionColumns} from affiliate_commissions
    where program_id = $1 and transaction_id = $2 order by id for update`,
}

const updateReversed = {
  name: 'commission_reverse',
  text: `update affiliate_commissions set reversed_cents = $3, status = $4
    where program_id = $1 and id = $2`,
}

/** The version of each partner's group's policy that is in force at a moment, in the order asked. Every group has one. */
export async function loadPoliciesInForce(
  db: Db,
  asked: readonly { programId: number; partnerId: number; atMs: number }[],
): Promise<Policy[]> {
  if (asked.length === 0) return []
  const questions = asked.map(({ programId, partnerId, atMs }, n) => ({
    n,
    programId,
    partnerId,
    atMs,
  }))
  const rows = await db.query<PolicyRow & { n: number }>(selectInForce, [JSON.stringify(questions)])
  const found = new Map(rows.map((row) => [row.n, fromPolicyRow(row)]))
  return asked.map(({ partnerId }, n) => {
    const policy = found.get(n)
    if (policy === undefined) throw new Error(`No policy in force for partner ${partnerId}`)
    return policy
  })
}

export async function loadPolicyVersion(
  db: Db,
  programId: number,
  policyId: number,
  version: number,
): Promise<Policy> {
  const [row] = await db.query<PolicyRow>(selectVersion, [programId, policyId, version])
  if (row === undefined) throw new Error(`Policy ${policyId} has no version ${version}`)
  return fromPolicyRow(row)
}

/** The first version of a group's policy. It is in force from the beginning, so that every event finds one. */
export async function insertFirstPolicy(
  tx: Tx,
  programId: number,
  groupId: number,
  policy: Omit<Policy, 'policyId' | 'version'>,
  nowMs: number,
): Promise<void> {
  const { rate, duration } = policy
  await tx.query(insertPolicyRow, [
    programId,
    groupId,
    new Date(nowMs),
    rate.type,
    rate.type === 'percent' ? rate.bps : null,
    rate.type === 'fixed' ? rate.amountCents : null,
    rate.type === 'fixed' ? rate.currency : null,
    duration.type,
    duration.type === 'months' ? duration.months : null,
    policy.holdDays,
  ])
}

/** Answers the commissions with their ids, in their order. */
export async function insertCommissions(
  tx: Tx,
  commissions: readonly NewCommission[],
): Promise<(NewCommission & { commissionId: number })[]> {
  if (commissions.length === 0) return []
  const rows = await tx.query<{ id: number; program_id: number; sale_id: number }>(
    insertCommissionRows,
    [JSON.stringify(commissions)],
  )
  const ids = new Map(rows.map((row) => [programKey(row.program_id, row.sale_id), row.id]))
  return commissions.map((commission) => {
    const commissionId = ids.get(programKey(commission.programId, commission.saleId))
    if (commissionId === undefined) throw new Error('A commission was not inserted')
    return { ...commission, commissionId }
  })
}

/** The commission of a sale, locked until the transaction ends; null when the sale has none. */
export async function lockCommission(
  tx: Tx,
  programId: number,
  transactionId: string,
): Promise<Commission | null> {
  const [row] = await tx.query<CommissionRow>(selectForUpdate, [programId, transactionId])
  return row === undefined ? null : fromCommissionRow(row)
}

export async function updateReversal(
  tx: Tx,
  programId: number,
  commissionId: number,
  reversedCents: number,
  status: CommissionStatus,
): Promise<void> {
  await tx.query(updateReversed, [programId, commissionId, reversedCents, status])
}

function fromPolicyRow(row: PolicyRow): Policy {
  return {
    policyId: row.id,
    version: row.version,
    rate: toRate(row),
    duration: toDuration(row),
    holdDays: row.hold_days,
  }
}

function toRate(row: PolicyRow): Policy['rate'] {
  if (row.type === 'percent' && row.rate_bps !== null) return { type: 'percent', bps: row.rate_bps }
  if (row.type === 'fixed' && row.fixed_cents !== null && row.currency !== null) {
    return { type: 'fixed', amountCents: row.fixed_cents, currency: row.currency }
  }
  throw new Error(`Policy ${row.id} version ${row.version} has no rate`)
}

function toDuration(row: PolicyRow): Policy['duration'] {
  if (row.duration !== 'months') return { type: row.duration }
  if (row.duration_months === null) throw new Error(`Policy ${row.id} has no months`)
  return { type: 'months', months: row.duration_months }
}

function fromCommissionRow(row: CommissionRow): Commission {
  return {
    commissionId: row.id,
    partnerId: row.partner_id,
    linkId: row.link_id,
    amountCents: row.amount_cents,
    reversedCents: row.reversed_cents,
    currency: row.currency,
    status: row.status,
    policyId: row.policy_id,
    policyVersion: row.policy_version,
  }
}
