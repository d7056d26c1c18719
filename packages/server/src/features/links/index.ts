export { codeKey, findAcceptedCode, findLinkCodes, insertLink } from './store.ts'
