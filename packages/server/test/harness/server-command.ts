import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

const dist = fileURLToPath(new URL('../../dist/', import.meta.url))
const timeoutMs = 30_000

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

export interface ServerCommand {
  pid: number
  /** What it printed until it listened; rejects when it ended before. */
  ready: Promise<{ url: string; printed: string }>
  ended: Promise<Ended>
  signal(name: NodeJS.Signals): void
}

/** A directory that is gone after the test. */
export function temporaryDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'affitor-test-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** The built server as a process of its own, as `npm start` runs it. */
export function startServer(
  t: TestContext,
  env: Record<string, string>,
  args: string[] = [],
): ServerCommand {
  return startProgram(t, 'main.js', args, { PORT: '0', LOG_LEVEL: 'error', ...env })
}

/** The built admin command, to its end. */
export function runAdmin(
  t: TestContext,
  args: string[],
  env: Record<string, string>,
): Promise<Ended> {
  return startProgram(t, 'admin.js', args, env).ended
}

function startProgram(
  t: TestContext,
  file: string,
  args: string[],
  env: Record<string, string>,
): ServerCommand {
  const child = spawn(process.execPath, [join(dist, file), ...args], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = { code: null as number | null, stdout: '', stderr: '' }
  const exit = new Promise<Ended>((resolve) => {
    child.on('close', (code) => resolve({ ...ended, code }))
  })
  child.stderr.on('data', (chunk) => {
    ended.stderr += chunk
  })
  const ready = new Promise<{ url: string; printed: string }>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      ended.stdout += chunk
      const url = /^Affitor listening on (\S+)$/m.exec(ended.stdout)?.[1]
      if (url !== undefined) resolve({ url, printed: ended.stdout })
    })
    exit.then(({ code, stderr }) => reject(new Error(`ended with ${code}: ${stderr}`)))
    setTimeout(() => reject(new Error(`not ready: ${ended.stderr}`)), timeoutMs).unref()
  })
  // A test that only waits for the end must not fail for the other promise.
  ready.catch(() => undefined)
  // A signal lets it stop its PostgreSQL; what is deaf to it is killed.
  t.after(async () => {
    child.kill('SIGTERM')
    const killer = setTimeout(() => child.kill('SIGKILL'), 12_000)
    await exit
    clearTimeout(killer)
  })
  return { pid: child.pid ?? 0, ready, ended: exit, signal: (name) => child.kill(name) }
}
