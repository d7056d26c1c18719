import type { AddressInfo } from 'node:net'
import closeWithGrace from 'close-with-grace'
import { pino } from 'pino'
import { buildApp } from './app.ts'
import { firstProgramPlan, firstProgramText } from './boot/first-program.ts'
import { type Installation, openInstallation } from './boot/installation.ts'
import { type Config, readConfig } from './config.ts'
import { readMigrations, schemaVersion } from './db/migrate.ts'
import { openCountryDatabase } from './features/clicks/index.ts'
import { provisionFirstProgram } from './features/onboarding/index.ts'
import { startPartitionUpkeep } from './jobs/partition-upkeep.ts'
import { systemClock } from './shared/clock.ts'
import { StartError } from './shared/errors.ts'
import { systemRandomness } from './shared/random.ts'

/** Everything must have stopped by then; what has not is cut off, and nothing acknowledged is lost. */
const stopTimeoutMs = 9_500
/** Requests under way may take so long to finish. */
const finishTimeoutMs = 4_000

await run()

/** Starts the server, and stops it in reverse order on SIGTERM, SIGINT or a fatal error. */
async function run(): Promise<void> {
  const stops: (() => Promise<void> | void)[] = []
  let starting: Promise<void> = Promise.resolve()
  const stopAll = async () => {
    // A signal during the start waits for it: half a start cannot be undone in order.
    await starting.catch(() => undefined)
    for (const stop of stops.splice(0).reverse()) await stop()
  }
  const grace = closeWithGrace({ delay: stopTimeoutMs, logger: false }, async ({ err }) => {
    if (err !== undefined) printError(err)
    await stopAll()
  })
  // Thrown outside of everything, it takes the road of every fatal error: stop in order, exit 1.
  const fail = (error: Error) => {
    setImmediate(() => {
      throw error
    })
  }
  starting = start(stops, fail)
  try {
    await starting
  } catch (error) {
    grace.uninstall()
    printError(error)
    await stopAll()
    process.exit(1)
  }
}

async function start(
  stops: (() => Promise<void> | void)[],
  fail: (error: Error) => void,
): Promise<void> {
  const config = readConfig()
  const log = pino({ level: config.logLevel }, pino.destination(2))
  const clock = systemClock
  const randomness = systemRandomness
  const installation = await openInstallation({
    config,
    mode: 'serve',
    clock,
    randomness,
    log,
    onFatal: fail,
  })
  stops.push(() => installation.close())
  const { database } = installation
  stops.push(
    startPartitionUpkeep({
      database,
      clock,
      retentionDays: config.retentionDays,
      onError: (error) => log.error({ error: String(error) }, 'partition upkeep failed'),
      onArchived: (months) => log.info({ months }, 'archived the clicks of these months'),
      onPostponed: () => log.warn('partitions are busy and will be looked after in the next round'),
    }),
  )
  const app = await buildApp({
    config,
    database,
    clock,
    randomness,
    pepper: installation.pepper,
    country: openCountryDatabase(),
    log,
    checkReady: await readinessCheck(installation),
  })
  stops.push(async () => {
    // Who has sent half a request may never send the rest.
    const cutOff = setTimeout(() => app.server.closeAllConnections(), finishTimeoutMs)
    await app.close()
    clearTimeout(cutOff)
  })
  const url = await listen(app, config)
  const tools = { database, clock, randomness }
  const program = await provisionFirstProgram(tools, firstProgramPlan)
  if (program !== null) {
    process.stdout.write(`${firstProgramText(program, config.publicUrl ?? url)}\n`)
  }
  process.stdout.write(`Affitor listening on ${url}\n`)
}

async function listen(app: Awaited<ReturnType<typeof buildApp>>, config: Config): Promise<string> {
  const { port, host } = config
  try {
    await app.listen({ port, host })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'EADDRINUSE') {
      throw new StartError(`Port ${port} on ${host} is already in use: set PORT to another`)
    }
    if (code !== '') throw new StartError(`Cannot listen on ${host} port ${port} (${code})`)
    throw error
  }
  const address = app.server.address() as AddressInfo
  const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return `http://${shown}:${address.port}`
}

/** Ready means: the database answers, and nobody has migrated it past this server. */
async function readinessCheck({ database }: Installation): Promise<() => Promise<void>> {
  const newest = Math.max(...(await readMigrations()).map((migration) => migration.version))
  return async () => {
    const version = await schemaVersion(database)
    if (version !== newest) throw new Error(`schema version ${version}, expected ${newest}`)
  }
}

function printError(error: unknown): void {
  // What the operator can mend is one line; everything else is a bug and shows where it happened.
  const text =
    error instanceof StartError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error)
  process.stderr.write(`${text}\n`)
}
