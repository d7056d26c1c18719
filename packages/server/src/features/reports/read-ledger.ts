import type { Db } from '../../db/database.ts'
import {
  type AccountBalance,
  type LedgerTransaction,
  readBalances,
  readTransactions,
} from '../ledger/index.ts'
import { findPartnerByCode, readPartnerCodes } from './store.ts'

export interface LedgerQuestion {
  programId: number
  partnerCode: string | null
  currency: string | null
  /** The id of the last transaction seen. */
  beforeId: number | null
}

export interface LedgerPage {
  accounts: AccountBalance[]
  transactions: LedgerTransaction[]
  /** For the next page, or null at the end. */
  nextBeforeId: number | null
  /** The code by which each partner is known. */
  partnerCodes: Map<number, string>
}

const ledgerPageRows = 50

/** A page of the ledger, newest first, with all balances. Null when the code is no partner of the program. */
export async function readLedger(db: Db, question: LedgerQuestion): Promise<LedgerPage | null> {
  const { programId, partnerCode, currency, beforeId } = question
  const partnerId =
    partnerCode === null ? null : await findPartnerByCode(db, programId, partnerCode)
  if (partnerCode !== null && partnerId === null) return null
  const filter = { programId, partnerId, currency }
  const accounts = await readBalances(db, filter)
  const rows = await readTransactions(db, filter, beforeId, ledgerPageRows + 1)
  const transactions = rows.slice(0, ledgerPageRows)
  const partnerIds = [...new Set(accounts.map((account) => account.partnerId))]
  return {
    accounts,
    transactions,
    nextBeforeId: rows.length > ledgerPageRows ? (transactions.at(-1)?.id ?? null) : null,
    partnerCodes: await readPartnerCodes(db, programId, partnerIds),
  }
}
