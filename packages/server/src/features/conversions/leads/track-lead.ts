import type { Database, Db, Tx } from '../../../db/database.ts'
import { programKey } from '../../../shared/program-key.ts'
import {
  bindCustomerKey,
  type Customer,
  eventTime,
  findCustomersByClickIds,
  findCustomersByKeys,
  lockCustomer,
  programOfClickId,
  type StoredEmail,
  updateCustomers,
} from '../../customers/index.ts'
import { loadProgram, type Program } from '../../programs/index.ts'
import { addTraffic } from '../../totals/index.ts'
import { type LeadStep, mayBindKey, resolveLead, statusAfterLead } from './domain/resolve-lead.ts'
import { creditLead, hasHeldLead, leadDelta, settleProvisionalLead } from './settle-lead.ts'
import { insertLead } from './store.ts'

export interface LeadRequest {
  /** The key's program in server mode; null in browser mode. */
  serverProgramId: number | null
  /** Candidates in the order in which they count. */
  clickIds: string[]
  customerKey: string | null
  email: StoredEmail | null
  sessionId: string | null
  pageUrl: string | null
  eventName: string | null
  atMs: number
}

export type LeadOutcome =
  | { kind: 'tracked'; step: LeadStep }
  | { kind: 'customer_not_found' }
  | { kind: 'customer_foreign' }

/** Records a signup: finds the customer, decides what the lead does, writes it in one transaction. */
export async function trackLead(database: Database, request: LeadRequest): Promise<LeadOutcome> {
  const found = await findLeadCustomer(database, request)
  if ('kind' in found) return found
  const program = await loadProgram(database, found.programId)
  return database.transaction(async (tx) => {
    const customer = await lockCustomer(tx, program.programId, found.customerId)
    const atMs = eventTime(request.atMs, customer.createdAtMs)
    const step = await applyLead(tx, program, customer, { ...request, atMs })
    return { kind: 'tracked', step }
  })
}

async function findLeadCustomer(
  db: Db,
  request: LeadRequest,
): Promise<{ programId: number; customerId: number } | LeadOutcome> {
  const programId = request.serverProgramId
  const byKey =
    programId === null || request.customerKey === null
      ? null
      : await findByKey(db, programId, request.customerKey)
  if (programId !== null && byKey?.boundBy === 'server') {
    return { programId, customerId: byKey.customerId }
  }
  const byClick = await findByClickIds(db, request)
  if ('customerId' in byClick || programId === null || byKey === null) return byClick
  return { programId, customerId: byKey.customerId }
}

async function findByKey(db: Db, programId: number, customerKey: string) {
  const found = await findCustomersByKeys(db, [{ programId, customerKey }])
  return found.get(programKey(programId, customerKey)) ?? null
}

/** The first of the click ids that names a customer; in server mode one of the key's program. */
async function findByClickIds(
  db: Db,
  { serverProgramId: programId, clickIds }: LeadRequest,
): Promise<{ programId: number; customerId: number } | LeadOutcome> {
  const asked = clickIds.flatMap((clickId) => {
    const made = programOfClickId(clickId)
    // With a key, a click id of any form may be the program's own: imported ones keep theirs.
    const programs = new Set([programId ?? made, made])
    return [...programs].flatMap((id) => (id === null ? [] : [{ programId: id, clickId }]))
  })
  const customers = await findCustomersByClickIds(db, asked)
  let isForeign = false
  for (const { programId: own, clickId } of asked) {
    const customerId = customers.get(programKey(own, clickId))
    if (customerId === undefined) continue
    if (programId === null || own === programId) return { programId: own, customerId }
    isForeign = true
  }
  return { kind: isForeign ? 'customer_foreign' : 'customer_not_found' }
}

async function applyLead(
  tx: Tx,
  program: Program,
  customer: Customer,
  request: LeadRequest,
): Promise<LeadStep> {
  const isServer = request.serverProgramId !== null
  const needsBackend = !isServer && program.leadAuth === 'server_required'
  const { programId } = program
  const { atMs, customerKey } = request
  const step = resolveLead(customer, needsBackend)
  if (customerKey !== null && mayBindKey(customer, isServer, needsBackend)) {
    const boundBy = isServer ? 'server' : 'browser'
    await bindCustomerKey(tx, programId, customer.customerId, customerKey, boundBy, atMs)
  }
  if (step === 'already_tracked' || step === 'already_held') return step
  const counts = step !== 'hold'
  await updateCustomers(tx, [
    {
      programId,
      customerId: customer.customerId,
      status: counts ? statusAfterLead(customer.status) : customer.status,
      leadAtMs: counts ? atMs : null,
      provisionalLeadAtMs: counts ? null : atMs,
      convertedAtMs: null,
      emailHash: request.email?.hash ?? null,
      emailMasked: request.email?.masked ?? null,
    },
  ])
  if (step === 'settle' && hasHeldLead(customer)) {
    await addTraffic(tx, [await settleProvisionalLead(tx, program, customer, atMs)])
    return step
  }
  const credit = await creditLead(tx, program, customer, atMs)
  await insertLead(tx, {
    programId,
    atMs,
    customerId: customer.customerId,
    clickId: customer.clickId,
    linkId: credit?.linkId ?? null,
    partnerId: credit?.partnerId ?? null,
    customerKey,
    sessionId: request.sessionId,
    pageUrl: request.pageUrl,
    eventName: request.eventName,
    emailHash: request.email?.hash ?? null,
    emailMasked: request.email?.masked ?? null,
    mode: isServer ? 'server' : 'browser',
    isProvisional: !counts,
  })
  if (counts) {
    await addTraffic(tx, [leadDelta(programId, credit, atMs)])
  }
  return step
}
