export type { NewProgram, Program } from './domain/program.ts'
export {
  findProgram,
  findPrograms,
  insertProgram,
  loadProgram,
  lockAndHasPrograms,
} from './store.ts'
