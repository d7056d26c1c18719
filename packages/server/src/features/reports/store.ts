import type { Db } from '../../db/database.ts'
import type { StoredAttribution } from '../attribution/index.ts'

/** A decided transaction id with all that became of it. */
export interface SaleReport {
  transactionId: string
  saleId: number | null
  amountCents: number
  currency: string
  refundedCents: number
  reason: string | null
  partnerCode: string | null
  clickId: string
  customerKey: string | null
  attribution: StoredAttribution
  createdAt: Date
  commission: {
    commissionId: number
    amountCents: number
    reversedCents: number
    currency: string
    status: string
    holdEndsAt: Date
    policyId: number
    policyVersion: number
  } | null
}

interface SaleReportRow {
  transaction_id: string
  sale_id: number | null
  amount_cents: number
  currency: string
  refunded_cents: number
  reason: string | null
  code: string | null
  click_id: string
  customer_key: string | null
  attribution: StoredAttribution
  created_at: Date
  commission_id: number | null
  commission_cents: number
  reversed_cents: number
  commission_currency: string
  status: string
  hold_ends_at: Date
  policy_id: number
  policy_version: number
}

const selectSale = {
  name: 'report_sale',
  text: `select t.transaction_id, t.sale_id, t.amount_cents, t.currency, t.refunded_cents, t.reason,
      l.code, cu.click_id, cu.customer_key, t.attribution, t.created_at,
      co.id as commission_id, co.amount_cents as commission_cents, co.reversed_cents,
      co.currency as commission_currency, co.status, co.hold_ends_at, co.policy_id, co.policy_version
    from affiliate_sale_transactions t
    join affiliate_customers cu on cu.program_id = t.program_id and cu.id = t.customer_id
    left join affiliate_referral_links l on l.program_id = t.program_id and l.id = t.link_id
    left join affiliate_commissions co
      on co.program_id = t.program_id and co.transaction_id = t.transaction_id
    where t.program_id = $1 and t.transaction_id = $2
    order by co.id limit 1`,
}

const selectPartnerByCode = {
  name: 'report_partner_by_code',
  text: `select partner_id from affiliate_referral_links where program_id = $1 and lower(code) = lower($2)`,
}

/** A partner's own code is that of the first link. */
const selectPartnerCodes = {
  name: 'report_partner_codes',
  text: `select distinct on (partner_id) partner_id, code from affiliate_referral_links
    where program_id = $1 and partner_id = any($2::bigint[]) order by partner_id, id`,
}

/** Null when no such transaction id was ever decided on in this program. */
export async function readSale(
  db: Db,
  programId: number,
  transactionId: string,
): Promise<SaleReport | null> {
  const [row] = await db.query<SaleReportRow>(selectSale, [programId, transactionId])
  return row === undefined ? null : fromSaleReportRow(row)
}

export async function findPartnerByCode(
  db: Db,
  programId: number,
  code: string,
): Promise<number | null> {
  const [row] = await db.query<{ partner_id: number }>(selectPartnerByCode, [programId, code])
  return row?.partner_id ?? null
}

export async function readPartnerCodes(
  db: Db,
  programId: number,
  partnerIds: number[],
): Promise<Map<number, string>> {
  const rows = await db.query<{ partner_id: number; code: string }>(selectPartnerCodes, [
    programId,
    partnerIds,
  ])
  return new Map(rows.map((row) => [row.partner_id, row.code]))
}

function fromSaleReportRow(row: SaleReportRow): SaleReport {
  return {
    transactionId: row.transaction_id,
    saleId: row.sale_id,
    amountCents: row.amount_cents,
    currency: row.currency,
    refundedCents: row.refunded_cents,
    reason: row.reason,
    partnerCode: row.code,
    clickId: row.click_id,
    customerKey: row.customer_key,
    attribution: row.attribution,
    createdAt: row.created_at,
    commission:
      row.commission_id === null
        ? null
        : {
            commissionId: row.commission_id,
            amountCents: row.commission_cents,
            reversedCents: row.reversed_cents,
            currency: row.commission_currency,
            status: row.status,
            holdEndsAt: row.hold_ends_at,
            policyId: row.policy_id,
            policyVersion: row.policy_version,
          },
  }
}
