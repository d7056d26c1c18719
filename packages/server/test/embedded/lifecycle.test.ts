import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { startEmbedded } from '../../src/db/embedded/open.ts'
import { StartError } from '../../src/shared/errors.ts'
import { until } from '../harness/until.ts'
import {
  freshDirectory,
  openDirectory,
  options,
  postmasterPid,
  query,
  spawnHolder,
  start,
} from './harness.ts'

test('rows written before a stop are there after the next start', async (t) => {
  const dataDir = join(freshDirectory(t), 'missing', 'data')
  const first = await start(t, dataDir)
  await query(first.connection, 'CREATE TABLE kept AS SELECT 42 AS value')
  await Promise.all([first.stop(), first.stop()])
  await first.stop()
  const second = await start(t, dataDir)
  assert.deepEqual(await query(second.connection, 'SELECT value FROM kept'), [[42]])
})

test('the data directory and its secrets are closed to other users', async (t) => {
  const dataDir = join(openDirectory(t), 'data')
  mkdirSync(dataDir, { mode: 0o755 })
  await start(t, dataDir)
  const mode = async (name: string) => (await stat(join(dataDir, name))).mode & 0o777
  assert.equal(await mode('.'), 0o700)
  assert.equal(await mode('postgres'), 0o700)
  assert.equal(await mode('run'), 0o700)
  assert.equal(await mode('log'), 0o700)
  assert.equal(await mode('connection.json'), 0o600)
  assert.equal(await mode('server.lock'), 0o600)
  assert.deepEqual(readdirSync(join(dataDir, 'run')).sort(), [
    '.s.PGSQL.5432',
    '.s.PGSQL.5432.lock',
  ])
})

test('PostgreSQL listens on no network port', async (t) => {
  const dataDir = freshDirectory(t)
  const { connection } = await start(t, dataDir)
  assert.ok(connection.host.startsWith('/'))
  const pid = postmasterPid(dataDir)
  const sockets = readdirSync(`/proc/${pid}/fd`)
    .map((fd) => /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1])
    .filter((inode) => inode !== undefined)
  assert.ok(sockets.length > 0, 'its unix socket must be among the open files')
  const network = ['tcp', 'tcp6'].flatMap((name) =>
    readFileSync(`/proc/${pid}/net/${name}`, 'utf8').split('\n'),
  )
  const listening = network.map((line) => line.trim().split(/\s+/)[9])
  assert.deepEqual(
    sockets.filter((inode) => listening.includes(inode)),
    [],
  )
})

test('a wrong password is refused', async (t) => {
  const { connection } = await start(t, freshDirectory(t))
  assert.match(connection.password, /^[0-9a-f]{64}$/)
  const wrong = { ...connection, password: connection.password.replaceAll(/./g, '0') }
  await assert.rejects(query(wrong, 'SELECT 1'), { code: '28P01' })
})

test('what is committed is on disk, and damage to pages is noticed', async (t) => {
  const { connection } = await start(t, freshDirectory(t))
  for (const name of ['fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums']) {
    assert.deepEqual(await query(connection, `SHOW ${name}`), [['on']], name)
  }
  assert.deepEqual(await query(connection, 'SHOW server_encoding'), [['UTF8']])
})

test('values of failed statements do not reach the log', async (t) => {
  const dataDir = freshDirectory(t)
  const { connection } = await start(t, dataDir)
  await query(connection, 'CREATE TABLE people (email text PRIMARY KEY, age int)')
  await query(connection, "INSERT INTO people VALUES ('ann@example.com')")
  const duplicate = query(connection, "INSERT INTO people VALUES ('ann@example.com')")
  await assert.rejects(duplicate, { code: '23505' })
  const malformed = query(connection, "INSERT INTO people VALUES ('bob', 'bob@example.com')")
  await assert.rejects(malformed, { code: '22P02' })
  const missing = query({ ...connection, database: 'nowhere' }, 'SELECT 1')
  await assert.rejects(missing, { code: '3D000' })
  const logs = () =>
    readdirSync(join(dataDir, 'log'))
      .map((name) => readFileSync(join(dataDir, 'log', name), 'utf8'))
      .join('')
  await until('the log holds the last event', () => logs().includes('nowhere'))
  assert.doesNotMatch(logs(), /example\.com|people/)
})

test('a path too long for a socket works, and its temporary directory goes with the stop', async (t) => {
  const dataDir = join(freshDirectory(t), 'x'.repeat(90), 'data')
  const first = await start(t, dataDir)
  assert.notEqual(first.connection.host, join(dataDir, 'run'))
  assert.equal((await stat(first.connection.host)).mode & 0o777, 0o700)
  assert.deepEqual(await query(first.connection, 'SELECT 1'), [[1]])
  await first.stop()
  assert.equal(existsSync(first.connection.host), false)
})

test('a path with spaces, commas and quotes works', async (t) => {
  const dataDir = join(freshDirectory(t), `my "data", it's`)
  const { connection } = await start(t, dataDir)
  assert.deepEqual(await query(connection, 'SELECT 1'), [[1]])
})

test('a first start that was killed half way does not stand in the way of the next', async (t) => {
  const dataDir = join(freshDirectory(t), 'data')
  const isHalfMade = (name: string) => name.startsWith('postgres.new-')
  const { child, ended } = spawnHolder(t, dataDir)
  await until('the cluster is being made', () => {
    return existsSync(dataDir) && readdirSync(dataDir).some(isHalfMade)
  })
  child.kill('SIGKILL')
  await ended
  assert.equal(existsSync(join(dataDir, 'postgres')), false)
  const { connection } = await start(t, dataDir)
  assert.deepEqual(await query(connection, 'SELECT 1'), [[1]])
  assert.deepEqual(readdirSync(dataDir).filter(isHalfMade), [])
})

test('a lost connection.json does not cost the data', async (t) => {
  const dataDir = freshDirectory(t)
  const first = await start(t, dataDir)
  await query(first.connection, 'CREATE TABLE kept AS SELECT 42 AS value')
  await first.stop()
  await rm(join(dataDir, 'connection.json'))
  const second = await start(t, dataDir)
  assert.notEqual(second.connection.password, first.connection.password)
  assert.deepEqual(await query(second.connection, 'SELECT value FROM kept'), [[42]])
  await assert.rejects(query(first.connection, 'SELECT 1'), { code: '28P01' })
})

test('a cluster of another major version is refused and left alone', async (t) => {
  const dataDir = freshDirectory(t)
  await (await start(t, dataDir)).stop()
  const version = join(dataDir, 'postgres', 'PG_VERSION')
  await writeFile(version, '17\n')
  await assert.rejects(
    startEmbedded(options(dataDir)),
    new StartError(
      `The database in ${dataDir} was made by PostgreSQL 17, and this version of Affitor runs PostgreSQL 18, which cannot read it`,
    ),
  )
  await writeFile(version, '18\n')
  await start(t, dataDir)
})

test("a start that fails says why in PostgreSQL's words and frees the directory", async (t) => {
  const dataDir = freshDirectory(t)
  await (await start(t, dataDir)).stop()
  await rm(join(dataDir, 'postgres', 'postgresql.conf'))
  const failure = /^PostgreSQL did not start: .*postgresql\.conf/
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await assert.rejects(startEmbedded(options(dataDir)), { name: 'StartError', message: failure })
  }
})

test('a data directory that is a file, or full of foreign files, is refused', async (t) => {
  const parent = openDirectory(t)
  const file = join(parent, 'file')
  await writeFile(file, '')
  await assert.rejects(
    startEmbedded(options(file)),
    new StartError(`Data directory ${file} is not a directory`),
  )
  await assert.rejects(
    startEmbedded(options(parent)),
    new StartError(
      `Data directory ${parent} holds other files and is open to other users: set AFFITOR_DATA_DIR to an empty directory`,
    ),
  )
  assert.equal((await stat(dirname(file))).mode & 0o777, 0o755)
})
