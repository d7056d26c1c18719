export { type CheckResult, verify } from './verify.ts'
