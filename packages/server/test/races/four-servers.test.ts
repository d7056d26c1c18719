import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { assertStoredAt } from '../crash/stored.ts'
import { type Account, startTraffic, type Target } from '../crash/traffic.ts'
import { runAdmin, startServer, temporaryDirectory } from '../harness/server-command.ts'
import { assertLimitHolds, sharedLimitSettings } from '../harness/shared-limit.ts'
import { createEmptyDatabase } from '../harness/test-database.ts'

const servers = 4
const visitors = 12
const refundsEachPhase = 40

test('four servers on one database: limits hold over all of them, and when one is killed under load, nothing acknowledged is lost or doubled', async (t) => {
  const { url: databaseUrl, drop } = await createEmptyDatabase()
  t.after(drop)
  const env = {
    DATABASE_URL: databaseUrl,
    AFFITOR_DATA_DIR: temporaryDirectory(t),
    AFFITOR_SECRET: 'a secret of at least thirty-two characters',
    ...sharedLimitSettings,
  }
  const running = Array.from({ length: servers }, () => startServer(t, env))
  const ready = await Promise.all(running.map((server) => server.ready))
  const printed = ready.map((one) => one.printed).join('')
  assert.equal(printed.match(/API key/g)?.length, 1)

  const urls = ready.map((one) => one.url)
  const { sent, passed } = await assertLimitHolds(urls)
  t.diagnostic(`${passed} of ${sent} passed`)

  const target = takingTurns(printed, urls)
  const traffic = startTraffic(target, visitors)
  try {
    await grows(traffic.account, refundsEachPhase)
    running[0]?.signal('SIGKILL')
    await running[0]?.ended
    // Until here the others were sent its requests too, as by a balancer that has not noticed yet.
    urls.shift()
    await grows(traffic.account, refundsEachPhase)
  } finally {
    await traffic.stop()
  }
  const { account } = traffic
  assert.deepEqual(account.faults, [])
  await assertStoredAt({ connectionString: databaseUrl }, account)
  const verified = await runAdmin(t, ['verify'], env)
  assert.equal(verified.code, 0, verified.stdout + verified.stderr)
  t.diagnostic(`${account.sales.size} sales, ${account.refunds.size} refunds`)
})

/** Every request goes to the next server, so the copies of a sale go to all of them at once. */
function takingTurns(printed: string, urls: string[]): Target {
  let turn = 0
  return {
    get url() {
      turn += 1
      return urls[turn % urls.length] ?? null
    },
    apiKey: found(printed, /API key +(\S+)/),
    codes: [found(printed, /aff=([\w-]+)/)],
    copies: servers,
  }
}

async function grows(account: Account, refunds: number): Promise<void> {
  const wanted = account.refunds.size + refunds
  const giveUpAtMs = performance.now() + 30_000
  while (account.refunds.size < wanted) {
    assert.ok(performance.now() < giveUpAtMs, 'hardly any traffic within 30 s')
    await delay(50)
  }
}

function found(text: string, pattern: RegExp): string {
  const part = pattern.exec(text)?.[1]
  assert.ok(part, `nothing like ${pattern} in ${text}`)
  return part
}
