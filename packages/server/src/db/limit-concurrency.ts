import { OverloadError } from '../shared/errors.ts'
import type { Db } from './database.ts'

/**
 * A view of the database through which only `runningMax` statements run at once. Reports read through
 * one, and codes in other parameters than `aff` are looked up through another: without them, one caller's
 * slow reading, or a flood of addresses, could hold every connection, and clicks would wait for it.
 * Rejects with OverloadError when `waitingMax` statements wait already.
 */
export function limitConcurrency(
  db: Db,
  { runningMax, waitingMax }: { runningMax: number; waitingMax: number },
): Db {
  let running = 0
  const waiting: (() => void)[] = []

  async function enter(): Promise<void> {
    if (running < runningMax) {
      running += 1
      return
    }
    if (waiting.length >= waitingMax) {
      throw new OverloadError('The server is busy, try again shortly', 1)
    }
    // Whoever leaves hands its place on, so the count stays.
    await new Promise<void>((resolve) => waiting.push(resolve))
  }

  function leave(): void {
    const next = waiting.shift()
    if (next === undefined) running -= 1
    else next()
  }

  return {
    async query(statement, values) {
      await enter()
      try {
        return await db.query(statement, values)
      } finally {
        leave()
      }
    },
  }
}
