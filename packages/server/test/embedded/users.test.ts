import assert from 'node:assert/strict'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { startEmbedded } from '../../src/db/embedded/open.ts'
import {
  freshDirectory,
  isRoot,
  nobody,
  openDirectory,
  options,
  postmasterPid,
  query,
  refusalOfHolder,
  start,
  startHolder,
} from './harness.ts'

/** Root as containers have it by default: no mounts, no look into other users' processes. */
const containerRoot = {
  through: ['setpriv', '--bounding-set', '-sys_admin,-sys_ptrace', '--inh-caps', '-all'],
}
const asNobody = isRoot ? nobody : {}

test('an ordinary user runs it in a directory of its own', async (t) => {
  const dataDir = freshDirectory(t, isRoot ? nobody : undefined)
  const server = await startHolder(t, dataDir, asNobody)
  assert.deepEqual(await query(server.connection, 'SELECT 1'), [[1]])
  const uid = isRoot ? nobody.uid : process.geteuid?.()
  assert.equal(statSync(`/proc/${postmasterPid(dataDir)}`).uid, uid)
  assert.equal(statSync(dataDir).uid, uid)
})

test('an unwritable directory is refused in one sentence', async (t) => {
  const parent = openDirectory(t)
  chmodSync(parent, 0o555)
  const dataDir = join(parent, 'data')
  const refusal = await refusalOfHolder(t, dataDir, asNobody)
  assert.match(refusal, /^Data directory \S+ is not writable by the user \S+ \(EACCES\); [^\n.]+$/)
  assert.ok(refusal.includes(dataDir))
})

// What only root can do is only tested by root; an ordinary user has no such case.
if (isRoot) {
  test('root runs it unprivileged below a directory that only root can enter', async (t) => {
    const parent = freshDirectory(t)
    const dataDir = join(parent, 'data')
    const { connection } = await start(t, dataDir)
    assert.deepEqual(await query(connection, 'SELECT 1'), [[1]])
    const postmaster = statSync(`/proc/${postmasterPid(dataDir)}`)
    assert.notEqual(postmaster.uid, 0)
    assert.equal(statSync(parent).mode & 0o777, 0o700)
    assert.equal(statSync(parent).uid, 0)
    assert.equal(statSync(join(dataDir, 'connection.json')).uid, 0)
  })

  test('root leaves no mounts and no mount points, even when the server is killed', async (t) => {
    const outside = () => [
      readdirSync('/run').includes('affitor') ? readdirSync('/run/affitor').sort() : [],
      readFileSync('/proc/self/mountinfo', 'utf8'),
    ]
    const dataDir = freshDirectory(t)
    const before = outside()
    const killed = await startHolder(t, dataDir)
    killed.kill('SIGKILL')
    await killed.ended
    assert.deepEqual(outside(), before)
    await start(t, dataDir)
  })

  test('root without the right to mount runs it, and survives a kill', async (t) => {
    // PostgreSQL sees the real path here, in a setting that is a list.
    const dataDir = join(openDirectory(t), `my "data", it's`)
    const killed = await startHolder(t, dataDir, containerRoot)
    await query(killed.connection, 'CREATE TABLE kept AS SELECT 42 AS value')
    assert.equal(statSync(dataDir).mode & 0o777, 0o700)
    const former = postmasterPid(dataDir)
    killed.kill('SIGKILL')
    await killed.ended
    const next = await startHolder(t, dataDir, containerRoot)
    assert.notEqual(postmasterPid(dataDir), former)
    assert.deepEqual(await query(next.connection, 'SELECT value FROM kept'), [[42]])
    next.kill('SIGTERM')
    await next.ended
    const withMounts = await start(t, dataDir)
    assert.deepEqual(await query(withMounts.connection, 'SELECT value FROM kept'), [[42]])
  })

  test('root without the right to mount says where the data directory can be', async (t) => {
    const dataDir = join(freshDirectory(t), 'data')
    const refusal = await refusalOfHolder(t, dataDir, containerRoot)
    assert.match(
      refusal,
      /^PostgreSQL does not run as root, and the user \w+ cannot enter the directories above \S+: set AFFITOR_DATA_DIR to a directory that this user can reach, such as \/var\/lib\/affitor, /,
    )
  })

  test("root does not take over an ordinary user's database, nor the reverse", async (t) => {
    const ordinary = freshDirectory(t, nobody)
    const server = await startHolder(t, ordinary, nobody)
    await query(server.connection, 'CREATE TABLE kept AS SELECT 42 AS value')
    server.kill('SIGTERM')
    await server.ended
    await assert.rejects(startEmbedded(options(ordinary)), {
      name: 'StartError',
      message: `The database in ${ordinary} belongs to the user with id 65534, and root runs it only for the users affitor and postgres: start the server as that user`,
    })
    const again = await startHolder(t, ordinary, nobody)
    assert.deepEqual(await query(again.connection, 'SELECT value FROM kept'), [[42]])

    const roots = join(openDirectory(t), 'data')
    await (await start(t, roots)).stop()
    assert.match(await refusalOfHolder(t, roots, nobody), /is not writable by the user nobody/)
    await start(t, roots)
  })

  test('a data directory that an ordinary user made empty can be used by root', async (t) => {
    const dataDir = join(openDirectory(t), 'data')
    mkdirSync(dataDir)
    chownSync(dataDir, nobody.uid, nobody.gid)
    writeFileSync(join(dataDir, 'server.lock'), '')
    const { connection } = await start(t, dataDir)
    assert.deepEqual(await query(connection, 'SELECT 1'), [[1]])
  })
}
