import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import {
  adminVerify,
  livingPostmaster,
  type ServerProcess,
  startServerProcess,
} from './server-process.ts'
import { assertStored } from './stored.ts'
import { type Account, startTraffic, type Target } from './traffic.ts'

const kills = 20
const visitors = 24
const startTimeoutMs = 30_000

test('nothing acknowledged is lost or doubled when server and PostgreSQL are killed 20 times under load', async (t) => {
  const seed = Number(process.env.AFFITOR_TEST_SEED ?? randomInt(2 ** 31))
  t.diagnostic(`seed ${seed}`)
  const random = randomFrom(seed)
  const site = await openSite(t)
  const traffic = startTraffic(site.target, visitors)
  try {
    for (let kill = 0; kill < kills; kill += 1) {
      // Every fifth kill hits a server that is perhaps still starting.
      const isUp = kill % 5 !== 4
      if (isUp) await site.up()
      await delay(random() * (isUp ? 2_500 : 1_200))
      const withPostgres = isUp && random() < 0.5 ? 'before' : 'after'
      await killNow(site, kill % 2 === 0 ? withPostgres : 'not', random)
      site.restart()
    }
    await site.up()
    await delay(500)
  } finally {
    await traffic.stop()
  }
  report(t, traffic.account)
  assert.deepEqual(traffic.account.faults, [])
  await assertStored(site.dataDir, traffic.account)
  assert.deepEqual(await adminVerify(site.dataDir), [])
  assert.deepEqual(await site.terminate(), { code: 0, signal: null })
})

test('SIGTERM under load ends within 10 seconds with code 0, keeps what was acknowledged and leaves no PostgreSQL', async (t) => {
  const site = await openSite(t)
  const traffic = startTraffic(site.target, visitors)
  try {
    await until(() => traffic.account.refunds.size >= 50)
    const sentAtMs = performance.now()
    const ended = await site.terminate()
    const tookMs = performance.now() - sentAtMs
    assert.deepEqual(ended, { code: 0, signal: null })
    assert.ok(tookMs < 10_000, `it took ${Math.round(tookMs)} ms`)
    assert.equal(livingPostmaster(site.dataDir), null, 'PostgreSQL still runs')
    t.diagnostic(`ended after ${Math.round(tookMs)} ms`)
  } finally {
    site.target.url = null
    await traffic.stop()
  }
  report(t, traffic.account)
  assert.deepEqual(traffic.account.faults, [])
  await assertStored(site.dataDir, traffic.account)
})

/** A server on a directory of its own, with what its very first start printed. */
interface Site {
  dataDir: string
  target: Target
  server(): ServerProcess
  /** Resolves when the present server listens, and sends the traffic there. */
  up(): Promise<void>
  /** Starts the next server on the same directory, after the present one has died. */
  restart(): void
  /** SIGTERM, and how it ended. */
  terminate(): ServerProcess['ended']
}

async function openSite(t: TestContext): Promise<Site> {
  const dataDir = mkdtempSync(join(tmpdir(), 'affitor-crash-'))
  let server = startServerProcess(dataDir)
  t.after(async () => {
    server.kill('SIGKILL')
    await server.ended
    const postmaster = livingPostmaster(dataDir)
    if (postmaster !== null) process.kill(postmaster, 'SIGKILL')
    await rm(dataDir, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 })
  })
  const target: Target = { url: null, apiKey: '', codes: [] }
  const up = async () => {
    target.url = await within(startTimeoutMs, server.listening, () => lastLines(server))
  }
  await up()
  target.apiKey = printed(server, /API key +(\S+)/)
  target.codes = [printed(server, /aff=([\w-]+)/)]
  return {
    dataDir,
    target,
    server: () => server,
    up,
    restart: () => {
      server = startServerProcess(dataDir)
    },
    terminate: () => {
      server.kill('SIGTERM')
      return server.ended
    },
  }
}

/** Kills the server, and its PostgreSQL before it, right after it or not. */
async function killNow(
  site: Site,
  postgres: 'before' | 'after' | 'not',
  random: () => number,
): Promise<void> {
  const server = site.server()
  const killPostmaster = () => {
    const pid = livingPostmaster(site.dataDir)
    if (pid !== null) process.kill(pid, 'SIGKILL')
  }
  if (postgres === 'before') {
    // The server is left a moment in which to answer without its database, or to start it again.
    killPostmaster()
    await delay(random() * 400)
  }
  site.target.url = null
  server.kill('SIGKILL')
  if (postgres === 'after') killPostmaster()
  const ended = await server.ended
  assert.equal(ended.signal, 'SIGKILL', `it ended by itself: ${lastLines(server)}`)
}

function printed(server: ServerProcess, pattern: RegExp): string {
  const found = pattern.exec(server.output())?.[1]
  assert.ok(found, `nothing like ${pattern} in ${lastLines(server)}`)
  return found
}

/** What a person needs of its output: not each request that failed while its database was away. */
function lastLines(server: ServerProcess): string {
  const lines = server.output().split('\n')
  return lines
    .filter((line) => !line.includes('"request failed"'))
    .slice(-30)
    .join('\n')
}

function report(t: TestContext, account: Account): void {
  const clicks = [...account.clicks.values()].reduce((sum, count) => sum + count, 0)
  t.diagnostic(
    `acknowledged: ${clicks} clicks, ${account.leads.size} leads, ${account.sales.size} sales, ${account.refunds.size} refunds; unanswered: ${account.clicksUnanswered} clicks`,
  )
  assert.ok(account.refunds.size >= 50, 'there was hardly any traffic, so this proves nothing')
}

/** Polls until it is so; fails after 30 seconds. */
async function until(isSo: () => boolean): Promise<void> {
  const giveUpAtMs = performance.now() + 30_000
  while (!isSo()) {
    assert.ok(performance.now() < giveUpAtMs, 'not within 30 seconds')
    await delay(50)
  }
}

async function within<T>(ms: number, work: Promise<T>, detail: () => string): Promise<T> {
  const timer = new AbortController()
  const tooLate = delay(ms, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`not within ${ms} ms: ${detail()}`)
  })
  // When the work was in time, the timer is called off, which must not count as a failure.
  tooLate.catch(() => undefined)
  try {
    return await Promise.race([work, tooLate])
  } finally {
    timer.abort()
  }
}

/** mulberry32: numbers from 0 to 1 that a seed repeats. */
function randomFrom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
