import type { buildApp as BuildApp } from '../packages/server/src/app.ts'
import type { ClickBody } from '../packages/server/src/contract/tracking-requests.ts'
import type { Database } from '../packages/server/src/db/database.ts'
import type { CountryReader } from '../packages/server/src/features/clicks/country.ts'
import type { Link } from '../packages/server/src/features/links/index.ts'
import { echoPath, singlePath } from './bench-paths.ts'
import {
  affCode,
  clickBody,
  clickIdRandomBytes,
  codeKey,
  createDeviceReader,
  createRateLimits,
  describeVisit,
  insertClickRows,
  makeClickId,
  systemClock,
  systemRandomness,
} from './server-parts.ts'

export type App = Awaited<ReturnType<typeof BuildApp>>

export interface SingleDeps {
  database: Database
  country: CountryReader
  pepper: Buffer
  /** By `codeKey`. */
  links: ReadonlyMap<string, Link>
  /** Customer ids by click id. */
  customers: ReadonlyMap<string, number>
}

/** What a click is compared with, in the same process and under the same hooks and validation. */
export function addBenchRoutes(app: App, deps: SingleDeps): void {
  const limits = createRateLimits(null, systemClock)
  const route = {
    method: 'POST' as const,
    schema: { body: clickBody },
    onRequest: async (
      request: Parameters<typeof limits.byAddress>[1],
      reply: Parameters<typeof limits.byAddress>[2],
    ) => limits.byAddress('click', request, reply),
  }
  const answer = { success: true, partner_code: 'BENCH', cookie_window_days: 60 }
  app.route({
    ...route,
    url: echoPath,
    handler: async () => ({ ...answer, click_id: 'cust_1_1700000000000_0123456789abcdef01234567' }),
  })
  const recordAlone = singleRecorder(deps)
  app.route({
    ...route,
    url: singlePath,
    handler: async (request) =>
      recordAlone(request.body as ClickBody, {
        ip: request.ip,
        userAgent: request.headers['user-agent'],
      }),
  })
}

/**
 * Writes the rows of a click with one statement in a commit of its own. Link and customer come from
 * memory, which is more than the real route allows itself.
 */
function singleRecorder({ database, country, pepper, links, customers }: SingleDeps) {
  const tools = { device: createDeviceReader({ entriesMax: 5_000 }), country, pepper }
  return async (body: ClickBody, sender: { ip: string; userAgent: string | undefined }) => {
    const atMs = systemClock.nowMs()
    const found = affCode(body.affiliate_url ?? '')
    const link = found.kind === 'ok' ? links.get(codeKey(found.code)) : undefined
    if (link === undefined) throw new Error('The load names a link that does not exist')
    const { programId, linkId, partnerId } = link
    const visit = describeVisit(tools, body, sender, atMs)
    const existing = body.existing_click_id
    const customerId = existing === undefined ? undefined : customers.get(existing)
    const clickId =
      customerId === undefined || existing === undefined
        ? makeClickId(programId, atMs, systemRandomness.bytes(clickIdRandomBytes))
        : existing
    const row = {
      programId,
      linkId,
      partnerId,
      customerId: customerId ?? null,
      clickId,
      atMs,
      visit,
    }
    await insertClickRows(database, [row])
    return {
      success: true,
      click_id: clickId,
      partner_code: link.code,
      cookie_window_days: link.cookieWindowDays,
    }
  }
}
