import { setTimeout as delay } from 'node:timers/promises'
import type { BenchServer } from './bench-server.ts'
import {
  compareRounds,
  type Figure,
  median,
  rounded,
  roundsMin,
  summary,
} from './compare-rounds.ts'
import { writeClicks } from './prepare-load.ts'
import type { Totals, Wrk } from './run-wrk.ts'

const connections = 8
const floods = [64, 256, 1_000]
/** The flood is there before the other program is measured, and until after. */
const aroundMs = 500

/** How much a program's clicks are slowed by a flood of clicks for another program. */
export async function measureFairness(measurement: {
  wrk: Wrk
  server: BenchServer
  /** The requests of the flood. */
  clicksFile: string
  directory: string
  seconds: number
  totals: Totals
}) {
  const { wrk, server, clicksFile, directory, seconds, totals } = measurement
  const url = `${server.url}/api/v1/track/click`
  const { codes } = await server.makeProgram()
  const requestsFile = await writeClicks(directory, 'other-program.tsv', codes)
  const alone = () => wrk.run({ url, requestsFile, connections, seconds }, totals)
  const beside = (flood: number) => async () => {
    const flooding = wrk.run(
      {
        ...{ url, requestsFile: clicksFile, connections: flood },
        seconds: seconds + Math.ceil((2 * aroundMs) / 1_000),
      },
      totals,
    )
    // Awaited below; a failure in between must not end the process.
    flooding.catch(() => undefined)
    await delay(aroundMs)
    const figure = await alone()
    await flooding
    return figure
  }
  await alone()
  const figures = await compareRounds(
    {
      alone,
      ...Object.fromEntries(floods.map((flood) => [`beside_${flood}`, beside(flood)])),
    },
    'fairness',
  )
  const { alone: base = [], ...others } = figures as Record<string, Figure[]>
  const told = Object.entries(others).map(([name, under]) => {
    const slower = under.map((figure, i) => (figure.p50Ms ?? 0) / (base[i]?.p50Ms ?? Number.NaN))
    return [name, { ratio_p50_to_alone: rounded(median(slower), 2), ...summary(under) }]
  })
  return { connections, rounds: roundsMin, alone: summary(base), ...Object.fromEntries(told) }
}
