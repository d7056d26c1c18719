import type { Db } from '../../../db/database.ts'
import { programKey } from '../../../shared/program-key.ts'
import {
  findCustomersByClickIds,
  findCustomersByKeys,
  programOfClickId,
} from '../../customers/index.ts'
import type { LeadRefusal, LeadRequest } from './lead.ts'

export type FoundLead =
  | {
      kind: 'found'
      programId: number
      customerId: number
      /** The backend has bound the key to this customer before: there is nothing to say about it. */
      isKeySettled: boolean
    }
  | LeadRefusal

/**
 * Whose each lead is. In server mode the key counts first, but one that only a browser has claimed gives
 * way to a click id. Of the click ids the first that names a customer counts; in server mode one of the
 * key's program.
 */
export async function findLeadCustomers(
  db: Db,
  requests: readonly LeadRequest[],
): Promise<FoundLead[]> {
  const keys = await findCustomersByKeys(
    db,
    requests.flatMap(({ serverProgramId: programId, customerKey }) =>
      programId === null || customerKey === null ? [] : [{ programId, customerKey }],
    ),
  )
  const byKey = ({ serverProgramId: programId, customerKey }: LeadRequest) =>
    programId === null || customerKey === null
      ? undefined
      : keys.get(programKey(programId, customerKey))
  const clicks = await findCustomersByClickIds(
    db,
    requests.flatMap((one) => (byKey(one)?.boundBy === 'server' ? [] : askedClickIds(one))),
  )
  return requests.map((request) => {
    const { serverProgramId: programId } = request
    const key = byKey(request)
    if (programId !== null && key?.boundBy === 'server') {
      return { kind: 'found', programId, customerId: key.customerId, isKeySettled: true }
    }
    const byClick = customerOfClickIds(request, clicks)
    if (byClick.kind === 'found' || programId === null || key === undefined) return byClick
    return { kind: 'found', programId, customerId: key.customerId, isKeySettled: false }
  })
}

function askedClickIds({ serverProgramId: programId, clickIds }: LeadRequest) {
  return clickIds.flatMap((clickId) => {
    const made = programOfClickId(clickId)
    // With a key, a click id of any form may be the program's own: imported ones keep theirs.
    const programs = new Set([programId ?? made, made])
    return [...programs].flatMap((id) => (id === null ? [] : [{ programId: id, clickId }]))
  })
}

function customerOfClickIds(
  request: LeadRequest,
  customers: ReadonlyMap<string, number>,
): FoundLead {
  const { serverProgramId } = request
  let isForeign = false
  for (const { programId, clickId } of askedClickIds(request)) {
    const customerId = customers.get(programKey(programId, clickId))
    if (customerId === undefined) continue
    if (serverProgramId === null || programId === serverProgramId) {
      return { kind: 'found', programId, customerId, isKeySettled: false }
    }
    isForeign = true
  }
  return { kind: isForeign ? 'customer_foreign' : 'customer_not_found' }
}
