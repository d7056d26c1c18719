import type { AddressInfo } from 'node:net'
import { type App, addBenchRoutes } from './bench-routes.ts'
import { fillProgram } from './fill-program.ts'
import { copyClicks, importEvents } from './import-clicks.ts'
import { recordLeads } from './record-leads.ts'
import { recordStatements, type Step } from './record-statements.ts'
import type { Answer, Counts, MadeProgram, Ready, Request } from './server-messages.ts'
import {
  buildApp,
  firstProgramPlan,
  openCountryDatabase,
  openInstallation,
  pino,
  provisionProgram,
  readConfig,
  readTrackerScript,
  systemClock,
  systemRandomness,
} from './server-parts.ts'

/** The benchmarks' server process: the whole server, a program with links, and the routes to compare with. */

const linksMade = 32
let programsMade = 0

const config = readConfig()
const log = pino({ level: config.logLevel }, pino.destination(2))
const installation = await openInstallation({
  config,
  mode: 'serve',
  clock: systemClock,
  randomness: systemRandomness,
  log,
  onFatal: (error) => {
    throw error
  },
})
const { database, pepper } = installation
const country = openCountryDatabase()
const { app, ready } = await serve()

process.on('message', (request: Request) => void answer(request))
// The parent has gone, whatever the reason: without it nobody would stop this server.
process.once('disconnect', () => void stop())
process.once('SIGTERM', () => void stop())
process.once('SIGINT', () => void stop())
process.send?.(ready)

async function serve(): Promise<{ app: App; ready: Ready }> {
  await separateIds()
  const { codes, apiKey } = await provision('BENCH')
  const app = await build(database)
  addBenchRoutes(app, { database, country, pepper })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  return { app, ready: { url: `http://127.0.0.1:${port}`, codes, apiKey } }
}

async function provision(code: string) {
  const tools = { database, clock: systemClock, randomness: systemRandomness }
  const partner = { name: 'Bench', code, links: linksMade }
  const program = await provisionProgram(tools, { ...firstProgramPlan, partner })
  if ('kind' in program) throw new Error(`The program was refused: ${program.kind}`)
  return program
}

async function build(db: typeof database): Promise<App> {
  return buildApp({
    config,
    database: db,
    clock: systemClock,
    randomness: systemRandomness,
    pepper,
    country,
    tracker: await readTrackerScript(),
    log,
    checkReady: async () => {
      await db.query({ name: 'bench_ready', text: 'select 1' })
    },
  })
}

async function answer(request: Request): Promise<void> {
  const reply = (part: Omit<Answer, 'id'>) => process.send?.({ id: request.id, ...part })
  try {
    reply({ result: await act(request) })
  } catch (error) {
    reply({ error: error instanceof Error ? error.message : String(error) })
  }
}

async function act(request: Request): Promise<unknown> {
  switch (request.ask) {
    case 'counts':
      return counts()
    case 'record_sale':
      return recordSale(request.body, request.apiKey)
    case 'fill_program':
      return makeFilledProgram(request.clicks)
    case 'make_program':
      return makeProgram()
    case 'import_file':
      return importEvents({ database, country, pepper }, request)
    case 'record_leads':
      return recordLeads({ database, country, pepper }, request)
    case 'copy_clicks':
      return copyClicks(database, request.programId)
  }
}

async function makeProgram(): Promise<MadeProgram> {
  programsMade += 1
  const { programId, codes } = await provision(`MADE-${programsMade}`)
  return { programId, codes }
}

async function makeFilledProgram(clicks: number): Promise<string> {
  programsMade += 1
  const { programId, apiKey } = await provision(`FILLED-${programsMade}`)
  const firstCustomerId = (4 + programsMade) * 1_000_000_000
  await fillProgram(database, { programId, clicks, firstCustomerId }, systemClock.nowMs())
  return apiKey
}

async function counts(): Promise<Counts> {
  const [row] = await database.query<Counts & Record<string, unknown>>({
    name: 'bench_counts',
    text: `select (select count(*) from affiliate_click_events) as clicks,
      (select count(*) from affiliate_sale_events) as sales`,
  })
  return { clicks: row?.clicks ?? 0, sales: row?.sales ?? 0 }
}

/** One sale through the whole server, never listening, with every statement written down. */
async function recordSale(body: unknown, apiKey: string): Promise<Step[]> {
  const steps: Step[] = []
  const recorded = await build(recordStatements(database, steps))
  const response = await recorded.inject({
    method: 'POST',
    url: '/api/v1/track/sale',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    payload: JSON.stringify(body),
  })
  await recorded.close()
  if (response.statusCode !== 200) throw new Error(`The sale was refused: ${response.body}`)
  return steps
}

/** Each kind of id in a range of its own, so that a recorded value tells whose id it is. */
async function separateIds(): Promise<void> {
  await database.query({
    name: 'bench_ids',
    text: `select setval(pg_get_serial_sequence('affiliate_customers', 'id'), 1000000000),
      setval('affiliate_sale_event_ids', 2000000000),
      setval(pg_get_serial_sequence('affiliate_commissions', 'id'), 3000000000)`,
  })
}

async function stop(): Promise<void> {
  process.removeAllListeners('message')
  await app.close()
  await installation.close()
  process.exit(0)
}
