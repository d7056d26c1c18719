export type { ImportCounts } from './domain/counts.ts'
export { type ImportOutcome, type ImportProgress, importFile } from './import-file.ts'
