import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'

const everyMs = 20
/** More than a slow machine needs. */
const deadlineMs = 30_000

/** Asks until the answer is yes. Fails when it is not within 30 seconds. */
export async function until(
  what: string,
  question: () => boolean | Promise<boolean>,
): Promise<void> {
  const giveUpAtMs = performance.now() + deadlineMs
  while (!(await question())) {
    if (performance.now() > giveUpAtMs) assert.fail(`not within 30 s: ${what}`)
    await delay(everyMs)
  }
}
