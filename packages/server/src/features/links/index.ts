export { codeKey, findLinkCodes, insertLink } from './store.ts'
