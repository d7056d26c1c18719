import type { buildApp as BuildApp } from '../packages/server/src/app.ts'
import type { ClickBody } from '../packages/server/src/contract/tracking-requests.ts'
import type { Database } from '../packages/server/src/db/database.ts'
import type { CountryReader } from '../packages/server/src/features/clicks/country.ts'
import { echoPath, singlePath } from './bench-paths.ts'
import {
  clickBody,
  createRateLimits,
  createVisitTools,
  describeVisit,
  recordClicks,
  systemClock,
  systemRandomness,
} from './server-parts.ts'

export type App = Awaited<ReturnType<typeof BuildApp>>

export interface SingleDeps {
  database: Database
  country: CountryReader
  pepper: Buffer
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

/** The same hand-written statement with one click in it, in a commit of its own: no group commit. */
function singleRecorder({ database, country, pepper }: SingleDeps) {
  const tools = createVisitTools({ country, pepper })
  return async (body: ClickBody, sender: { ip: string; userAgent: string | undefined }) => {
    const atMs = systemClock.nowMs()
    const found = tools.landing(body.affiliate_url ?? '').aff
    if (found.kind !== 'ok') throw new Error('The load names no link')
    const visit = describeVisit(tools, body, sender, atMs)
    const request = {
      code: found.code,
      existingClickId: body.existing_click_id ?? null,
      atMs,
      visit,
    }
    const [outcome] = await recordClicks(database, systemRandomness, [request])
    if (outcome?.kind !== 'recorded') throw new Error('The load names a link that does not exist')
    return {
      success: true,
      click_id: outcome.clickId,
      partner_code: outcome.partnerCode,
      cookie_window_days: outcome.cookieWindowDays,
    }
  }
}
