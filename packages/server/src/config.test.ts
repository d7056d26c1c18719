import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { absoluteDataDir, readConfig } from './config.ts'
import { defaultRateLimits } from './contract/limits.ts'
import { StartError } from './shared/errors.ts'

test('without any variable the server listens on loopback, with a database of its own and all limits', () => {
  assert.deepEqual(readConfig({}), {
    port: 4400,
    host: '127.0.0.1',
    databaseUrl: null,
    dataDir: './data',
    publicUrl: null,
    logLevel: 'info',
    rateLimits: defaultRateLimits,
    trustProxy: false,
    secret: null,
    retentionDays: null,
  })
})

test('every variable is read', () => {
  const secret = 's'.repeat(32)
  assert.deepEqual(
    readConfig({
      PORT: '0',
      HOST: '::1',
      DATABASE_URL: 'postgresql://u:p@db:5432/name',
      AFFITOR_DATA_DIR: '/var/lib/affitor',
      PUBLIC_URL: 'https://affiliates.example.com//',
      LOG_LEVEL: 'debug',
      TRUST_PROXY: 'loopback, 10.0.0.0/8,2001:db8::/32',
      AFFITOR_SECRET: secret,
      AFFITOR_LIMIT_CLICKS: '1',
      AFFITOR_LIMIT_BROWSER_LEADS: '2',
      AFFITOR_LIMIT_WRITES: '3',
      AFFITOR_LIMIT_READS: '4',
      AFFITOR_LIMIT_TEST_EVENTS: '1000000000',
      AFFITOR_RETENTION_DAYS: '400',
    }),
    {
      port: 0,
      host: '::1',
      databaseUrl: 'postgresql://u:p@db:5432/name',
      dataDir: '/var/lib/affitor',
      publicUrl: 'https://affiliates.example.com',
      logLevel: 'debug',
      rateLimits: { click: 1, browserLead: 2, write: 3, read: 4, testEvent: 1_000_000_000 },
      trustProxy: ['loopback', '10.0.0.0/8', '2001:db8::/32'],
      secret,
      retentionDays: 400,
    },
  )
})

test('off switches limits and proxies off', () => {
  const config = readConfig({ AFFITOR_RATE_LIMITS: 'off', TRUST_PROXY: 'off' })
  assert.equal(config.rateLimits, null)
  assert.equal(config.trustProxy, false)
})

test('an empty variable counts as unset', () => {
  const empty = Object.fromEntries([...names, 'HOST', 'AFFITOR_DATA_DIR'].map((name) => [name, '']))
  assert.deepEqual(readConfig(empty), readConfig({}))
})

test('a wrong value stops the start with one line that names its variable and repeats the value', () => {
  for (const [name, values] of Object.entries(wrongValues)) {
    for (const value of values) {
      const message = refusal({ [name]: value })
      assert.ok(message.startsWith(`${name} must be `), message)
      assert.ok(message.endsWith(`, not "${value}"`), message)
      assert.ok(!message.includes('\n'), message)
    }
  }
})

test('a wrong value that may be a secret is named and not repeated', () => {
  for (const [name, values] of Object.entries(wrongSecrets)) {
    for (const value of values) {
      const message = refusal({ [name]: value })
      assert.ok(message.startsWith(`${name} must be `), message)
      assert.ok(!message.includes(value), message)
      assert.doesNotMatch(message, /hunter2/)
    }
  }
})

test('a wrong limit is told even where limits are off', () => {
  assert.match(
    refusal({ AFFITOR_RATE_LIMITS: 'off', AFFITOR_LIMIT_CLICKS: 'many' }),
    /^AFFITOR_LIMIT_CLICKS must be /,
  )
})

test('whatever the variables hold, there is a configuration or one sentence that names one of them', () => {
  const values = fc.oneof(
    fc.string(),
    fc.constantFrom('off', 'on', '1', '-1', '1e3', ' 80', '0x50'),
  )
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), values), (env) => {
      try {
        const config = readConfig(env)
        assert.ok(config.port >= 0 && config.port <= 65_535)
        assert.ok(Object.isFrozen(config))
      } catch (error) {
        assert.ok(error instanceof StartError, String(error))
        assert.ok(names.some((name) => error.message.startsWith(`${name} must be `)))
      }
    }),
  )
})

test('a data directory that is relative lies below the working directory', () => {
  const config = readConfig({ AFFITOR_DATA_DIR: 'some/data' })
  assert.equal(absoluteDataDir(config), `${process.cwd()}/some/data`)
  assert.equal(absoluteDataDir(readConfig({ AFFITOR_DATA_DIR: '/srv/data' })), '/srv/data')
})

const limit = ['0', '-1', '1.5', '1e3', '1000000001', 'ten', ' 5', '12345678901', '0x10']
const wrongValues: Record<string, string[]> = {
  PORT: ['65536', '-1', '80.5', '0x50', 'http', ' 80', '99999999999'],
  PUBLIC_URL: ['example.com', 'ftp://example.com', 'javascript:alert(1)', '//example.com'],
  LOG_LEVEL: ['INFO', 'verbose', 'true', '30'],
  TRUST_PROXY: [
    'true',
    '1',
    'on',
    'loopback,',
    '10.0.0.0/8;10.1.0.0/8',
    '*',
    'proxy.example.com',
    '10.0.0',
    'beef',
    '10.0.0.0/99',
    '::/129',
  ],
  AFFITOR_RATE_LIMITS: ['true', 'OFF', '0', 'none'],
  AFFITOR_LIMIT_CLICKS: limit,
  AFFITOR_LIMIT_BROWSER_LEADS: limit,
  AFFITOR_LIMIT_WRITES: limit,
  AFFITOR_LIMIT_READS: limit,
  AFFITOR_LIMIT_TEST_EVENTS: limit,
  AFFITOR_RETENTION_DAYS: ['0', '-1', '36501', '1.5', '90d', 'forever'],
}
const wrongSecrets: Record<string, string[]> = {
  DATABASE_URL: ['mysql://root:hunter2@db/x', 'hunter2', 'db:5432', 'host=db password=hunter2'],
  AFFITOR_SECRET: ['hunter2', 's'.repeat(31)],
}
const names = [...Object.keys(wrongValues), ...Object.keys(wrongSecrets)]

function refusal(env: Record<string, string>): string {
  try {
    readConfig(env)
  } catch (error) {
    assert.ok(error instanceof StartError, String(error))
    return error.message
  }
  return assert.fail(`${JSON.stringify(env)} was accepted`)
}
