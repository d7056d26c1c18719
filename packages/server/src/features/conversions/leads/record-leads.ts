import type { Tx } from '../../../db/database.ts'
import {
  bindCustomerKeys,
  type Customer,
  eventTime,
  type KeyBinding,
  lockCustomers,
  updateCustomers,
} from '../../customers/index.ts'
import type { Program } from '../../programs/index.ts'
import { addTraffic } from '../../totals/index.ts'
import { type LeadStep, mayBindKey, resolveLead, statusAfterLead } from './domain/resolve-lead.ts'
import type { LeadRequest } from './lead.ts'
import {
  type Credit,
  creditLeads,
  type HeldLead,
  hasHeldLead,
  leadDelta,
  settleLeads,
} from './settle-leads.ts'
import { insertLeads, type LeadRow } from './store.ts'

/** A lead whose customer is known. */
export interface LeadOfCustomer {
  request: LeadRequest
  programId: number
  customerId: number
  isKeySettled: boolean
}

interface DecidedLead extends LeadOfCustomer {
  program: Program
  customer: Customer
  atMs: number
  isServer: boolean
  needsBackend: boolean
  step: LeadStep
}

/**
 * Decides what leads of different customers and keys do, and writes it, in one transaction: all of them
 * or none. Answers in their order.
 */
export async function recordLeads(
  tx: Tx,
  programs: ReadonlyMap<number, Program>,
  leads: readonly LeadOfCustomer[],
): Promise<LeadStep[]> {
  const customers = await lockCustomers(tx, leads)
  const decided = leads.map((lead, i) => decide(lead, programs, customers[i]))
  await bindCustomerKeys(tx, decided.flatMap(newKey))
  await updateCustomers(tx, decided.flatMap(customerChange))
  const fresh = decided.filter(({ step }) => step === 'record' || step === 'hold')
  const credits = await creditLeads(tx, fresh)
  const creditOf = (i: number) => credits[i] ?? null
  await insertLeads(
    tx,
    fresh.map((lead, i) => toLeadRow(lead, creditOf(i))),
  )
  const settled = await settleLeads(tx, decided.flatMap(heldLead))
  // Last, because these rows are the busiest.
  await addTraffic(tx, [
    ...settled,
    ...fresh.flatMap((lead, i) =>
      lead.step === 'record' ? [leadDelta(lead.programId, creditOf(i), lead.atMs)] : [],
    ),
  ])
  return decided.map(({ step }) => step)
}

function decide(
  lead: LeadOfCustomer,
  programs: ReadonlyMap<number, Program>,
  customer: Customer | undefined,
): DecidedLead {
  const program = programs.get(lead.programId)
  if (program === undefined) throw new Error(`Program ${lead.programId} does not exist`)
  if (customer === undefined) throw new Error(`Customer ${lead.customerId} was not locked`)
  const isServer = lead.request.serverProgramId !== null
  const needsBackend = !isServer && program.leadAuth === 'server_required'
  return {
    ...lead,
    program,
    customer,
    atMs: eventTime(lead.request.atMs, customer.createdAtMs),
    isServer,
    needsBackend,
    step: resolveLead(customer, needsBackend),
  }
}

function newKey(lead: DecidedLead): KeyBinding[] {
  const { programId, customerId, customer, isServer, needsBackend, atMs } = lead
  const { customerKey } = lead.request
  if (customerKey === null || lead.isKeySettled) return []
  if (!mayBindKey(customer, isServer, needsBackend)) return []
  const boundBy = isServer ? 'server' : 'browser'
  return [{ programId, customerId, customerKey, boundBy, atMs }]
}

function customerChange({ step, atMs, customer, programId, customerId, request }: DecidedLead) {
  if (step === 'already_tracked' || step === 'already_held') return []
  const counts = step !== 'hold'
  return [
    {
      programId,
      customerId,
      status: counts ? statusAfterLead(customer.status) : customer.status,
      leadAtMs: counts ? atMs : null,
      provisionalLeadAtMs: counts ? null : atMs,
      convertedAtMs: null,
      emailHash: request.email?.hash ?? null,
      emailMasked: request.email?.masked ?? null,
    },
  ]
}

function toLeadRow(
  { programId, customer, request, atMs, isServer, step }: DecidedLead,
  credit: Credit | null,
): LeadRow {
  return {
    programId,
    atMs,
    customerId: customer.customerId,
    clickId: customer.clickId,
    linkId: credit?.linkId ?? null,
    partnerId: credit?.partnerId ?? null,
    customerKey: request.customerKey,
    sessionId: request.sessionId,
    pageUrl: request.pageUrl,
    eventName: request.eventName,
    emailHash: request.email?.hash ?? null,
    emailMasked: request.email?.masked ?? null,
    mode: isServer ? 'server' : 'browser',
    isProvisional: step === 'hold',
  }
}

function heldLead({ step, program, customer, atMs }: DecidedLead): HeldLead[] {
  return step === 'settle' && hasHeldLead(customer) ? [{ program, customer, atMs }] : []
}
