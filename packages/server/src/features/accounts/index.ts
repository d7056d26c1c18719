export { type KeyKind, looksLikeProgramKey } from './domain/api-key.ts'
export { issueKey, rotateProgramKey } from './issue-key.ts'
export { findProgramKey } from './store.ts'
