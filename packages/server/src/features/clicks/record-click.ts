import type { Batcher } from '../../db/batcher.ts'
import type { Db } from '../../db/database.ts'
import type { Randomness } from '../../shared/random.ts'
import {
  clickIdRandomBytes,
  customerMapKey,
  findCustomersByClickIds,
  makeClickId,
} from '../customers/index.ts'
import { codeKey, findLinks, type Link } from '../links/index.ts'
import type { ClickRequest, ClickRow } from './domain/click.ts'
import { type ClickDecision, decideClick } from './domain/decide-click.ts'
import { insertClickRows } from './store.ts'

export type ClickOutcome =
  | { kind: 'recorded'; clickId: string; partnerCode: string; cookieWindowDays: number }
  | Exclude<ClickDecision<Link>, { kind: 'record' }>

export type ClickWriter = Batcher<ClickRequest, ClickOutcome>

/**
 * Records clicks that arrived together: two look-ups, the decisions, one durable write.
 * Answers in the order of the requests.
 */
export async function recordClicks(
  db: Db,
  randomness: Randomness,
  requests: ClickRequest[],
): Promise<ClickOutcome[]> {
  const links = await findLinks(
    db,
    requests.map((request) => request.code),
  )
  const decisions = requests.map((request) => decideClick(links.get(codeKey(request.code))))
  const customers = await findCustomersByClickIds(db, knownClickIds(requests, decisions))
  const rows: ClickRow[] = []
  const outcomes = requests.map((request, i): ClickOutcome => {
    const decision = decisions[i] ?? { kind: 'link_not_found' }
    if (decision.kind !== 'record') return decision
    const row = toClickRow(request, decision.link, customers, randomness)
    rows.push(row)
    return {
      kind: 'recorded',
      clickId: row.clickId,
      partnerCode: decision.link.code,
      cookieWindowDays: decision.link.cookieWindowDays,
    }
  })
  if (rows.length > 0) await insertClickRows(db, rows)
  return outcomes
}

/** The click ids that visitors brought along, each to be looked up in the program of the link they clicked. */
function knownClickIds(requests: ClickRequest[], decisions: ClickDecision<Link>[]) {
  return requests.flatMap(({ existingClickId }, i) => {
    const decision = decisions[i]
    if (existingClickId === null || decision?.kind !== 'record') return []
    return [{ programId: decision.link.programId, clickId: existingClickId }]
  })
}

/** The click joins the customer whom the visitor's click id names in this program, else it makes one. */
function toClickRow(
  request: ClickRequest,
  link: Link,
  customers: Map<string, number>,
  randomness: Randomness,
): ClickRow {
  const { programId, linkId, partnerId } = link
  const { atMs, visit, existingClickId } = request
  const known =
    existingClickId === null ? undefined : customers.get(customerMapKey(programId, existingClickId))
  const clickId =
    known === undefined || existingClickId === null
      ? makeClickId(programId, atMs, randomness.bytes(clickIdRandomBytes))
      : existingClickId
  return { programId, linkId, partnerId, customerId: known ?? null, clickId, atMs, visit }
}
