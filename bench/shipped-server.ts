import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { serverEnvironment } from './run-program.ts'

const main = fileURLToPath(new URL('../packages/server/dist/main.js', import.meta.url))
const packageFile = new URL('../package.json', import.meta.url)
const startTimeoutMs = 60_000

/** The server as `npm start` runs it. */
export interface ShippedServer {
  url: string
  /** From the start of the process to `Affitor listening`. */
  startSeconds: number
  stop(): Promise<void>
}

export async function startShippedServer(dataDir: string): Promise<ShippedServer> {
  const startedMs = performance.now()
  const child = spawn(process.execPath, [...(await nodeOptions()), main], {
    env: serverEnvironment(dataDir),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
  }
  const timer = setTimeout(() => child.kill('SIGKILL'), startTimeoutMs)
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const url = /^Affitor listening on (\S+)$/.exec(line)?.[1]
      if (url === undefined) continue
      const startSeconds = (performance.now() - startedMs) / 1000
      child.stdout.resume()
      return { url, startSeconds, stop }
    }
  } finally {
    clearTimeout(timer)
  }
  await ended
  throw new Error('The server ended before it listened')
}

/** Those that `npm start` gives to Node.js. */
async function nodeOptions(): Promise<string[]> {
  const { scripts } = JSON.parse(await readFile(packageFile, 'utf8')) as {
    scripts: { start: string }
  }
  return scripts.start.split(' ').filter((word) => word.startsWith('--'))
}
