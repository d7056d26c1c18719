import type { Installation } from '../boot/installation.ts'
import { rotateProgramKey } from '../features/accounts/index.ts'
import {
  type AddedPartner,
  type ProvisionRefusal,
  type ProvisionTools,
  provisionPartner,
  provisionProgram,
} from '../features/onboarding/index.ts'
import { findProgram, setLinkParameters } from '../features/programs/index.ts'
import { type CheckResult, verify } from '../features/verification/index.ts'
import type { Clock } from '../shared/clock.ts'
import { StartError } from '../shared/errors.ts'
import type { Randomness } from '../shared/random.ts'
import {
  existingProgramId,
  type ProvisionOptions,
  toLinkParameters,
  toPartnerPlan,
  toProgramPlan,
  wholeNumber,
} from './provision-options.ts'

export interface AdminTools {
  installation: Installation
  clock: Clock
  randomness: Randomness
}

/** What a command answers: for machines, for people, and whether it found something wrong. */
export interface AdminAnswer {
  json: Record<string, unknown>
  text: string
  ok: boolean
}

/**
 * Commands take their options first and answer the work to be done: wrong use is told before a
 * database is opened.
 */
export type AdminWork = (tools: AdminTools) => Promise<AdminAnswer>

/** The schema is brought up to date by opening the installation; this tells what was done. */
export function migrateCommand(): AdminWork {
  return async ({ installation: { migrated } }) => migrateAnswer(migrated)
}

function migrateAnswer(migrated: string[]): AdminAnswer {
  const text =
    migrated.length === 0
      ? 'The database is up to date.'
      : `Applied ${migrated.length}: ${migrated.join(', ')}`
  return { json: { applied: migrated }, text, ok: true }
}

/** A program, or with --program-id a further partner. */
export function provisionCommand(options: ProvisionOptions): AdminWork {
  const programId = existingProgramId(options)
  if (programId === null) {
    const plan = toProgramPlan(options)
    return async (tools) => {
      const made = refusedAsError(await provisionProgram(provisionTools(tools), plan))
      const keys = { api_key: made.apiKey, management_key: made.managementKey }
      return provisioned(made, keys, options)
    }
  }
  const partner = toPartnerPlan(options)
  return async (tools) => {
    const made = refusedAsError(await provisionPartner(provisionTools(tools), programId, partner))
    return provisioned(made, { api_key: null, management_key: null }, options)
  }
}

function provisionTools({ installation, clock, randomness }: AdminTools): ProvisionTools {
  return { database: installation.database, clock, randomness }
}

function refusedAsError<Made extends AddedPartner>(made: Made | ProvisionRefusal): Made {
  if (!('kind' in made)) return made
  throw new StartError(
    made.kind === 'code_taken'
      ? `--code ${made.code} is taken: codes are unique in the whole installation`
      : '--program-id names no program',
  )
}

function provisioned(
  made: AddedPartner,
  keys: { api_key: string | null; management_key: string | null },
  options: ProvisionOptions,
): AdminAnswer {
  const json = {
    program_id: made.programId,
    ...keys,
    partner_id: made.partnerId,
    partner_code: made.codes[0],
    link_url: made.linkUrl,
    ...(options.links === undefined ? {} : { codes: made.codes }),
  }
  const lines = Object.entries(json).flatMap(([name, value]) =>
    value === null ? [] : [`${name.padEnd(15)} ${value}`],
  )
  return { json, text: lines.join('\n'), ok: true }
}

/** Ledger, commissions and totals recomputed. Not ok on any difference. */
export function verifyCommand(): AdminWork {
  return async ({ installation }) => {
    const { ok, checks, archivedBefore } = await verify(installation.database)
    const lines = checks.map(checkLine)
    if (archivedBefore !== null) {
      lines.push(
        `note Clicks before ${archivedBefore} are archived: their days are recomputed from what is kept of each click, and the archive is not read.`,
      )
    }
    return { json: { ok, checks, archived_before: archivedBefore }, text: lines.join('\n'), ok }
  }
}

function checkLine({ rule, differences, examples }: CheckResult): string {
  if (differences === 0) return `ok   ${rule}`
  const wrong = examples.map((row) => `\n       ${JSON.stringify(row)}`).join('')
  return `FAIL ${rule} ${differences} differ:${wrong}`
}

/** Which parameters of a landing URL are read for a code, besides `aff`. */
export function linkParametersCommand(options: { programId: string; accept: string }): AdminWork {
  const programId = wholeNumber('--program-id', options.programId, 1, Number.MAX_SAFE_INTEGER)
  const names = toLinkParameters('--accept', options.accept)
  return async ({ installation: { database } }) => {
    if (!(await setLinkParameters(database, programId, names))) {
      throw new StartError(`--program-id ${programId} names no program`)
    }
    const tag = names.length > 0 ? ` data-affitor-params="${names.join(' ')}"` : ''
    const text =
      names.length > 0
        ? `Codes are read from aff, then ${names.join(', ')}. Add to the script tag:${tag}`
        : 'Codes are read from aff alone.'
    return { json: { program_id: programId, link_parameters: names }, text, ok: true }
  }
}

/** A new program key; the old ones die at once. */
export function rotateKeyCommand(options: { programId: string }): AdminWork {
  const programId = wholeNumber('--program-id', options.programId, 1, Number.MAX_SAFE_INTEGER)
  return async ({ installation: { database }, clock, randomness }) => {
    if ((await findProgram(database, programId)) === null) {
      throw new StartError(`--program-id ${programId} names no program`)
    }
    const { key, revoked } = await rotateProgramKey(database, randomness, programId, clock.nowMs())
    return {
      json: { program_id: programId, api_key: key, revoked },
      text: `api_key ${key}\n${revoked} former ${revoked === 1 ? 'key is' : 'keys are'} revoked.`,
      ok: true,
    }
  }
}
