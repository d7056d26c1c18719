import type { Database, Tx } from '../../db/database.ts'
import type { Clock } from '../../shared/clock.ts'
import type { Randomness } from '../../shared/random.ts'
import { issueKey, type KeyKind } from '../accounts/index.ts'
import { insertFirstPolicy, type Policy } from '../commissions/index.ts'
import { insertLink } from '../links/index.ts'
import { addPartner, insertDefaultGroup } from '../partners/index.ts'
import {
  findProgram,
  insertProgram,
  lockAndHasPrograms,
  type NewProgram,
} from '../programs/index.ts'
import { codeRandomBytes, makeLinkCode } from './domain/link-code.ts'

export interface PartnerPlan {
  name: string
  /** Null makes a code from the name. */
  code: string | null
  /** Referral links to make, at least 1. */
  links: number
}

export interface ProgramPlan {
  program: NewProgram
  policy: Omit<Policy, 'policyId' | 'version'>
  partner: PartnerPlan
}

export interface AddedPartner {
  programId: number
  partnerId: number
  /** All codes, the first one is the partner's own. */
  codes: string[]
  /** The landing URL with the first code. */
  linkUrl: string
}

export interface ProvisionedProgram extends AddedPartner {
  apiKey: string
  managementKey: string
}

export interface ProvisionTools {
  database: Database
  clock: Clock
  randomness: Randomness
}

export type ProvisionRefusal = { kind: 'code_taken'; code: string } | { kind: 'program_not_found' }

/** Rolls back everything that was made before the refusal was found. */
class RefusedError extends Error {
  readonly refusal: ProvisionRefusal

  constructor(refusal: ProvisionRefusal) {
    super(refusal.kind)
    this.refusal = refusal
  }
}

/** A program that can take its first click: default group with its policy, keys, a partner with links. */
export async function provisionProgram(
  tools: ProvisionTools,
  plan: ProgramPlan,
): Promise<ProvisionedProgram | ProvisionRefusal> {
  return refusable(tools, (tx, nowMs) => makeProgram(tx, tools, plan, nowMs))
}

/**
 * Provisions the plan when the database has no program yet, else answers null. Of several servers
 * that start at once on an empty database, one makes the program.
 */
export async function provisionFirstProgram(
  tools: ProvisionTools,
  plan: ProgramPlan,
): Promise<ProvisionedProgram | null> {
  return tools.database.transaction(async (tx) => {
    if (await lockAndHasPrograms(tx)) return null
    return makeProgram(tx, tools, plan, tools.clock.nowMs())
  })
}

/** Another partner for a program that stands. Its keys stay as they are: they were shown once. */
export async function provisionPartner(
  tools: ProvisionTools,
  programId: number,
  partner: PartnerPlan,
): Promise<AddedPartner | ProvisionRefusal> {
  return refusable(tools, async (tx, nowMs) => {
    const program = await findProgram(tx, programId)
    if (program === null) throw new RefusedError({ kind: 'program_not_found' })
    return makePartner(tx, tools, programId, program.domain, partner, nowMs)
  })
}

async function refusable<T>(
  tools: ProvisionTools,
  work: (tx: Tx, nowMs: number) => Promise<T>,
): Promise<T | ProvisionRefusal> {
  try {
    return await tools.database.transaction((tx) => work(tx, tools.clock.nowMs()))
  } catch (error) {
    if (error instanceof RefusedError) return error.refusal
    throw error
  }
}

async function makeProgram(
  tx: Tx,
  tools: ProvisionTools,
  plan: ProgramPlan,
  nowMs: number,
): Promise<ProvisionedProgram> {
  const programId = await insertProgram(tx, plan.program, nowMs)
  const groupId = await insertDefaultGroup(tx, programId, nowMs)
  await insertFirstPolicy(tx, programId, groupId, plan.policy, nowMs)
  const added = await makePartner(tx, tools, programId, plan.program.domain, plan.partner, nowMs)
  const owner = { programId, name: 'First key' }
  const key = (kind: KeyKind, scopes: string[]) =>
    issueKey(tx, tools.randomness, { ...owner, kind, scopes }, nowMs)
  return {
    ...added,
    apiKey: await key('program', []),
    managementKey: await key('management', ['*']),
  }
}

async function makePartner(
  tx: Tx,
  tools: ProvisionTools,
  programId: number,
  domain: string,
  plan: PartnerPlan,
  nowMs: number,
): Promise<AddedPartner> {
  const partnerId = await addPartner(tx, programId, plan.name, nowMs)
  const landingUrl = `https://${domain}/`
  const codes: string[] = []
  for (let i = 0; i < plan.links; i += 1) {
    const wanted = i === 0 ? plan.code : null
    const code = wanted ?? makeLinkCode(plan.name, tools.randomness.bytes(codeRandomBytes))
    const linkId = await insertLink(tx, { programId, partnerId, code, landingUrl }, nowMs)
    if (linkId === null) throw new RefusedError({ kind: 'code_taken', code })
    codes.push(code)
  }
  return { programId, partnerId, codes, linkUrl: `${landingUrl}?aff=${codes[0]}` }
}
