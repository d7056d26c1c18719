import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { runAdmin, type ServerCommand, startServer } from '../harness/server-command.ts'
import { until } from '../harness/until.ts'
import { livingPostmaster } from './postmaster.ts'
import { assertStored } from './stored.ts'
import { type Account, startTraffic, type Target } from './traffic.ts'

const kills = 50
const visitors = 24

test('nothing acknowledged is lost or doubled when server and PostgreSQL are killed 50 times under load', async (t) => {
  const seed = Number(process.env.AFFITOR_TEST_SEED ?? randomInt(2 ** 31))
  console.log(`seed ${seed}`)
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
  const verified = await runAdmin(t, ['verify'], site.env)
  assert.equal(verified.code, 0, verified.stdout + verified.stderr)
  assert.equal((await site.terminate()).code, 0)
})

test('SIGTERM under load ends within 10 seconds with code 0, keeps what was acknowledged and leaves no PostgreSQL', async (t) => {
  const site = await openSite(t)
  const traffic = startTraffic(site.target, visitors)
  try {
    await until('there is traffic', () => traffic.account.refunds.size >= 50)
    const sentAtMs = performance.now()
    const ended = await site.terminate()
    const tookMs = performance.now() - sentAtMs
    assert.equal(ended.code, 0, lastLines(ended.stderr))
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
  env: Record<string, string>
  target: Target
  server(): ServerCommand
  /** Resolves when the present server listens, and sends the traffic there. */
  up(): Promise<void>
  /** Starts the next server on the same directory, after the present one has died. */
  restart(): void
  /** SIGTERM, and how it ended. */
  terminate(): ServerCommand['ended']
}

async function openSite(t: TestContext): Promise<Site> {
  const dataDir = mkdtempSync(join(tmpdir(), 'affitor-crash-'))
  const env = { AFFITOR_DATA_DIR: dataDir, AFFITOR_RATE_LIMITS: 'off' }
  // Registered before the server's own clean-up, so that PostgreSQL is gone before its directory.
  t.after(async () => {
    server.signal('SIGKILL')
    await server.ended
    const postmaster = livingPostmaster(dataDir)
    if (postmaster !== null) process.kill(postmaster, 'SIGKILL')
    await rm(dataDir, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 })
  })
  let server = startServer(t, env)
  const target: Target = { url: null, apiKey: '', codes: [] }
  const up = async () => {
    target.url = (await server.ready).url
  }
  await up()
  const { printed } = await server.ready
  target.apiKey = found(printed, /API key +(\S+)/)
  target.codes = [found(printed, /aff=([\w-]+)/)]
  return {
    dataDir,
    env,
    target,
    server: () => server,
    up,
    restart: () => {
      server = startServer(t, env)
    },
    terminate: () => {
      server.signal('SIGTERM')
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
  server.signal('SIGKILL')
  if (postgres === 'after') killPostmaster()
  const ended = await server.ended
  assert.equal(ended.code, null, `it ended by itself: ${lastLines(ended.stderr)}`)
}

function found(text: string, pattern: RegExp): string {
  const part = pattern.exec(text)?.[1]
  assert.ok(part, `nothing like ${pattern} in ${text}`)
  return part
}

/** What a person needs of its output: not each request that failed while its database was away. */
function lastLines(output: string): string {
  const lines = output.split('\n').filter((line) => !line.includes('"request failed"'))
  return lines.slice(-30).join('\n')
}

function report(t: TestContext, account: Account): void {
  const clicks = [...account.clicks.values()].reduce((sum, count) => sum + count, 0)
  t.diagnostic(
    `acknowledged: ${clicks} clicks, ${account.leads.size} leads, ${account.sales.size} sales, ${account.refunds.size} refunds; unanswered: ${account.clicksUnanswered} clicks`,
  )
  assert.ok(account.refunds.size >= 50, 'there was hardly any traffic, so this proves nothing')
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
