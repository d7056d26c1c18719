import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Connection } from '../../src/db/embedded/connection.ts'
import { until } from '../harness/until.ts'
import { afterwards, freshDirectory, postmasterPid, query, start, startHolder } from './harness.ts'

test('after a server was killed, the next stops its PostgreSQL and has its rows', async (t) => {
  const dataDir = freshDirectory(t)
  const killed = await startHolder(t, dataDir)
  await query(killed.connection, 'CREATE TABLE kept AS SELECT 42 AS value')
  killed.kill('SIGKILL')
  await killed.ended
  const former = postmasterPid(dataDir)
  assert.deepEqual(await query(killed.connection, 'SELECT 1'), [[1]], 'PostgreSQL runs on')
  const next = await start(t, dataDir)
  assert.deepEqual(await query(next.connection, 'SELECT value FROM kept'), [[42]])
  assert.notEqual(postmasterPid(dataDir), former)
})

test('after a server and its postmaster were killed, the next start waits for the rest to end', async (t) => {
  const dataDir = freshDirectory(t)
  const killed = await startHolder(t, dataDir)
  await query(killed.connection, 'CREATE TABLE kept AS SELECT 42 AS value')
  const postmaster = postmasterPid(dataDir)
  const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8')
  // The checkpointer lives as long as the server; the last client's backend may be about to end.
  const isCheckpointer = (pid: string) =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('checkpointer')
  const lingering = Number(children.trim().split(' ').find(isCheckpointer))
  assert.ok(lingering > 1, 'PostgreSQL has a checkpointer')
  // A process that is stopped cannot notice the postmaster's death and keeps the memory in use.
  process.kill(lingering, 'SIGSTOP')
  killed.kill('SIGKILL')
  process.kill(postmaster, 'SIGKILL')
  await killed.ended
  const nextStart = start(t, dataDir)
  const tooEarly = await Promise.race([nextStart.then(yes), delay(1_500).then(no)])
  process.kill(lingering, 'SIGCONT')
  assert.equal(tooEarly, false, 'two PostgreSQL would have shared the files')
  const next = await nextStart
  assert.deepEqual(await query(next.connection, 'SELECT value FROM kept'), [[42]])
})

test('the temporary socket directory of a killed server is removed', async (t) => {
  const dataDir = join(freshDirectory(t), 'x'.repeat(90))
  const killed = await startHolder(t, dataDir)
  killed.kill('SIGKILL')
  await killed.ended
  const next = await start(t, dataDir)
  assert.notEqual(next.connection.host, killed.connection.host)
  assert.equal(existsSync(killed.connection.host), false)
})

test('a PostgreSQL that dies under a living server is started again', async (t) => {
  const dataDir = freshDirectory(t)
  const { connection } = await start(t, dataDir)
  await query(connection, 'CREATE TABLE kept AS SELECT 42 AS value')
  process.kill(postmasterPid(dataDir), 'SIGKILL')
  await until('a new connection works', () =>
    query(connection, 'SELECT value FROM kept').then(
      (rows) => rows[0]?.[0] === 42,
      () => false,
    ),
  )
})

test('a PostgreSQL that keeps dying is given up after 5 restarts a minute', async (t) => {
  const dataDir = freshDirectory(t)
  const fatal: Error[] = []
  let restarts = 0
  const started = await start(t, dataDir, {
    log: (message) => {
      if (message === 'PostgreSQL runs again') restarts += 1
    },
    onFatal: (error) => fatal.push(error),
  })
  for (let death = 1; death <= 6; death += 1) {
    process.kill(postmasterPid(dataDir), 'SIGKILL')
    await until(`death ${death} was noticed`, () => restarts === death || fatal.length > 0)
  }
  assert.equal(restarts, 5)
  assert.deepEqual(
    fatal.map((error) => error.message),
    ['PostgreSQL died more than 5 times in a minute'],
  )
  await started.stop()
})

test('a stop at any moment of a restart ends and leaves nothing running', async (t) => {
  const dataDir = freshDirectory(t)
  const moments: ((connection: Connection) => Promise<unknown>)[] = [
    async () => {},
    (connection) => until('it answers', () => query(connection, 'SELECT 1').then(yes, no)),
    (connection) => until('it refuses', () => query(connection, 'SELECT 1').then(no, yes)),
  ]
  for (const moment of moments) {
    const logged: string[] = []
    const started = await start(t, dataDir, { log: (message) => logged.push(message) })
    process.kill(postmasterPid(dataDir), 'SIGKILL')
    await until('the restart begins', () => logged.includes('PostgreSQL died; starting it again'))
    await moment(started.connection)
    await started.stop()
    await assert.rejects(query(started.connection, 'SELECT 1'))
  }
  // The harness checks that no process works in the directory any more.
})

test('a stale postmaster.pid that names another program neither blocks nor kills', async (t) => {
  const dataDir = freshDirectory(t)
  await (await start(t, dataDir)).stop()
  const { uid, gid } = statSync(join(dataDir, 'postgres'))
  // As PostgreSQL's own user, for which PostgreSQL by itself would refuse to start.
  const stranger = spawn('sleep', ['60'], { uid, gid, cwd: '/', stdio: 'ignore' })
  afterwards(t, () => stranger.kill('SIGKILL'))
  const file = join(dataDir, 'postgres', 'postmaster.pid')
  writeFileSync(file, `${stranger.pid}\n${dataDir}/postgres\n1\n5432\n\n\n  0 0\nready\n`)
  const next = await start(t, dataDir)
  assert.deepEqual(await query(next.connection, 'SELECT 1'), [[1]])
  assert.equal(stranger.exitCode, null)
  assert.equal(stranger.signalCode, null)
  assert.notEqual(postmasterPid(dataDir), stranger.pid)
})

const yes = () => true
const no = () => false
