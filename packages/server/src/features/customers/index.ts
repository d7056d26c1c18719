export { clickIdRandomBytes, programOfClickId } from './domain/click-id.ts'
export { clockSkewMaxMs, eventTime } from './domain/event-time.ts'
export { type StoredEmail, storeEmail } from './email.ts'
export {
  bindCustomerKeys,
  type Customer,
  findCustomersByClickIds,
  findCustomersByKeys,
  type KeyBinding,
  lockCustomers,
  updateCustomers,
} from './store.ts'
