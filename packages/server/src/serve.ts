import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'
import { type AppDeps, buildApp } from './app.ts'
import type { Config } from './config.ts'
import type { Database } from './db/database.ts'
import { readMigrations, schemaVersion } from './db/migrate.ts'
import { openCountryDatabase } from './features/clicks/index.ts'
import { readTrackerScript } from './http/tracker-script.ts'
import { StartError } from './shared/errors.ts'

/** Requests under way may take so long to finish. */
const finishTimeoutMs = 4_000

export interface ServeDeps
  extends Omit<AppDeps, 'config' | 'country' | 'tracker' | 'log' | 'checkReady'> {
  config: Config
  log: Logger
}

export interface Serving {
  /** Where it can be reached. */
  url: string
  /** Accepts nothing more, and finishes what was accepted. */
  stop(): Promise<void>
}

/** Listens and answers, in this process. Throws StartError when it cannot listen. */
export async function serve(deps: ServeDeps): Promise<Serving> {
  const app = await buildApp({
    ...deps,
    country: openCountryDatabase(),
    tracker: await readTrackerScript(),
    checkReady: await readinessCheck(deps.database),
  })
  const stop = async () => {
    // Who has sent half a request may never send the rest.
    const cutOff = setTimeout(() => app.server.closeAllConnections(), finishTimeoutMs)
    await app.close()
    clearTimeout(cutOff)
  }
  try {
    return { url: await listen(app, deps.config), stop }
  } catch (error) {
    await stop()
    throw error
  }
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
async function readinessCheck(database: Database): Promise<() => Promise<void>> {
  const newest = Math.max(...(await readMigrations()).map((migration) => migration.version))
  return async () => {
    const version = await schemaVersion(database)
    if (version !== newest) throw new Error(`schema version ${version}, expected ${newest}`)
  }
}
