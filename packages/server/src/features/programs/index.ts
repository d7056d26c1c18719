export type { NewProgram, Program } from './domain/program.ts'
export { findProgram, insertProgram, loadProgram, lockAndHasPrograms } from './store.ts'
