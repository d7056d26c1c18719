import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { Config } from './config.ts'
import { createBatcher } from './db/batcher.ts'
import { type Database, isRefusal } from './db/database.ts'
import { limitConcurrency } from './db/limit-concurrency.ts'
import { findProgramKey, looksLikeProgramKey } from './features/accounts/index.ts'
import {
  type ClickOutcome,
  type ClickRequest,
  type CountryReader,
  createDeviceReader,
  recordClicks,
  registerClicks,
} from './features/clicks/index.ts'
import { registerLeads, registerRefunds, registerSales } from './features/conversions/index.ts'
import { registerReports } from './features/reports/index.ts'
import type { FindProgramKey } from './http/authorization.ts'
import { registerBodyParsing } from './http/body.ts'
import { registerCors } from './http/cors.ts'
import { answerBrokenHttp, answerFrameworkError, registerErrors } from './http/errors.ts'
import { watchMethods } from './http/method-not-allowed.ts'
import { registerOpenApi } from './http/openapi.ts'
import { registerOperations } from './http/operations.ts'
import { createRateLimits } from './http/rate-limits.ts'
import { makeRequestId, registerRequestIds } from './http/request-id.ts'
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
  log: FastifyBaseLogger
  /** Rejects when the database cannot be used. */
  checkReady: () => Promise<void>
}

/** Limits of the click writer: see docs/decisions/0004-group-commit.md. */
const clickBatch = { jobsPerBatchMax: 256, batchesInFlightMax: 2, queueMax: 8_192 }
const reportReads = { runningMax: 4, waitingMax: 200 }
const deviceCacheEntriesMax = 5_000
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

  const limits = createRateLimits(deps.config.rateLimits, clock)
  const findKey: FindProgramKey = async (key) =>
    looksLikeProgramKey(key) ? findProgramKey(database, key, clock.nowMs()) : null
  const writer = createBatcher<ClickRequest, ClickOutcome>({
    ...clickBatch,
    process: (requests) => recordClicks(database, randomness, requests),
    isRefusal,
  })
  const device = createDeviceReader({ entriesMax: deviceCacheEntriesMax })
  const visitTools = { device, country: deps.country, pepper }

  registerOperations(app, {
    checkReady: deps.checkReady,
    gauges: {
      click_queue: { help: 'Clicks waiting for a commit.', read: writer.waiting },
      db_connections: { help: 'Open connections.', read: () => database.stats().total },
      db_waiting: { help: 'Work waiting for a connection.', read: () => database.stats().waiting },
    },
  })
  const conversions = { database, clock, limits, findProgramKey: findKey, pepper }
  registerClicks(app, {
    db: database,
    clock,
    limits,
    findProgramKey: findKey,
    visitTools,
    writer,
  })
  registerLeads(app, conversions)
  registerSales(app, conversions)
  registerRefunds(app, conversions)
  const reportDb = limitConcurrency(database, reportReads)
  registerReports(app, { db: reportDb, clock, limits, findProgramKey: findKey })
  refuseOtherMethods()
  // A visitor may be gone before the answer, and the click still counts.
  app.addHook('onClose', () => writer.idle())
  return app
}
