export type { KeyKind } from './domain/api-key.ts'
export { createProgramKeyFinder } from './find-program-key.ts'
export { issueKey, rotateProgramKey } from './issue-key.ts'
