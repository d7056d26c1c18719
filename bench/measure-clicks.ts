import { echoPath, singlePath } from './bench-paths.ts'
import { compareRounds, medianRatio, roundsMin, summary } from './compare-rounds.ts'
import type { Totals, Wrk } from './run-wrk.ts'

const clickPath = '/api/v1/track/click'

export interface ClickMeasurement {
  title: string
  wrk: Wrk
  url: string
  requestsFile: string
  connections: number
  seconds: number
  /** Counts what is to be found in the database afterwards. */
  totals: Totals
}

/**
 * Clicks against two measures of the same process: the same request validated and answered without a
 * database, and the same rows written by one statement a request, each in a commit of its own.
 */
export async function measureClicks(measurement: ClickMeasurement) {
  const { click, echo, single } = await compareRounds(variants(measurement), measurement.title)
  return {
    ratio_to_echo: medianRatio(click, echo),
    ratio_to_statement_per_request: medianRatio(click, single),
    connections: measurement.connections,
    rounds: roundsMin,
    click: summary(click),
    echo: summary(echo),
    statement_per_request: summary(single),
  }
}

/** One turn that nobody looks at: compiled code, warm caches, connections to the database. */
export async function warmUp(measurement: ClickMeasurement): Promise<void> {
  for (const run of Object.values(variants(measurement))) await run()
}

function variants({ wrk, url, requestsFile, connections, seconds, totals }: ClickMeasurement) {
  const load = (path: string) => ({ url: url + path, requestsFile, connections, seconds })
  return {
    click: () => wrk.run(load(clickPath), totals),
    echo: () => wrk.run(load(echoPath)),
    single: () => wrk.run(load(singlePath), totals),
  }
}
