export type { Policy } from './domain/policy.ts'
export { type EarnedCommission, earnCommissions } from './earn-commissions.ts'
export { reverseCommission } from './reverse-commission.ts'
export { type Commission, insertFirstPolicy, lockCommission } from './store.ts'
