import { createRequire } from 'node:module'

/**
 * The server as it is shipped: what the compiler made, typed by its sources. Run from the sources, every
 * function would carry additions of the tool that translates them, and the figures would be of those too.
 */

const server = new URL('../packages/server/', import.meta.url)

async function load<Part>(path: string): Promise<Part> {
  return (await import(new URL(`dist/${path}`, server).href)) as Part
}

export const { buildApp } = await load<typeof import('../packages/server/src/app.ts')>('app.js')
export const { readConfig } =
  await load<typeof import('../packages/server/src/config.ts')>('config.js')
export const { openInstallation } =
  await load<typeof import('../packages/server/src/boot/installation.ts')>('boot/installation.js')
export const { firstProgramPlan } =
  await load<typeof import('../packages/server/src/boot/first-program.ts')>('boot/first-program.js')
export const { provisionProgram } = await load<
  typeof import('../packages/server/src/features/onboarding/index.ts')
>('features/onboarding/index.js')
export const { openCountryDatabase } = await load<
  typeof import('../packages/server/src/features/clicks/country.ts')
>('features/clicks/country.js')
export const { createVisitTools, describeVisit } = await load<
  typeof import('../packages/server/src/features/clicks/describe-visit.ts')
>('features/clicks/describe-visit.js')
export const { recordClicks } = await load<
  typeof import('../packages/server/src/features/clicks/record-click.ts')
>('features/clicks/record-click.js')
export const { createSharing } =
  await load<typeof import('../packages/server/src/db/sharing.ts')>('db/sharing.js')
export const { createLeadWriter, createSaleWriter } = await load<
  typeof import('../packages/server/src/features/conversions/index.ts')
>('features/conversions/index.js')
export const { trackLeads } = await load<
  typeof import('../packages/server/src/features/conversions/leads/track-leads.ts')
>('features/conversions/leads/track-leads.js')
export const { importFile } = await load<
  typeof import('../packages/server/src/features/imports/index.ts')
>('features/imports/index.js')
export const { clickBody } = await load<
  typeof import('../packages/server/src/contract/tracking-requests.ts')
>('contract/tracking-requests.js')
export const { createRateLimits } =
  await load<typeof import('../packages/server/src/http/rate-limits.ts')>('http/rate-limits.js')
export const { readTrackerScript } =
  await load<typeof import('../packages/server/src/http/tracker-script.ts')>(
    'http/tracker-script.js',
  )
export const { systemClock } =
  await load<typeof import('../packages/server/src/shared/clock.ts')>('shared/clock.js')
export const { systemRandomness } =
  await load<typeof import('../packages/server/src/shared/random.ts')>('shared/random.js')

interface Pino {
  (options: { level: string }, destination: unknown): Parameters<typeof openInstallation>[0]['log']
  destination(fileDescriptor: number): unknown
}
/** The server's own logger, found as the server finds it. */
export const { pino } = createRequire(server)('pino') as { pino: Pino }
