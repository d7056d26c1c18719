import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { Config } from './config.ts'
import type { Database } from './db/database.ts'
import { limitConcurrency } from './db/limit-concurrency.ts'
import { createSharedCounts } from './db/shared-counts.ts'
import { createSharing } from './db/sharing.ts'
import { createProgramKeyFinder } from './features/accounts/index.ts'
import {
  type CountryReader,
  createClickWriter,
  createVisitTools,
  registerClicks,
} from './features/clicks/index.ts'
import {
  createLeadWriter,
  createSaleWriter,
  registerLeads,
  registerRefunds,
  registerSales,
} from './features/conversions/index.ts'
import { registerReports } from './features/reports/index.ts'
import { registerBodyParsing } from './http/body.ts'
import { registerCors } from './http/cors.ts'
import { answerBrokenHttp, answerFrameworkError, registerErrors } from './http/errors.ts'
import { watchMethods } from './http/method-not-allowed.ts'
import { registerOpenApi } from './http/openapi.ts'
import { type MetricsExchange, registerOperations } from './http/operations.ts'
import { createRateLimits, type LimitSharing } from './http/rate-limits.ts'
import { makeRequestId, registerRequestIds } from './http/request-id.ts'
import { registerTrackerScript, type TrackerScript } from './http/tracker-script.ts'
import { validatorOptions } from './http/validation.ts'
import type { Clock } from './shared/clock.ts'
import type { Randomness } from './shared/random.ts'

export interface AppDeps {
  config: Pick<Config, 'rateLimits' | 'trustProxy'>
  database: Database
  clock: Clock
  randomness: Randomness
  /** The installation's secret. */
  pepper: Buffer
  country: CountryReader
  tracker: TrackerScript
  log: FastifyBaseLogger
  /** Rejects when the database cannot be used. */
  checkReady: () => Promise<void>
  /** How many processes count the limits together, as far as is known. None: this process alone. */
  limitingProcesses?: number | undefined
  /** Through which the metrics of several workers become one answer. None: there is one process. */
  metrics?: MetricsExchange | undefined
}

const reportReads = { runningMax: 4, waitingMax: 200 }
const codeLookUps = { runningMax: 2, waitingMax: 2_000 }
const requestTimeoutMs = 15_000
/** Node checks open connections only so often, and its limit for headers must not exceed that for all. */
const httpTimeouts = { headersTimeout: 10_000, connectionsCheckingInterval: 5_000 }
/** Three times the longest transaction id: every character may arrive as %XX, and those beyond ASCII as four of them. */
const pathParamCharsMax = 255 * 12

/** Puts the whole server together: the one file that knows every part. It does not listen yet. */
export async function buildApp(deps: AppDeps): Promise<FastifyInstance> {
  const { database, clock, randomness, pepper } = deps
  const app = Fastify({
    loggerInstance: deps.log,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: deps.config.trustProxy,
    ajv: validatorOptions,
    genReqId: makeRequestId,
    requestIdHeader: false,
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerBrokenHttp,
    requestTimeout: requestTimeoutMs,
    http: httpTimeouts,
    routerOptions: { maxParamLength: pathParamCharsMax },
    // What still arrives on an open connection is finished too; Fastify's own refusal has no envelope.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
  })
  // Answers are built by hand and small: JSON.stringify is as fast as a compiled serialiser, and cannot
  // drop a field silently. The schemas of answers describe them, and tests hold every answer against them.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  app.decorateRequest('caller', null)
  registerRequestIds(app, deps.log)
  registerCors(app)
  registerBodyParsing(app)
  registerErrors(app)
  const refuseOtherMethods = watchMethods(app)
  await registerOpenApi(app)

  const monotonicMs = () => performance.now()
  const limits = createRateLimits(deps.config.rateLimits, clock, limitSharing(deps, monotonicMs))
  const findKey = createProgramKeyFinder(database, clock, monotonicMs)
  const sharing = createSharing(monotonicMs)
  const writer = createClickWriter(database, randomness, monotonicMs, sharing)
  const leadWriter = createLeadWriter(database, monotonicMs, sharing)
  const saleWriter = createSaleWriter(database, monotonicMs, sharing)
  const visitTools = createVisitTools({ country: deps.country, pepper })

  registerOperations(app, {
    checkReady: deps.checkReady,
    exchange: deps.metrics,
    gauges: {
      click_queue: { help: 'Clicks waiting for a commit.', read: writer.waiting },
      lead_queue: { help: 'Leads waiting for a commit.', read: leadWriter.waiting },
      sale_queue: { help: 'Sales waiting for a commit.', read: saleWriter.waiting },
      db_connections: { help: 'Open connections.', read: () => database.stats().total },
      db_waiting: { help: 'Work waiting for a connection.', read: () => database.stats().waiting },
    },
  })
  const conversions = { database, clock, limits, findProgramKey: findKey, pepper }
  registerClicks(app, {
    db: database,
    codes: limitConcurrency(database, codeLookUps),
    clock,
    limits,
    findProgramKey: findKey,
    visitTools,
    writer,
  })
  registerLeads(app, { ...conversions, writer: leadWriter })
  registerSales(app, { ...conversions, writer: saleWriter })
  registerRefunds(app, conversions)
  const reportDb = limitConcurrency(database, reportReads)
  registerReports(app, { db: reportDb, clock, limits, findProgramKey: findKey })
  registerTrackerScript(app, deps.tracker)
  refuseOtherMethods()
  // A visitor may be gone before the answer, and the click still counts.
  app.addHook('onClose', async () => {
    await Promise.all([writer.idle(), leadWriter.idle(), saleWriter.idle()])
  })
  return app
}

function limitSharing(deps: AppDeps, monotonicMs: () => number): LimitSharing | null {
  const { database, pepper, log, limitingProcesses: processes } = deps
  if (processes === undefined) return null
  const counts = createSharedCounts(database, pepper, monotonicMs, (error) => {
    log.warn({ error: String(error) }, 'old counts of the limits were not deleted')
  })
  return { counts, processes }
}
