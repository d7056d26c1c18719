import { fileURLToPath } from 'node:url'
import type { Figure } from './compare-rounds.ts'
import { runProgram } from './run-program.ts'

const script = fileURLToPath(new URL('./load.lua', import.meta.url))
const startupMs = 30_000
/** wrk shares the machine with what it measures, and one thread sends more than two cores can answer. */
const threadsMax = 2

export interface Load {
  url: string
  connections: number
  seconds: number
  /** Lines of user agent, tab and JSON body. */
  requestsFile: string
  apiKey?: string
}

/** What was sent and answered, over all loads that this object ran. */
export interface Totals {
  acknowledged: number
  /** Requests whose answer may not have been read when a load ended. */
  cutOffMax: number
}

export interface Wrk {
  /** Throws when an answer was not 2xx or a connection broke: the figure would be of something else. */
  run(load: Load, totals?: Totals): Promise<Figure>
}

export function createWrk(wrk: string, signal: AbortSignal): Wrk {
  let runs = 0
  return {
    async run(load, totals) {
      runs += 1
      const { url, connections, seconds, requestsFile, apiKey = '-' } = load
      const threads = Math.min(threadsMax, connections)
      const unique = `4${String(runs).padStart(5, '0')}`
      const args = [
        ...['-t', String(threads), '-c', String(connections), '-d', `${seconds}s`],
        ...['--timeout', '20s', '-s', script, url, '--', requestsFile, apiKey, unique],
      ]
      const timeoutMs = seconds * 1_000 + startupMs
      const { code, stdout, stderr } = await runProgram(wrk, args, { signal, timeoutMs })
      const line = stdout.split('\n').find((text) => text.startsWith('{"requests"'))
      if (code !== 0 || line === undefined) throw new Error(`wrk failed: ${stdout}${stderr}`)
      const told = JSON.parse(line) as Told
      if (told.refused > 0 || told.broken > 0) {
        throw new Error(`${told.refused} answers of ${url} were not 2xx, ${told.broken} broke`)
      }
      if (totals !== undefined) {
        totals.acknowledged += told.requests
        totals.cutOffMax += connections
      }
      return {
        perSecond: (told.requests / told.durationUs) * 1e6,
        p50Ms: told.p50Us / 1000,
        p99Ms: told.p99Us / 1000,
      }
    },
  }
}

interface Told {
  requests: number
  durationUs: number
  p50Us: number
  p99Us: number
  refused: number
  broken: number
}
