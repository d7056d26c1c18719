import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { startEmbedded } from '../../src/db/embedded/open.ts'
import { StartError } from '../../src/shared/errors.ts'
import { until } from '../harness/until.ts'
import { freshDirectory, open, options, query, spawnHolder, startHolder } from './harness.ts'

test('a second server on the directory is refused while the first goes on', async (t) => {
  const dataDir = freshDirectory(t)
  const first = await startHolder(t, dataDir)
  await assert.rejects(
    startEmbedded(options(dataDir)),
    new StartError(
      `Data directory ${dataDir} is already in use by another server (pid ${first.pid})`,
    ),
  )
  assert.deepEqual(await query(first.connection, 'SELECT 1'), [[1]])
})

test('an admin command works beside a server and leaves it running', async (t) => {
  const dataDir = freshDirectory(t)
  const server = await startHolder(t, dataDir)
  const beside = await open(t, dataDir)
  assert.deepEqual(beside.connection, server.connection)
  await query(beside.connection, 'CREATE TABLE made_beside ()')
  await beside.stop()
  assert.deepEqual(await query(server.connection, 'SELECT count(*)::int FROM made_beside'), [[0]])
})

test('an admin command waits for a server that is just making its database', async (t) => {
  const dataDir = join(freshDirectory(t), 'data')
  const { child } = spawnHolder(t, dataDir)
  await until('the server holds the lock', () => existsSync(join(dataDir, 'run')))
  const beside = await open(t, dataDir)
  assert.deepEqual(await query(beside.connection, 'SELECT 1'), [[1]])
  await beside.stop()
  assert.deepEqual(await query(beside.connection, 'SELECT 1'), [[1]])
  child.kill('SIGTERM')
})

test('an admin command without a server has a database of its own until it stops', async (t) => {
  const dataDir = freshDirectory(t)
  const own = await open(t, dataDir)
  await query(own.connection, 'CREATE TABLE made_alone ()')
  await own.stop()
  await assert.rejects(query(own.connection, 'SELECT 1'), { code: 'ENOENT' })
  const server = await startHolder(t, dataDir)
  assert.deepEqual(await query(server.connection, 'SELECT count(*)::int FROM made_alone'), [[0]])
})

test('a server told to stop takes its database with it', async (t) => {
  const dataDir = freshDirectory(t)
  const server = await startHolder(t, dataDir)
  server.kill('SIGTERM')
  assert.deepEqual(await server.ended, { code: 0, stderr: '' })
  await assert.rejects(query(server.connection, 'SELECT 1'), { code: 'ENOENT' })
})
