import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { readlink, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import type { Connection } from '../../src/db/embedded/connection.ts'
import {
  type EmbeddedOptions,
  type EmbeddedPostgres,
  openEmbedded,
  startEmbedded,
} from '../../src/db/embedded/open.ts'
import { until } from '../harness/until.ts'

const holderScript = fileURLToPath(new URL('./hold-database.ts', import.meta.url))

/** The user that owns nothing. Ordinary-user tests run as it when the suite runs as root. */
export const nobody = { uid: 65534, gid: 65534 }
export const isRoot = process.geteuid?.() === 0

export interface Holder {
  pid: number
  connection: Connection
  kill(signal: NodeJS.Signals): void
  ended: Promise<{ code: number | null; stderr: string }>
}

const undoings = new WeakMap<TestContext, (() => unknown)[]>()

/**
 * Undoes something after the test, the last first: node:test alone would remove the directory
 * before it stops the server in it.
 */
export function afterwards(t: TestContext, undo: () => unknown): void {
  const known = undoings.get(t)
  if (known !== undefined) {
    known.push(undo)
    return
  }
  const list = [undo]
  undoings.set(t, list)
  t.after(async () => {
    for (const next of list.reverse()) await next()
  })
}

/** A fresh directory; after the test no process works in it any more and it is gone. */
export function freshDirectory(t: TestContext, owner?: { uid: number; gid: number }): string {
  const path = mkdtempSync(join(tmpdir(), 'affitor-embedded-'))
  if (owner !== undefined) chownSync(path, owner.uid, owner.gid)
  afterwards(t, async () => {
    const left = await processesIn(path)
    for (const pid of left) process.kill(pid, 'SIGKILL')
    await rm(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    assert.deepEqual(left, [], 'the test left processes in its data directory')
  })
  return path
}

/** A fresh directory that every user can enter. */
export function openDirectory(t: TestContext): string {
  const path = freshDirectory(t)
  chmodSync(path, 0o755)
  return path
}

export function options(dataDir: string, changes: Partial<EmbeddedOptions> = {}): EmbeddedOptions {
  return {
    dataDir,
    log: () => {},
    onFatal: (error) => {
      throw error
    },
    ...changes,
  }
}

export async function start(
  t: TestContext,
  dataDir: string,
  changes: Partial<EmbeddedOptions> = {},
): Promise<EmbeddedPostgres> {
  const started = await startEmbedded(options(dataDir, changes))
  afterwards(t, () => started.stop())
  return started
}

export async function open(t: TestContext, dataDir: string): Promise<EmbeddedPostgres> {
  const opened = await openEmbedded(options(dataDir))
  afterwards(t, () => opened.stop())
  return opened
}

/** Runs one statement on a connection of its own and returns its rows as arrays. */
export async function query(connection: Connection, text: string): Promise<unknown[][]> {
  const client = new Client({ ...connection, connectionTimeoutMillis: 5_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    const result = await client.query({ text, rowMode: 'array' })
    return result.rows as unknown[][]
  } finally {
    await client.end()
  }
}

interface ChildOptions {
  uid?: number
  gid?: number
  /** A program and its arguments that run Node in their turn. */
  through?: string[]
}

/** A server of its own process that holds the database until it gets SIGTERM. */
export async function startHolder(
  t: TestContext,
  dataDir: string,
  how: ChildOptions = {},
): Promise<Holder> {
  const { child, ended } = spawnHolder(t, dataDir, how)
  const line = await firstLine(child, ended)
  return {
    pid: child.pid ?? 0,
    connection: JSON.parse(line) as Connection,
    kill: (signal) => child.kill(signal),
    ended,
  }
}

/** A server that is expected to refuse: what it wrote on stderr. */
export async function refusalOfHolder(
  t: TestContext,
  dataDir: string,
  how: ChildOptions = {},
): Promise<string> {
  const { code, stderr } = await spawnHolder(t, dataDir, how).ended
  assert.equal(code, 1, 'the server was expected to refuse to start')
  return stderr.trim()
}

export function spawnHolder(
  t: TestContext,
  dataDir: string,
  how: ChildOptions = {},
): { child: ChildProcess; ended: Holder['ended'] } {
  const { through = [], ...identity } = how
  const line = [...through, process.execPath, '--import', 'tsx', holderScript, dataDir]
  const [file = '', ...args] = line
  const child = spawn(file, args, { ...identity, stdio: ['ignore', 'pipe', 'pipe'] })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = new Promise<{ code: number | null; stderr: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, stderr }))
  })
  afterwards(t, async () => {
    child.kill('SIGTERM')
    await ended
  })
  return { child, ended }
}

async function firstLine(child: ChildProcess, ended: Holder['ended']): Promise<string> {
  let text = ''
  child.stdout?.setEncoding('utf8').on('data', (more: string) => {
    text += more
  })
  let failure: string | null = null
  ended.then(({ stderr }) => {
    failure = stderr
  })
  await until('the server is up', () => {
    if (failure !== null) throw new Error(`the server ended: ${failure}`)
    return text.includes('\n')
  })
  return text
}

export function postmasterPid(dataDir: string): number {
  return Number.parseInt(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8'), 10)
}

/** The living processes whose working directory lies in this one, whatever name they know it by. */
async function processesIn(path: string): Promise<number[]> {
  const found: number[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const inside = await Promise.all(
      clustersBelow(path).map((cluster) => worksIn(`/proc/${name}/cwd`, cluster)),
    )
    if (inside.includes(true)) found.push(Number(name))
  }
  return found
}

function clustersBelow(path: string): string[] {
  if (!existsSync(path)) return []
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' })
  return names
    .filter((name) => name.endsWith('/global/pg_filenode.map'))
    .map((name) => join(path, name, '..', '..'))
}

async function worksIn(link: string, cluster: string): Promise<boolean> {
  try {
    await readlink(link)
    const [works, wanted] = await Promise.all([stat(link), stat(cluster)])
    return works.dev === wanted.dev && works.ino === wanted.ino
  } catch {
    return false
  }
}
