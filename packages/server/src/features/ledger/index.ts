export type { Account, Entry, Posting } from './domain/posting.ts'
export { commissionEarned, commissionReversed } from './domain/posting.ts'
export type { AccountBalance, LedgerFilter, LedgerTransaction } from './store.ts'
export { post, readBalances, readTransactions } from './store.ts'
