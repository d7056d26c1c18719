import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { type Logger, pino } from 'pino'
import { buildApp } from '../../src/app.ts'
import { firstProgramPlan } from '../../src/boot/first-program.ts'
import type { RateLimitSettings } from '../../src/contract/limits.ts'
import { openCountryDatabase } from '../../src/features/clicks/index.ts'
import {
  type ProgramPlan,
  type ProvisionedProgram,
  provisionProgram,
} from '../../src/features/onboarding/index.ts'
import { readTrackerScript } from '../../src/http/tracker-script.ts'
import { systemRandomness } from '../../src/shared/random.ts'
import { type Answers, describedAnswers } from './described-answers.ts'
import { createTestDatabase, type TestDatabase, testStartMs } from './test-database.ts'

/** A clock that stands still until a test moves it. */
export interface TestClock {
  nowMs(): number
  advance(ms: number): void
  set(ms: number): void
}

export interface Answer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails where it is not
  body: any
}

export interface TestServer {
  url: string
  clock: TestClock
  db: TestDatabase
  /** Sends a request and holds the answer against the API's description. */
  send(method: string, path: string, options?: SendOptions): Promise<Answer>
  /** POST with a JSON body. */
  post(path: string, body: unknown, options?: SendOptions): Promise<Answer>
  /** A program of its own for a test. */
  provision(change?: PlanChange): Promise<TestProgram>
  close(): Promise<void>
}

export interface SendOptions {
  key?: string | undefined
  headers?: Record<string, string>
  /** Sent as it is, whatever it is. */
  rawBody?: string | Buffer
}

export interface PlanChange {
  program?: Partial<ProgramPlan['program']>
  policy?: Partial<ProgramPlan['policy']>
  partner?: Partial<ProgramPlan['partner']>
}

export interface TestProgram extends ProvisionedProgram {
  /** The first partner's code. */
  code: string
  /** A landing URL with a code. */
  landing(code?: string): string
}

export interface TestServerOptions {
  rateLimits?: RateLimitSettings | null
  trustProxy?: false | string[]
  log?: Logger
}

/** The whole server on a real port, with a database of its own and a clock that tests move. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const db = await createTestDatabase()
  let nowMs = testStartMs
  const clock: TestClock = {
    nowMs: () => nowMs,
    advance: (ms) => {
      nowMs += ms
    },
    set: (ms) => {
      nowMs = ms
    },
  }
  const app = await buildApp({
    config: { rateLimits: options.rateLimits ?? null, trustProxy: options.trustProxy ?? false },
    database: db.database,
    clock,
    randomness: systemRandomness,
    pepper: createHash('sha256').update('test').digest(),
    country: openCountryDatabase(),
    tracker: await readTrackerScript(),
    log: options.log ?? pino({ level: 'silent' }),
    checkReady: async () => {
      await db.database.query({ name: 'ready', text: 'select 1' })
    },
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const answers = describedAnswers(
    app.swagger() as unknown as Parameters<typeof describedAnswers>[0],
  )
  const send = sender(url, answers)
  return {
    url,
    clock,
    db,
    send,
    post: (path, body, more = {}) => send('POST', path, { rawBody: JSON.stringify(body), ...more }),
    provision: (change = {}) => provision(db, clock, change),
    async close() {
      await app.close()
      await db.drop()
    },
  }
}

function sender(url: string, answers: Answers): TestServer['send'] {
  return async (method, path, options = {}) => {
    const hasBody = options.rawBody !== undefined
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(hasBody ? { 'content-type': 'application/json' } : {}),
        ...(options.key === undefined ? {} : { authorization: `Bearer ${options.key}` }),
        ...options.headers,
      },
      ...(hasBody ? { body: options.rawBody as string } : {}),
    })
    const text = await response.text()
    assert.ok(response.headers.get('x-request-id'), 'every answer carries X-Request-Id')
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    const body = isJson ? JSON.parse(text) : text
    answers.check(method, path, response.status, body)
    return { status: response.status, headers: response.headers, body }
  }
}

async function provision(
  db: TestDatabase,
  clock: TestClock,
  change: PlanChange,
): Promise<TestProgram> {
  const plan: ProgramPlan = {
    program: { ...firstProgramPlan.program, ...change.program },
    policy: { ...firstProgramPlan.policy, ...change.policy },
    partner: { ...firstProgramPlan.partner, ...change.partner },
  }
  const tools = { database: db.database, clock, randomness: systemRandomness }
  const made = await provisionProgram(tools, plan)
  if ('kind' in made) throw new Error(`The test program was refused: ${made.kind}`)
  const code = made.codes[0] ?? ''
  return {
    ...made,
    code,
    landing: (other = code) => `https://example.com/pricing?aff=${other}`,
  }
}
