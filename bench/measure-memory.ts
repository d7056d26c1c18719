import { setTimeout as delay } from 'node:timers/promises'
import { rounded } from './compare-rounds.ts'
import type { Wrk } from './run-wrk.ts'
import { startShippedServer } from './shipped-server.ts'

const connections = 256
const settleMs = 1_000
const sampleEveryMs = 200

/** Resident memory of the server's own process, without PostgreSQL: idle, and the most under load and after it. */
export async function measureMemory(options: {
  wrk: Wrk
  dataDir: string
  requestsFile: string
  seconds: number
}) {
  const { wrk, dataDir, requestsFile, seconds } = options
  const server = await startShippedServer(dataDir)
  try {
    await delay(settleMs)
    const idle = await residentMegabytes(server.url)
    const url = `${server.url}/api/v1/track/click`
    const sampling = sample(server.url)
    try {
      await wrk.run({ url, requestsFile, connections, seconds })
    } finally {
      sampling.stop()
    }
    const most = await sampling.most
    await delay(settleMs)
    const after = await residentMegabytes(server.url)
    const max = Math.max(most, after)
    return {
      ratio_load_to_idle: rounded(max / idle, 2),
      connections,
      idle_mb: rounded(idle, 0),
      load_max_mb: rounded(max, 0),
      after_mb: rounded(after, 0),
    }
  } finally {
    await server.stop()
  }
}

/** Reads again and again until it is stopped. */
function sample(url: string): { stop: () => void; most: Promise<number> } {
  let isStopped = false
  const run = async () => {
    let most = 0
    while (!isStopped) {
      most = Math.max(most, await residentMegabytes(url))
      await delay(sampleEveryMs)
    }
    return most
  }
  const most = run()
  // Looked at when it is stopped; until then a failure must not end the process.
  most.catch(() => undefined)
  const stop = () => {
    isStopped = true
  }
  return { stop, most }
}

async function residentMegabytes(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const bytes = /^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]
  if (bytes === undefined) throw new Error('The metrics do not tell the memory')
  return Number(bytes) / 1e6
}
