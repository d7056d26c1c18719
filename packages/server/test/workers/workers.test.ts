import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { livingPostmaster } from '../crash/postmaster.ts'
import { assertStored } from '../crash/stored.ts'
import { startTraffic, type Target } from '../crash/traffic.ts'
import { sendAndAHalf } from '../harness/half-request.ts'
import { rawRequest } from '../harness/raw-http.ts'
import { runAdmin, type ServerCommand, startServer } from '../harness/server-command.ts'
import { assertLimitHolds, sharedLimitSettings } from '../harness/shared-limit.ts'
import { until } from '../harness/until.ts'
import { isAlive, workersOf } from './pids.ts'

const workers = 4
const visitors = 12
const refundsEachPhase = 40
const stopMaxMs = 10_000

test('four workers behind one port: limits hold over all of them, any of them tells the metrics of all, one that is killed under load is replaced, and nothing acknowledged is lost or doubled', async (t) => {
  const { server, env, dataDir } = startSite(t)
  const { url, printed } = await server.ready
  assert.equal(printed.match(/API key/g)?.length, 1, 'the first program is made once')
  assert.equal(printed.match(/Affitor listening/g)?.length, 1)
  assert.equal(workersOf(server.pid).length, workers)

  const { sent, passed } = await assertLimitHolds([url])
  t.diagnostic(`${passed} of ${sent} passed`)
  for (let n = 0; n < 2 * workers; n += 1) assert.equal(await countedLeads(url), sent)

  const target: Target = {
    url,
    apiKey: found(printed, /API key +(\S+)/),
    codes: [found(printed, /aff=([\w-]+)/)],
    copies: workers,
  }
  const traffic = startTraffic(target, visitors)
  const { account } = traffic
  try {
    await until('there is traffic', () => account.refunds.size >= refundsEachPhase)
    const [victim = 0] = workersOf(server.pid)
    process.kill(victim, 'SIGKILL')
    const refundsThen = account.refunds.size
    await until('the worker is replaced', () => {
      const now = workersOf(server.pid)
      return now.length === workers && !now.includes(victim)
    })
    await until('the others go on', () => account.refunds.size >= refundsThen + refundsEachPhase)
  } finally {
    await traffic.stop()
  }
  assert.deepEqual(account.faults, [])
  assert.equal(await countedLeads(url), sent, 'what a dead worker had told is not forgotten')
  await assertStored(dataDir, account)
  const verified = await runAdmin(t, ['verify'], env)
  assert.equal(verified.code, 0, verified.stdout + verified.stderr)

  await sendAndAHalf(t, url, 'POST /api/v1/track/click HTTP/1.1\r\nHost: shop\r\nContent-Ty')
  const pids = workersOf(server.pid)
  const beganMs = performance.now()
  server.signal('SIGTERM')
  const { code, stderr } = await server.ended
  const tookMs = Math.round(performance.now() - beganMs)
  assert.equal(code, 0, stderr)
  assert.ok(tookMs < stopMaxMs, `stopped after ${tookMs} ms`)
  assert.deepEqual(pids.filter(isAlive), [], 'workers are left')
  assert.equal(livingPostmaster(dataDir), null, 'PostgreSQL still runs')
  t.diagnostic(
    `${account.sales.size} sales, ${account.refunds.size} refunds; ended in ${tookMs} ms`,
  )
})

interface Site {
  server: ServerCommand
  dataDir: string
  env: Record<string, string>
}

/** A server on a directory of its own. */
function startSite(t: TestContext): Site {
  const dataDir = mkdtempSync(join(tmpdir(), 'affitor-workers-'))
  const env = { AFFITOR_DATA_DIR: dataDir, ...sharedLimitSettings }
  // Registered before the server's own clean-up, so that PostgreSQL is gone before its directory.
  t.after(async () => {
    server.signal('SIGKILL')
    await server.ended
    const postmaster = livingPostmaster(dataDir)
    if (postmaster !== null) process.kill(postmaster, 'SIGKILL')
    await rm(dataDir, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 })
  })
  const server = startServer(t, env, ['--workers', String(workers)])
  return { server, dataDir, env }
}

/** Leads that were refused, as the metrics count them: those of the traffic are all accepted. */
async function countedLeads(url: string): Promise<number> {
  const { text } = await rawRequest(url, 'GET', '/metrics', {})
  const line =
    /^affitor_http_request_duration_seconds_count\{method="POST",route="\/api\/v1\/track\/lead",status="4\d\d"\} (\d+)$/gm
  return [...text.matchAll(line)].reduce((sum, [, count]) => sum + Number(count), 0)
}

function found(text: string, pattern: RegExp): string {
  const part = pattern.exec(text)?.[1]
  assert.ok(part, `nothing like ${pattern} in ${text}`)
  return part
}
