export { commissionEarned, commissionReversed } from './domain/posting.ts'
export type { AccountBalance, LedgerTransaction } from './store.ts'
export { post, readBalances, readTransactions } from './store.ts'
