import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from './fault.mjs'
import { onInterrupt } from './interrupt.mjs'
import { root } from './project.mjs'

const limits = { beatMs: 1_000, staleMs: 10_000, waitMs: 15 * 60_000, pollMs: 100 }

/**
 * Runs `body` while no other process of this checkout runs one under the same name, and waits for
 * the other one first, up to `waitMs`.
 *
 * The lock is a directory whose time its holder renews every second, so a holder that was killed is
 * noticed after ten seconds, also when its process id is in use again or it lived in another
 * container.
 */
export async function withLock(name, body, { staleMs, waitMs, pollMs, beatMs } = limits) {
  const cache = path.join(root, '.cache')
  const lock = path.join(cache, `${name}.lock`)
  mkdirSync(cache, { recursive: true })
  const deadline = Date.now() + waitMs
  const token = randomUUID()
  while (!tryToTake(lock, token)) {
    removeIfStale(lock, staleMs)
    if (Date.now() > deadline) {
      throw new Fault(`Another process has held ${lock} for too long; end it and start again.`)
    }
    await sleep(pollMs)
  }
  const beat = setInterval(() => renew(lock, token), beatMs)
  const free = () => release(lock, token)
  const takeBack = onInterrupt(free)
  try {
    return await body()
  } finally {
    clearInterval(beat)
    takeBack()
    free()
  }
}

/** A directory with the owner's name in it is renamed into place: taken whole or not at all. */
function tryToTake(lock, token) {
  const own = `${lock}.${token}`
  mkdirSync(path.join(own, token), { recursive: true })
  try {
    renameSync(own, lock)
    return true
  } catch (error) {
    rmSync(own, { recursive: true, force: true })
    if (['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(error.code)) return false
    throw error
  }
}

/**
 * Two waiting processes may see the same stale lock. The one that moves it aside must not move the
 * fresh lock that the other has put there since, so only the holder of `<lock>.break` may look and
 * remove.
 */
function removeIfStale(lock, staleMs) {
  const breaking = `${lock}.break`
  if (ageMs(lock) < staleMs) return
  try {
    mkdirSync(breaking)
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    if (ageMs(breaking) >= staleMs) rmSync(breaking, { recursive: true, force: true })
    return
  }
  try {
    if (ageMs(lock) >= staleMs) rmSync(lock, { recursive: true, force: true })
  } finally {
    rmSync(breaking, { recursive: true, force: true })
  }
}

function ageMs(directory) {
  try {
    return Date.now() - statSync(directory).mtimeMs
  } catch (error) {
    if (error.code === 'ENOENT') return 0
    throw error
  }
}

function renew(lock, token) {
  if (holds(lock, token)) utimesSync(lock, new Date(), new Date())
}

async function release(lock, token) {
  if (holds(lock, token)) rmSync(lock, { recursive: true, force: true })
}

function holds(lock, token) {
  try {
    return readdirSync(lock).includes(token)
  } catch (error) {
    if (error.code === 'ENOENT') return false
    throw error
  }
}
