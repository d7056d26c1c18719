export { type LeadDeps, registerLeads } from './leads/routes.ts'
export { type RefundDeps, registerRefunds } from './refunds/routes.ts'
export type { StoredAttribution } from './sales/domain/stored-attribution.ts'
export { registerSales, type SaleDeps } from './sales/routes.ts'
