export { addPartner, findActivePartners, insertDefaultGroup } from './store.ts'
