export { clickIdRandomBytes, programOfClickId } from './domain/click-id.ts'
export { clockSkewMaxMs, eventTime } from './domain/event-time.ts'
export { type StoredEmail, storeEmail } from './email.ts'
export {
  bindCustomerKey,
  type Customer,
  findCustomersByClickIds,
  findCustomersByKeys,
  lockCustomer,
  lockCustomers,
  updateCustomers,
} from './store.ts'
