export { clickIdRandomBytes, makeClickId, programOfClickId } from './domain/click-id.ts'
export { type StoredEmail, storeEmail } from './email.ts'
export {
  bindCustomerKey,
  type Customer,
  customerMapKey,
  findCustomerByKey,
  findCustomersByClickIds,
  lockCustomer,
  updateCustomer,
} from './store.ts'
