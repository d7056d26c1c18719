export { registerLeads } from './leads/routes.ts'
export { registerRefunds } from './refunds/routes.ts'
export { registerSales } from './sales/routes.ts'
export { createSaleWriter } from './sales/sale-writer.ts'
