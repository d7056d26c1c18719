import { type BenchServer, startBenchServer } from './bench-server.ts'
import { median, rounded, roundsMin } from './compare-rounds.ts'

const smallClicks = 100_000
const depth = 100_000
const pageSize = 10
const warmUps = 20

export interface ReadingSetting {
  /** A directory for a database of its own: a few gigabytes for ten million clicks. */
  dataDir: string
  /** Clicks of the large program. */
  largeClicks: number
  /** Of each variant, in each round. */
  requests: number
  signal: AbortSignal
}

type Size = 'small' | 'large'
type Times = Record<Size, { p50Ms: number; p95Ms: number }>

/**
 * What a program with few clicks and one with many wait for their readings, in one database. The two
 * take turns request by request, over HTTP, one at a time.
 */
export async function measureReading(setting: ReadingSetting) {
  const { dataDir, largeClicks, requests, signal } = setting
  const server = await startBenchServer(dataDir)
  try {
    const startedMs = performance.now()
    const small = await server.fillProgram(smallClicks)
    signal.throwIfAborted()
    const large = await server.fillProgram(largeClicks)
    const fillSeconds = rounded((performance.now() - startedMs) / 1_000, 0)
    process.stderr.write(
      `reading: ${smallClicks} and ${largeClicks} clicks made in ${fillSeconds} s\n`,
    )
    const keys = { small, large }
    const measure = (title: string, pathOf: (size: Size) => Promise<string> | string) =>
      compareSizes({ server, keys, title, pathOf, requests, signal })
    const events = `events?pageSize=${pageSize}`
    const deepPage = async (size: Size) => {
      const path = `${events}&page=${depth / pageSize}`
      const { meta } = JSON.parse(await read(server, keys[size], path))
      return `${events}&cursor=${meta.pagination.nextCursor}`
    }
    return {
      clicks: { small: smallClicks, large: largeClicks },
      days: 90,
      rounds: roundsMin,
      requests_a_round: requests,
      fill_seconds: fillSeconds,
      performance_90d: await measure('performance', () => 'performance?period=90d'),
      events_first_page: await measure('events, page 1', () => events),
      clicks_first_page: await measure('clicks, page 1', () => `${events}&eventType=click`),
      [`events_at_depth_${depth}_by_cursor`]: await measure('events, by cursor', deepPage),
      [`events_at_depth_${depth}_by_page`]: await measure(
        'events, by page',
        () => `${events}&page=${depth / pageSize}`,
      ),
    }
  } finally {
    await server.stop()
  }
}

interface Comparison {
  server: BenchServer
  keys: Record<Size, string>
  title: string
  pathOf: (size: Size) => Promise<string> | string
  requests: number
  signal: AbortSignal
}

async function compareSizes({ server, keys, title, pathOf, requests, signal }: Comparison) {
  const paths = { small: await pathOf('small'), large: await pathOf('large') }
  const once = async (size: Size) => {
    const startedMs = performance.now()
    await read(server, keys[size], paths[size])
    return performance.now() - startedMs
  }
  for (let i = 0; i < warmUps; i += 1) await Promise.all([once('small'), once('large')])
  const rounds: Times[] = []
  for (let round = 0; round < roundsMin; round += 1) {
    const times: Record<Size, number[]> = { small: [], large: [] }
    for (let i = 0; i < requests; i += 1) {
      signal.throwIfAborted()
      const order: Size[] = (i + round) % 2 === 0 ? ['small', 'large'] : ['large', 'small']
      for (const size of order) times[size].push(await once(size))
    }
    const told = { small: quantiles(times.small), large: quantiles(times.large) }
    rounds.push(told)
    process.stderr.write(
      `${title}, round ${round + 1} of ${roundsMin}: p95 ${rounded(told.small.p95Ms, 1)} ms small, ${rounded(told.large.p95Ms, 1)} ms large\n`,
    )
  }
  const of = (size: Size) => ({
    p50_ms: rounded(median(rounds.map((one) => one[size].p50Ms)), 2),
    p95_ms: rounded(median(rounds.map((one) => one[size].p95Ms)), 2),
  })
  const ratio = (name: 'p50Ms' | 'p95Ms') =>
    rounded(median(rounds.map((one) => one.large[name] / one.small[name])), 2)
  return {
    ratio_large_to_small: { p50: ratio('p50Ms'), p95: ratio('p95Ms') },
    small: of('small'),
    large: of('large'),
  }
}

async function read(server: BenchServer, key: string, path: string): Promise<string> {
  const response = await fetch(`${server.url}/api/v1/programs/me/${path}`, {
    headers: { authorization: `Bearer ${key}` },
  })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`${path}: ${text}`)
  return text
}

function quantiles(times: number[]) {
  const sorted = times.sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN
  return { p50Ms: at(0.5), p95Ms: at(0.95) }
}
