import { writeFile } from 'node:fs/promises'
import { pino } from 'pino'
import { buildApp } from './app.ts'
import { openDatabase } from './db/database.ts'
import { systemClock } from './shared/clock.ts'
import { systemRandomness } from './shared/random.ts'

/**
 * Writes the API's description to the file named on the command line. The app is built as for
 * serving, but nothing listens and no connection is opened.
 */
const file = process.argv[2]
if (file === undefined) throw new Error('Usage: generate <file>')

const database = openDatabase({
  connection: {},
  connectionsMax: 1,
  statementTimeoutMs: 1_000,
  onIdleError: () => undefined,
})
const app = await buildApp({
  config: { rateLimits: null, trustProxy: false },
  database,
  clock: systemClock,
  randomness: systemRandomness,
  pepper: Buffer.alloc(32),
  country: { country: () => null },
  tracker: { code: Buffer.alloc(0), version: '0.0.0' },
  log: pino({ level: 'silent' }),
  checkReady: async () => undefined,
})
await app.ready()
await writeFile(file, `${JSON.stringify(app.swagger(), null, 2)}\n`)
await app.close()
await database.close()
