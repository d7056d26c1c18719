import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import type { FastifyReply } from 'fastify'
import { ApiError } from '../contract/error-codes.ts'
import type { SharedCounts } from '../db/shared-counts.ts'
import { createRateLimits } from './rate-limits.ts'

// Several processes that count together, through counts that answer late as a database does.

const startMs = Date.parse('2026-03-15T12:00:00Z')
const caller = 7

test('whichever processes a caller reaches, in any order and at once, all of the limit passes and hardly more', async () => {
  const runs = fc.record({
    processes: fc.integer({ min: 1, max: 6 }),
    max: fc.integer({ min: 1, max: 400 }),
    /** Who gets the next requests, and how many of them before the answers to any are awaited. */
    bursts: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 60 })), { maxLength: 40 }),
    seed: fc.nat(),
  })
  await fc.assert(
    fc.asyncProperty(runs, async ({ processes, max, bursts, seed }) => {
      const { ask } = start(processes, max)
      let sent = 0
      let passed = 0
      for (const [first, size] of bursts) {
        const burst = Array.from({ length: size }, (_, n) => ask(first + n * (seed % 3)))
        passed += (await Promise.all(burst)).filter((one) => one).length
        sent += size
      }
      const untoldMax = Math.floor(max / (8 * Math.max(4, processes)))
      assert.ok(passed >= Math.min(sent, max), `${passed} of ${sent} passed, the limit is ${max}`)
      assert.ok(passed <= max + (processes - 1) * untoldMax, `${passed} passed, not ${max}`)
    }),
    { numRuns: 300 },
  )
})

test('a visitor who clicks a few times costs no question, a limit of few requests asks each time', async () => {
  const rare = start(4, 120)
  for (let click = 0; click < 3; click += 1) assert.equal(await rare.ask(0), true)
  assert.equal(rare.questions(), 0)
  assert.equal(await rare.ask(0), true)
  assert.equal(rare.questions(), 1)

  const strict = start(4, 30)
  for (let request = 1; request <= 3; request += 1) {
    assert.equal(await strict.ask(request), true)
    assert.equal(strict.questions(), request)
  }
})

test('who is over the limit is refused without further questions', async () => {
  const limits = start(2, 2)
  const answers = [await limits.ask(0), await limits.ask(1), await limits.ask(0)]
  assert.deepEqual(answers, [true, true, false])
  const asked = limits.questions()
  for (let n = 0; n < 100; n += 1) assert.equal(await limits.ask(0), false)
  assert.equal(limits.questions(), asked)
})

test('while the counts cannot be reached, each process counts for itself', async () => {
  const limits = start(2, 5)
  limits.breakDown()
  const answers = []
  for (let n = 0; n < 7; n += 1) answers.push(await limits.ask(0))
  assert.deepEqual(answers, [true, true, true, true, true, false, false])
  assert.equal(await limits.ask(1), true)
})

/** Limits of several processes, asked for one caller. */
function start(processes: number, max: number) {
  const stored = new Map<string, number>()
  let questions = 0
  let isBroken = false
  const counts: SharedCounts = {
    async add(minute, who, requests) {
      questions += 1
      await turn()
      if (isBroken) throw new Error('no database')
      const total = (stored.get(`${minute} ${who}`) ?? 0) + requests
      stored.set(`${minute} ${who}`, total)
      await turn()
      return total
    },
  }
  const settings = { click: max, browserLead: max, write: max, read: max, testEvent: max }
  const clock = { nowMs: () => startMs }
  const limits = Array.from({ length: processes }, () =>
    createRateLimits(settings, clock, { counts, processes }),
  )
  const reply = { header: () => reply } as unknown as FastifyReply
  return {
    questions: () => questions,
    breakDown: () => {
      isBroken = true
    },
    async ask(process: number): Promise<boolean> {
      try {
        await limits[process % processes]?.byKey('click', caller, reply)
        return true
      } catch (error) {
        assert.ok(error instanceof ApiError, String(error))
        assert.equal(error.code, 'rate_limited')
        return false
      }
    },
  }
}
