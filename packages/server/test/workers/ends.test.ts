import assert from 'node:assert/strict'
import { type AddressInfo, createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { startServer, temporaryDirectory } from '../harness/server-command.ts'
import { createEmptyDatabase } from '../harness/test-database.ts'
import { until } from '../harness/until.ts'
import { isAlive, workersOf } from './pids.ts'

const deathsPerMinuteMax = 5

async function settings(t: TestContext): Promise<Record<string, string>> {
  const { url, drop } = await createEmptyDatabase()
  t.after(drop)
  return {
    DATABASE_URL: url,
    AFFITOR_DATA_DIR: temporaryDirectory(t),
    AFFITOR_SECRET: 'a secret of at least thirty-two characters',
  }
}

test('workers that die more than 5 times in a minute end the server with one line and code 1', async (t) => {
  const server = startServer(t, await settings(t), ['--workers', '2'])
  await server.ready
  const seen = new Set<number>()
  for (let death = 0; death <= deathsPerMinuteMax; death += 1) {
    let victim = 0
    await until('there is a worker to kill', () => {
      victim = workersOf(server.pid).find((pid) => !seen.has(pid)) ?? 0
      return victim !== 0
    })
    seen.add(victim)
    process.kill(victim, 'SIGKILL')
  }
  const { code, stderr } = await server.ended
  assert.equal(code, 1)
  const lines = stderr.split('\n').filter((line) => !line.startsWith('{'))
  assert.deepEqual(lines, ['Workers died more than 5 times in a minute', ''])
  assert.deepEqual(workersOf(server.pid), [])
})

test('workers end by themselves when their parent is killed', async (t) => {
  const server = startServer(t, await settings(t), ['--workers', '2'])
  await server.ready
  const pids = workersOf(server.pid)
  assert.equal(pids.length, 2)
  server.signal('SIGKILL')
  await server.ended
  await until('the workers end', () => !pids.some(isAlive))
})

test('workers leave signals to their parent, as when Ctrl-C reaches all of them', async (t) => {
  const server = startServer(t, await settings(t), ['--workers=2'])
  const { url } = await server.ready
  const pids = workersOf(server.pid)
  for (const pid of pids) {
    process.kill(pid, 'SIGINT')
    process.kill(pid, 'SIGTERM')
  }
  assert.equal((await fetch(`${url}/readyz`)).status, 200)
  assert.deepEqual(workersOf(server.pid), pids)
  server.signal('SIGINT')
  assert.equal((await server.ended).code, 0)
})

test('what keeps every worker from starting is told in one line', async (t) => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  t.after(() => taken.close())
  const { port } = taken.address() as AddressInfo
  const env = { ...(await settings(t)), PORT: String(port) }
  const { code, stdout, stderr } = await startServer(t, env, ['--workers', '3']).ended
  assert.equal(code, 1)
  assert.equal(stdout, '')
  const lines = stderr.split('\n').filter((line) => !line.startsWith('{'))
  const reason = `Port ${port} on 127.0.0.1 is already in use: set PORT to another`
  assert.deepEqual(lines, [reason, ''])
})

test('a wrong number of workers stops the start with one line', async (t) => {
  const { code, stderr } = await startServer(t, {}, ['--workers', '65']).ended
  assert.equal(code, 1)
  assert.equal(stderr, '--workers must be a whole number from 1 to 64, not "65"\n')
})
