import { type BenchServer, startBenchServer } from './bench-server.ts'
import { type ClickMeasurement, measureClicks, warmUp } from './measure-clicks.ts'
import { measureFairness } from './measure-fairness.ts'
import { measureLeads } from './measure-leads.ts'
import { measureSales } from './measure-sales.ts'
import { type PreparedLoad, prepareLoad } from './prepare-load.ts'
import type { Totals, Wrk } from './run-wrk.ts'

const connectionCounts = [1, 8, 64, 256]
const hotLinkConnections = 64

export interface LoadSetting {
  wrk: Wrk
  /** Null where there is no pgbench. */
  pgbench: string | null
  dataDir: string
  /** For the files of the load. */
  directory: string
  /** A measurement's length. */
  seconds: number
  signal: AbortSignal
}

/** Everything that is measured on one running server, and whether it stored what it acknowledged. */
export async function measureUnderLoad(setting: LoadSetting) {
  const server = await startBenchServer(setting.dataDir)
  try {
    const load = await prepareLoad(server, setting.directory)
    const before = await server.counts()
    const clickTotals: Totals = { acknowledged: 0, cutOffMax: 0 }
    const saleTotals: Totals = { acknowledged: 0, cutOffMax: 0 }
    const clicks = await measureAllClicks(setting, server, load, clickTotals)
    const fairness = await measureFairness({
      ...setting,
      ...{ server, clicksFile: load.clicksFile, totals: clickTotals },
    })
    const sales = await measureSales({ ...setting, server, load, totals: saleTotals })
    const after = await server.counts()
    const stored = {
      clicks: checkStored('clicks', clickTotals, after.clicks - before.clicks),
      sales: checkStored('sales', saleTotals, after.sales - before.sales),
    }
    // After the count, because it makes clicks of its own.
    const leads = await measureLeads(server, setting.seconds)
    const figures = { ...clicks, fairness, sales, leads, stored }
    const { clicks: clicksAtLast, sales: salesAtLast } = await server.counts()
    return { figures, events: clicksAtLast + salesAtLast, clicksFile: load.clicksFile }
  } finally {
    await server.stop()
  }
}

async function measureAllClicks(
  { wrk, seconds }: LoadSetting,
  server: BenchServer,
  load: PreparedLoad,
  totals: Totals,
) {
  const measurement = (
    title: string,
    connections: number,
    requestsFile: string,
  ): ClickMeasurement => ({
    ...{ title: `${title}, ${connections} connections`, connections, requestsFile },
    ...{ wrk, url: server.url, seconds, totals },
  })
  const clicks: Record<string, unknown> = {}
  await warmUp(measurement('warm-up', hotLinkConnections, load.clicksFile))
  for (const connections of connectionCounts) {
    clicks[`at_${connections}`] = await measureClicks(
      measurement('clicks', connections, load.clicksFile),
    )
  }
  const hotLink = measurement('one link', hotLinkConnections, load.hotLinkFile)
  return { clicks, hot_link: await measureClicks(hotLink) }
}

/** What was acknowledged must be there, and no more than that and what was cut off. Throws otherwise. */
function checkStored(what: string, { acknowledged, cutOffMax }: Totals, stored: number) {
  if (stored < acknowledged || stored > acknowledged + cutOffMax) {
    throw new Error(
      `${acknowledged} ${what} were acknowledged, at most ${cutOffMax} cut off, and ${stored} are stored`,
    )
  }
  return { acknowledged, stored, cut_off_max: cutOffMax }
}
