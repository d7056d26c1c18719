import { isIP, isIPv4 } from 'node:net'
import { resolve } from 'node:path'
import { defaultRateLimits, type RateLimitSettings } from './contract/limits.ts'
import { StartError } from './shared/errors.ts'

/** All settings, read once. Nothing else reads the environment. */
export interface Config {
  port: number
  host: string
  /** Null: the server runs a PostgreSQL of its own in the data directory. */
  databaseUrl: string | null
  /** As the user wrote it, for messages. */
  dataDir: string
  /** Where others reach this server, without a slash at the end. Null: the address it listens on. */
  publicUrl: string | null
  logLevel: string
  /** Null: all limits are off. */
  rateLimits: RateLimitSettings | null
  /** False, or the addresses and networks whose X-Forwarded-For is believed. */
  trustProxy: false | string[]
  /** Null: generated into the data directory. */
  secret: string | null
  /** Raw clicks of the last so many days stay in the event table. Null: all of them. */
  retentionDays: number | null
}

type Environment = Readonly<Record<string, string | undefined>>

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']
const secretCharsMin = 32
const retentionDaysMax = 36_500

/** Throws StartError with one line that names the wrong variable. */
export function readConfig(env: Environment = process.env): Config {
  return Object.freeze({
    port: wholeNumber(env, 'PORT', 4400, 0, 65_535),
    host: text(env, 'HOST') ?? '127.0.0.1',
    databaseUrl: databaseUrl(env),
    dataDir: text(env, 'AFFITOR_DATA_DIR') ?? './data',
    publicUrl: publicUrl(env),
    logLevel: oneOf(env, 'LOG_LEVEL', logLevels, 'info'),
    rateLimits: rateLimits(env),
    trustProxy: trustProxy(env),
    secret: secret(env),
    retentionDays: retentionDays(env),
  })
}

/** The data directory as an absolute path. */
export function absoluteDataDir(config: Config): string {
  return resolve(config.dataDir)
}

function rateLimits(env: Environment): RateLimitSettings | null {
  const limits = {
    click: wholeNumber(env, 'AFFITOR_LIMIT_CLICKS', defaultRateLimits.click, 1, 1e9),
    browserLead: wholeNumber(
      env,
      'AFFITOR_LIMIT_BROWSER_LEADS',
      defaultRateLimits.browserLead,
      1,
      1e9,
    ),
    write: wholeNumber(env, 'AFFITOR_LIMIT_WRITES', defaultRateLimits.write, 1, 1e9),
    read: wholeNumber(env, 'AFFITOR_LIMIT_READS', defaultRateLimits.read, 1, 1e9),
    testEvent: wholeNumber(env, 'AFFITOR_LIMIT_TEST_EVENTS', defaultRateLimits.testEvent, 1, 1e9),
  }
  return oneOf(env, 'AFFITOR_RATE_LIMITS', ['on', 'off'], 'on') === 'on' ? limits : null
}

function databaseUrl(env: Environment): string | null {
  const value = text(env, 'DATABASE_URL')
  if (value === null) return null
  if (!/^postgres(ql)?:$/.test(parseUrl(value)?.protocol ?? '')) {
    // The value may hold a password, so it is not repeated.
    throw wrong(
      'DATABASE_URL',
      'a PostgreSQL address such as postgres://user:password@host:5432/name',
    )
  }
  return value
}

function publicUrl(env: Environment): string | null {
  const value = text(env, 'PUBLIC_URL')
  if (value === null) return null
  if (!/^https?:$/.test(parseUrl(value)?.protocol ?? '')) {
    throw wrong('PUBLIC_URL', 'an address such as https://affiliates.example.com', value)
  }
  return value.replace(/\/+$/, '')
}

/** `off`, or the addresses and networks of the proxies in front. A mere count of them could be forged. */
function trustProxy(env: Environment): Config['trustProxy'] {
  const value = text(env, 'TRUST_PROXY')
  if (value === null || value === 'off') return false
  const parts = value.split(',').map((part) => part.trim())
  if (!parts.every(isNetwork)) {
    throw wrong('TRUST_PROXY', 'off, or a list of addresses such as loopback, 10.0.0.0/8', value)
  }
  return parts
}

function isNetwork(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true
  const [, address = '', bits] = /^([^/]+)(?:\/([0-9]{1,3}))?$/.exec(text) ?? []
  const bitsMax = isIPv4(address) ? 32 : 128
  return isIP(address) !== 0 && (bits === undefined || Number(bits) <= bitsMax)
}

function secret(env: Environment): string | null {
  const value = text(env, 'AFFITOR_SECRET')
  if (value !== null && value.length < secretCharsMin) {
    throw wrong('AFFITOR_SECRET', `at least ${secretCharsMin} characters long`)
  }
  return value
}

function retentionDays(env: Environment): number | null {
  const days = wholeNumber(env, 'AFFITOR_RETENTION_DAYS', 0, 1, retentionDaysMax)
  return days === 0 ? null : days
}

function wholeNumber(
  env: Environment,
  name: string,
  byDefault: number,
  min: number,
  max: number,
): number {
  const value = text(env, name)
  if (value === null) return byDefault
  const number = /^[0-9]{1,10}$/.test(value) ? Number(value) : Number.NaN
  if (!(number >= min && number <= max)) {
    throw wrong(name, `a whole number from ${min} to ${max}`, value)
  }
  return number
}

function oneOf(env: Environment, name: string, choices: string[], byDefault: string): string {
  const value = text(env, name)
  if (value === null) return byDefault
  if (!choices.includes(value)) throw wrong(name, `one of ${choices.join(', ')}`, value)
  return value
}

/** An empty variable counts as unset: shells and compose files make them easily. */
function text(env: Environment, name: string): string | null {
  const value = env[name]
  return value === undefined || value === '' ? null : value
}

function parseUrl(value: string): URL | null {
  return URL.canParse(value) ? new URL(value) : null
}

function wrong(name: string, mustBe: string, value?: string): StartError {
  const given = value === undefined ? '' : `, not "${value}"`
  return new StartError(`${name} must be ${mustBe}${given}`)
}
