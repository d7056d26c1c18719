import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** The server as it is shipped: compiled, in a process of its own, with its own PostgreSQL. */
export interface ServerProcess {
  pid: number
  /** Resolves to its address; rejects when it ends before it listens. */
  listening: Promise<string>
  /** All of what it has written so far. */
  output(): string
  kill(signal: NodeJS.Signals): void
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

const built = (file: string) => fileURLToPath(new URL(`../../dist/${file}`, import.meta.url))

export function startServerProcess(dataDir: string): ServerProcess {
  const child = spawn(process.execPath, [built('main.js')], {
    env: environment(dataDir),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (more: string) => {
      text += more
    })
  }
  const ended = new Promise<Awaited<ServerProcess['ended']>>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  const listening = addressOf(child, () => text)
  // A server that is killed while it starts has no address, and nobody may be waiting for one.
  listening.catch(() => undefined)
  return {
    pid: child.pid ?? 0,
    listening,
    output: () => text,
    kill: (signal) => child.kill(signal),
    ended,
  }
}

function addressOf(child: ChildProcess, output: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', () => {
      const url = /^Affitor listening on (\S+)\n/m.exec(output())?.[1]
      if (url !== undefined) resolve(url)
    })
    child.once('close', (code, signal) =>
      reject(new Error(`the server ended (${code ?? signal}) before it listened: ${output()}`)),
    )
  })
}

/** What `admin verify` finds wrong, asked as an operator does: beside the server, if one runs. */
export async function adminVerify(dataDir: string): Promise<unknown[]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [built('admin.js'), 'verify', '--json'],
    { env: environment(dataDir) },
  ).catch((error: { stdout: string }) => error)
  const answer = JSON.parse(stdout) as { checks: { differences: number }[] }
  return answer.checks.filter((check) => check.differences > 0)
}

/**
 * The pid of the PostgreSQL that works on the data directory now; null when none does. The pid in
 * the file alone could by now belong to a stranger, whom a test must not kill.
 */
export function livingPostmaster(dataDir: string): number | null {
  const cluster = join(dataDir, 'postgres')
  try {
    const pid = Number.parseInt(readFileSync(join(cluster, 'postmaster.pid'), 'utf8'), 10)
    const [works, wanted] = [statSync(`/proc/${pid}/cwd`), statSync(cluster)]
    return works.dev === wanted.dev && works.ino === wanted.ino ? pid : null
  } catch {
    return null
  }
}

function environment(dataDir: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) =>
    /^(PATH|HOME|TMPDIR)$/.test(name),
  )
  return {
    ...Object.fromEntries(inherited),
    AFFITOR_DATA_DIR: dataDir,
    AFFITOR_RATE_LIMITS: 'off',
    LOG_LEVEL: 'error',
    PORT: '0',
  }
}
