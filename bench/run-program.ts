import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

export interface ProgramResult {
  code: number
  stdout: string
  stderr: string
}

const unsetForServers = ['DATABASE_URL', 'AFFITOR_SECRET', 'TRUST_PROXY', 'PUBLIC_URL']

/**
 * Runs a program to its end and collects what it says. It is killed after `timeoutMs`, and when `signal`
 * aborts: then this rejects with the reason of the signal.
 */
export async function runProgram(
  file: string,
  args: string[],
  options: { signal: AbortSignal; timeoutMs: number; env?: NodeJS.ProcessEnv },
): Promise<ProgramResult> {
  const { signal, timeoutMs, env = process.env } = options
  signal.throwIfAborted()
  const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = () => child.kill('SIGKILL')
  signal.addEventListener('abort', kill, { once: true })
  const timer = setTimeout(kill, timeoutMs)
  const text = collect(child)
  try {
    const [code] = await once(child, 'close')
    signal.throwIfAborted()
    return { code: typeof code === 'number' ? code : 1, ...text }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', kill)
  }
}

/** For servers under measurement: an own database, no limits, nothing of the caller's settings. */
export function serverEnvironment(dataDir: string): NodeJS.ProcessEnv {
  const env = { ...process.env }
  for (const name of unsetForServers) delete env[name]
  return {
    ...env,
    PORT: '0',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'warn',
    AFFITOR_DATA_DIR: dataDir,
    AFFITOR_RATE_LIMITS: 'off',
  }
}

function collect(child: ChildProcess): { stdout: string; stderr: string } {
  const text = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk
    })
  }
  return text
}
