import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'

/** Asks until the answer is yes; fails after 30 seconds. */
export async function until(
  what: string,
  question: () => boolean | Promise<boolean>,
): Promise<void> {
  const giveUpAtMs = performance.now() + 30_000
  while (!(await question())) {
    assert.ok(performance.now() < giveUpAtMs, `not within 30 s: ${what}`)
    await delay(50)
  }
}
