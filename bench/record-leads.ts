import type { Database } from '../packages/server/src/db/database.ts'
import type { CountryReader } from '../packages/server/src/features/clicks/index.ts'
import {
  createLeadWriter,
  createSharing,
  createVisitTools,
  describeVisit,
  recordClicks,
  systemClock,
  systemRandomness,
  trackLeads,
} from './server-parts.ts'

const clicksPerCommit = 256
const atOnce = 32
const landing = 'https://example.com/pricing?aff='

interface LeadTools {
  database: Database
  country: CountryReader
  pepper: Buffer
}

/**
 * So many signups by so many new visitors, a number of them at once, each under a key of its own:
 * through the server's writer, or in a transaction each.
 */
export async function recordLeads(
  tools: LeadTools,
  { programId, code, count, isShared }: LeadQuestion,
): Promise<{ seconds: number; leads: number }> {
  const { database } = tools
  const clickIds = await newVisitors(tools, code, count)
  const nowMs = () => performance.now()
  const writer = createLeadWriter(database, nowMs, createSharing(nowMs))
  const requests = clickIds.map((clickId) => ({
    ...{ serverProgramId: programId, clickIds: [clickId], customerKey: `user ${clickId}` },
    ...{ email: null, sessionId: null, pageUrl: null, eventName: null, atMs: systemClock.nowMs() },
  }))
  const record = async (request: (typeof requests)[number]) => {
    const answer = isShared
      ? await writer.submit(request)
      : (await trackLeads(database, [request]))[0]
    if (typeof answer !== 'object' || answer.kind !== 'tracked' || answer.step !== 'record') {
      throw new Error('A lead was not recorded')
    }
  }
  const startedMs = performance.now()
  let next = 0
  const worker = async () => {
    for (let request = requests[next++]; request; request = requests[next++]) await record(request)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return { seconds: (performance.now() - startedMs) / 1_000, leads: count }
}

export interface LeadQuestion {
  programId: number
  /** Of one of the program's links. */
  code: string
  count: number
  isShared: boolean
}

async function newVisitors(
  { database, country, pepper }: LeadTools,
  code: string,
  count: number,
): Promise<string[]> {
  const visitTools = createVisitTools({ country, pepper })
  const atMs = systemClock.nowMs()
  const body = { affiliate_url: `${landing}${code}` }
  const visit = describeVisit(visitTools, body, { ip: '192.0.2.1', userAgent: undefined }, atMs)
  const clickIds: string[] = []
  while (clickIds.length < count) {
    const requests = Array.from(
      { length: Math.min(clicksPerCommit, count - clickIds.length) },
      () => ({ code, existingClickId: null, atMs, visit }),
    )
    for (const outcome of await recordClicks(database, systemRandomness, requests)) {
      if (outcome.kind !== 'recorded') throw new Error('A click was not recorded')
      clickIds.push(outcome.clickId)
    }
  }
  return clickIds
}
