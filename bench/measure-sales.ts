import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Connection } from '../packages/server/src/db/embedded/connection.ts'
import type { BenchServer } from './bench-server.ts'
import { compareRounds, type Figure, medianRatio, roundsMin, summary } from './compare-rounds.ts'
import { type PreparedLoad, saleOf } from './prepare-load.ts'
import type { Step } from './record-statements.ts'
import { runProgram } from './run-program.ts'
import type { Totals, Wrk } from './run-wrk.ts'
import { writePgbenchScript } from './write-pgbench-script.ts'

const connections = 32
/** pgbench prepares its statements on each connection as it begins; in a second that would weigh too much. */
const secondsMin = 4
const recordedTransactionId = '6123456789'

export interface SaleMeasurement {
  wrk: Wrk
  /** Null where there is no pgbench. */
  pgbench: string | null
  server: BenchServer
  load: PreparedLoad
  dataDir: string
  directory: string
  seconds: number
  totals: Totals
  signal: AbortSignal
}

/** Sales through the server against the same statements, in the same transactions, sent by pgbench. */
export async function measureSales(measurement: SaleMeasurement) {
  const { wrk, server, load, totals } = measurement
  const seconds = Math.max(secondsMin, measurement.seconds)
  const sale = () =>
    wrk.run(
      {
        url: `${server.url}/api/v1/track/sale`,
        requestsFile: load.salesFile,
        apiKey: server.apiKey,
        connections,
        seconds,
      },
      totals,
    )
  const base = { connections, rounds: roundsMin, seconds_a_round: seconds }
  if (measurement.pgbench === null) {
    const { sales } = await compareRounds({ sales: sale }, 'sales')
    const reason = 'pgbench is not installed (Debian: postgresql-contrib)'
    return { ratio_to_pgbench: null, reason, ...base, sale: summary(sales), pgbench: null }
  }
  const steps = await recordedSale(measurement)
  const run = (name: string, some: Step[]) =>
    pgbenchRunner({ ...measurement, seconds }, measurement.pgbench ?? '', name, some)
  // All sales of a program take turns at its row of the day; without it, pgbench's do not.
  const withoutDays = steps.filter((step) => !step.name.startsWith('totals_'))
  const figures = await compareRounds(
    {
      sale,
      pgbench: await run('sale', steps),
      without_days: await run('sale-without-days', withoutDays),
    },
    'sales',
  )
  return {
    ratio_to_pgbench: medianRatio(figures.sale, figures.pgbench),
    ratio_to_pgbench_without_daily_rows: medianRatio(figures.sale, figures.without_days),
    ...base,
    sale: summary(figures.sale),
    pgbench: summary(figures.pgbench),
    pgbench_without_daily_rows: summary(figures.without_days),
  }
}

/** The first buyer clicked first: a search for touches since then finds every other buyer's. */
const recordedBuyer = saleOf(0)

async function recordedSale({ server, totals }: SaleMeasurement): Promise<Step[]> {
  const steps = await server.recordSale({ ...recordedBuyer, transaction_id: recordedTransactionId })
  totals.acknowledged += 1
  return steps
}

async function pgbenchRunner(
  measurement: SaleMeasurement,
  pgbench: string,
  name: string,
  steps: readonly Step[],
): Promise<() => Promise<Figure>> {
  const { load, dataDir, directory, seconds, totals, signal } = measurement
  const script = writePgbenchScript(
    steps,
    { transactionId: recordedTransactionId, customerKey: recordedBuyer.customer_key },
    load.buyers,
  )
  const file = join(directory, `${name}.pgbench`)
  await writeFile(file, script.text)
  const connection = JSON.parse(
    await readFile(join(dataDir, 'connection.json'), 'utf8'),
  ) as Connection
  const { host, port, user, password, database } = connection
  const args = [
    ...['-n', '-M', 'prepared', '-c', String(connections), '-j', '2', '-T', String(seconds)],
    ...['-f', file, '-h', host, '-p', String(port), '-U', user],
    ...Object.entries(script.variables).flatMap(([name, value]) => ['-D', `${name}=${value}`]),
    database,
  ]
  const env = { ...process.env, PGPASSWORD: password, PGOPTIONS: '-c synchronous_commit=on' }
  const timeoutMs = seconds * 1_000 + 60_000
  return async () => {
    const { code, stdout, stderr } = await runProgram(pgbench, args, { signal, timeoutMs, env })
    const processed = readNumber(stdout, /actually processed: (\d+)/)
    const perSecond = readNumber(stdout, /tps = ([\d.]+)/)
    if (code !== 0 || processed === null || perSecond === null) {
      throw new Error(`pgbench failed: ${stdout}${stderr}`)
    }
    totals.acknowledged += processed
    totals.cutOffMax += connections
    return { perSecond }
  }
}

function readNumber(text: string, pattern: RegExp): number | null {
  const digits = pattern.exec(text)?.[1]
  return digits === undefined ? null : Number(digits)
}
