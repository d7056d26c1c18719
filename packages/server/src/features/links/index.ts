export type { Link } from './store.ts'
export { codeKey, findLinkCodes, findLinks, insertLink } from './store.ts'
