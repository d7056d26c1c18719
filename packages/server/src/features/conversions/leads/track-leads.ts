import { later } from '../../../db/batcher.ts'
import type { Database } from '../../../db/database.ts'
import { programKey } from '../../../shared/program-key.ts'
import { findPrograms } from '../../programs/index.ts'
import { inSharedTransaction } from '../conversion-writer.ts'
import { takeTurns } from '../domain/take-turns.ts'
import { type FoundLead, findLeadCustomers } from './find-lead-customers.ts'
import type { LeadOutcome, LeadRequest } from './lead.ts'
import { recordLeads } from './record-leads.ts'

/**
 * Records signups in one transaction: all of them or none. A lead that has to see what another one of
 * the batch does is answered `later`; one at least never is.
 */
export async function trackLeads(
  database: Database,
  requests: readonly LeadRequest[],
): Promise<(LeadOutcome | typeof later)[]> {
  const found = await findLeadCustomers(database, requests)
  const isTurn = leadTurns(requests, found)
  const answers: (LeadOutcome | typeof later)[] = requests.map((_, n) => {
    const one = found[n]
    return isTurn[n] === true && one?.kind !== 'found' && one !== undefined ? one : later
  })
  const chosen = requests.flatMap((request, n) => {
    const one = found[n]
    return isTurn[n] === true && one?.kind === 'found' ? [{ n, request, ...one }] : []
  })
  if (chosen.length === 0) return answers
  const programs = await findPrograms(database, [...new Set(chosen.map((one) => one.programId))])
  const steps = await inSharedTransaction(database, (tx) => recordLeads(tx, programs, chosen))
  for (const [i, { n }] of chosen.entries()) {
    const step = steps[i]
    if (step === undefined) throw new Error('A lead was not decided')
    answers[n] = { kind: 'tracked', step }
  }
  return answers
}

/** The backend's leads go first: whoever floods with a browser's leads of one key must not hold them up. */
function leadTurns(requests: readonly LeadRequest[], found: readonly FoundLead[]): boolean[] {
  const indexes = requests.map((_, n) => n)
  const isServer = (n: number) => requests[n]?.serverProgramId !== null
  const order = [...indexes.filter(isServer), ...indexes.filter((n) => !isServer(n))]
  const turns = takeTurns(order.flatMap((n) => [namesOf(requests[n], found[n])]))
  const isTurn: boolean[] = []
  for (const [i, n] of order.entries()) isTurn[n] = turns[i] === true
  return isTurn
}

/** What of a lead another lead of the same batch may change before it is decided. */
function namesOf(request: LeadRequest | undefined, found: FoundLead | undefined): string[] {
  if (request === undefined) return []
  const isFound = found?.kind === 'found'
  const programId = isFound ? found.programId : request.serverProgramId
  if (programId === null) return []
  const names = [
    ...(isFound ? [`customer ${found.customerId}`] : []),
    // Also where nobody is found: the key may be bound by the one before.
    ...(request.customerKey === null ? [] : [`key ${request.customerKey}`]),
  ]
  return names.map((name) => programKey(programId, name))
}
