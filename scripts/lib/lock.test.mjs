import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, rmSync, utimesSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from './fault.mjs'
import { withLock } from './lock.mjs'
import { root } from './project.mjs'

const limits = { beatMs: 20, staleMs: 2_000, waitMs: 5_000, pollMs: 5 }

test('bodies under one name never overlap', async () => {
  const name = `test-${randomUUID()}`
  let inside = 0
  const order = []
  const body = async () => {
    inside += 1
    assert.equal(inside, 1)
    await sleep(30)
    inside -= 1
    order.push(1)
  }
  await Promise.all(Array.from({ length: 4 }, () => withLock(name, body, limits)))
  assert.equal(order.length, 4)
  assert.equal(existsSync(directoryOf(name)), false)
})

test('a lock that was left behind is taken over, by one of those who wait', async () => {
  const name = `test-${randomUUID()}`
  leaveBehind(name, 60_000)
  let inside = 0
  let most = 0
  const body = async () => {
    inside += 1
    most = Math.max(most, inside)
    await sleep(30)
    inside -= 1
  }
  await Promise.all(Array.from({ length: 4 }, () => withLock(name, body, limits)))
  assert.equal(most, 1)
})

test('a holder that lives is waited for, and not for ever', async () => {
  const name = `test-${randomUUID()}`
  leaveBehind(name, 0)
  const impatient = { ...limits, staleMs: 60_000, waitMs: 100 }
  await assert.rejects(
    withLock(name, async () => assert.fail('entered'), impatient),
    Fault,
  )
  rmSync(directoryOf(name), { recursive: true })
})

test('a lock is renewed while its body runs, so a long body is not taken for dead', async () => {
  const name = `test-${randomUUID()}`
  const short = { ...limits, staleMs: 500 }
  let inside = 0
  const long = async () => {
    inside += 1
    await sleep(1_500)
    assert.equal(inside, 1)
    inside -= 1
  }
  await Promise.all([withLock(name, long, short), withLock(name, long, short)])
})

test('a failing body frees the lock', async () => {
  const name = `test-${randomUUID()}`
  await assert.rejects(
    withLock(name, async () => Promise.reject(new Error('boom')), limits),
    /boom/,
  )
  assert.equal(await withLock(name, async () => 'next', limits), 'next')
})

function directoryOf(name) {
  return path.join(root, '.cache', `${name}.lock`)
}

function leaveBehind(name, ageMs) {
  mkdirSync(path.join(directoryOf(name), 'owner'), { recursive: true })
  const time = new Date(Date.now() - ageMs)
  utimesSync(directoryOf(name), time, time)
}
