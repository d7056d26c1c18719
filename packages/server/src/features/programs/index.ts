export type { NewProgram, Program } from './domain/program.ts'
export {
  findProgram,
  findPrograms,
  insertProgram,
  lockAndHasPrograms,
  setLinkParameters,
} from './store.ts'
