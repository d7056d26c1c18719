export { addPartner, findActivePartners, insertDefaultGroup, partnerSetKey } from './store.ts'
