import { setTimeout as delay } from 'node:timers/promises'

/** SIGINT ends sessions and writes a checkpoint, which takes a moment on a slow disk. */
const fastShutdownMs = 6_000
/** After SIGQUIT, PostgreSQL kills its own children after 5 seconds at the latest. */
const immediateShutdownMs = 3_000

/**
 * Ends a postmaster: first with a clean shutdown, then without the final checkpoint, which the
 * next start makes up for from its log. Takes at most 9 seconds.
 * @returns whether it has ended.
 */
export async function stopPostmaster(
  pid: number,
  isGone: () => boolean | Promise<boolean>,
): Promise<boolean> {
  const steps = [
    { signal: 'SIGINT', waitMs: fastShutdownMs },
    { signal: 'SIGQUIT', waitMs: immediateShutdownMs },
  ] as const
  for (const { signal, waitMs } of steps) {
    if (await isGone()) return true
    try {
      process.kill(pid, signal)
    } catch {
      // It ended between the two calls; the next question shows it.
    }
    const untilMs = performance.now() + waitMs
    while (performance.now() < untilMs) {
      if (await isGone()) return true
      await delay(20)
    }
  }
  return isGone()
}
