export {
  type AddedPartner,
  type ProgramPlan,
  type ProvisionedProgram,
  type ProvisionRefusal,
  type ProvisionTools,
  provisionFirstProgram,
  provisionPartner,
  provisionProgram,
} from './provision-program.ts'
