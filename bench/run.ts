import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { StartError } from '../packages/server/src/shared/errors.ts'
import { roundsMin } from './compare-rounds.ts'
import { findPgbench, findWrk } from './find-tools.ts'
import { measureImport } from './measure-import.ts'
import { measureMemory } from './measure-memory.ts'
import { measureReading } from './measure-reading.ts'
import { measureStart } from './measure-start.ts'
import { measureTracker } from './measure-tracker.ts'
import { measureUnderLoad } from './measure-under-load.ts'
import { createWrk } from './run-wrk.ts'

/**
 * Measures the server and prints one JSON document on standard output; progress goes to standard error.
 * The ratios are what counts: both sides of each were measured in turns, in this run, on this machine.
 */

/** What `--only` can name. */
const parts = ['load', 'reading', 'import', 'tracker'] as const
type Part = (typeof parts)[number]

const secondsUsually = 4
const secondsQuick = 1
const readingClicksUsually = 10_000_000
const readingClicksQuick = 1_000_000
/** Both programs must reach as deep as pages are read. */
const readingClicksMin = 100_000
const readingRequests = 200
const importClicksUsually = 300_000
const importClicksQuick = 60_000
const aboutRatios = `Medians of ${roundsMin} rounds; the sides of a ratio took turns. Only ratios carry over to another machine.`

await run()

async function run(): Promise<void> {
  const interruption = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => interruption.abort(new StartError('The benchmarks were interrupted')))
  }
  try {
    const options = readOptions(process.argv.slice(2))
    const result = await inScratchDirectory((directory) =>
      measureAll(directory, options, interruption.signal),
    )
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
  } catch (error) {
    // What failed because of the interruption is not worth telling.
    const { aborted, reason } = interruption.signal
    process.stderr.write(`${describe(aborted ? reason : error)}\n`)
    process.exitCode = 1
  }
}

async function measureAll(directory: string, options: Options, signal: AbortSignal) {
  const { seconds, readingClicks, importClicks } = options
  const measureReadings = () =>
    measureReading({
      dataDir: join(directory, 'reading'),
      largeClicks: readingClicks,
      requests: readingRequests,
      signal,
    })
  const measureImports = () =>
    measureImport({
      ...{ dataDir: join(directory, 'import'), directory, clicks: importClicks, signal },
    })
  const measureScript = () => measureTracker(process.env.CHROMIUM_PATH ?? null)
  if (options.only === 'tracker') return { about: aboutRatios, tracker: await measureScript() }
  if (options.only === 'reading') return { about: aboutRatios, reading: await measureReadings() }
  if (options.only === 'import') return { about: aboutRatios, import: await measureImports() }
  const wrk = createWrk(await findWrk(signal), signal)
  const pgbench = await findPgbench(signal)
  const dataDir = join(directory, 'data')
  const setting = { wrk, pgbench, dataDir, directory, seconds, signal }
  const { figures, events, clicksFile } = await measureUnderLoad(setting)
  if (options.only === 'load') return { about: aboutRatios, ...figures }
  const start = await measureStart({ filledDir: dataDir, events, directory, signal })
  const memory = await measureMemory({ wrk, dataDir, requestsFile: clicksFile, seconds })
  const tracker = await measureScript()
  const imports = await measureImports()
  const reading = await measureReadings()
  return {
    about: `${aboutRatios} A round is ${seconds} s unless it says otherwise.`,
    ...figures,
    start,
    memory,
    tracker,
    import: imports,
    reading,
  }
}

/** Gone at the end, whatever happens. Open to be entered: as root, PostgreSQL runs as another user. */
async function inScratchDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'affitor-bench-'))
  try {
    await chmod(directory, 0o755)
    return await work(directory)
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }
}

interface Options {
  /** A measurement's length. */
  seconds: number
  /** Clicks of the large program whose readings are measured. */
  readingClicks: number
  /** Clicks of a file that is imported. */
  importClicks: number
  only: Part | null
}

function readOptions(args: string[]): Options {
  try {
    const { values } = parseArgs({
      args,
      options: {
        quick: { type: 'boolean' },
        only: { type: 'string' },
        'reading-clicks': { type: 'string' },
      },
    })
    const isQuick = values.quick === true
    const usually = isQuick ? readingClicksQuick : readingClicksUsually
    const readingClicks = Number(values['reading-clicks'] ?? usually)
    if (!Number.isInteger(readingClicks) || readingClicks < readingClicksMin) throw new Error()
    const seconds = isQuick ? secondsQuick : secondsUsually
    const only = parts.find((part) => part === values.only) ?? null
    if (values.only !== undefined && only === null) throw new Error()
    const importClicks = isQuick ? importClicksQuick : importClicksUsually
    return { seconds, readingClicks, importClicks, only }
  } catch {
    throw new StartError(
      `The benchmarks take --quick, --only ${parts.join('|')} and --reading-clicks N (at least ${readingClicksMin})`,
    )
  }
}

function describe(error: unknown): string {
  if (error instanceof StartError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
