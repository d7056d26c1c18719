import { setTimeout as delay } from 'node:timers/promises'
import type { Postmaster } from './launch.ts'
import { stopPostmaster } from './postmaster.ts'

const restartsPerMinuteMax = 5

export interface Supervised {
  stop(): Promise<void>
}

interface Supervision {
  launch: (signal: AbortSignal) => Promise<Postmaster>
  log: (message: string, details?: Record<string, unknown>) => void
  onFatal: (error: Error) => void
}

/**
 * Keeps PostgreSQL running until `stop()`: one that dies is started again, at most 5 times a
 * minute; beyond that `onFatal` is called once and nothing is restarted any more.
 * @throws StartError when the first launch fails.
 */
export async function supervise(supervision: Supervision): Promise<Supervised> {
  const stopping = new AbortController()
  let current = await supervision.launch(stopping.signal)
  // When the server ends without `stop()`, by a crash of its own, this still ends the database.
  const endWithProcess = () => interrupt(current)
  process.on('exit', endWithProcess)

  const aborted = new Promise((resolve) => {
    stopping.signal.addEventListener('abort', resolve)
  })
  // Only this loop stops PostgreSQL, so that one which comes up while the server stops is not
  // overlooked. Whether none runs any more at the end.
  const watch = async (): Promise<boolean> => {
    const restartsAtMs: number[] = []
    for (;;) {
      await Promise.race([current.ended, aborted])
      if (stopping.signal.aborted) return stopPostmaster(current.pid, current.hasEnded)
      const next = await relaunch(supervision, restartsAtMs, stopping.signal)
      if (next === null) return true
      current = next
    }
  }
  const watching = watch()

  return {
    stop: async () => {
      stopping.abort()
      const gone = await watching
      if (!gone) supervision.log('PostgreSQL does not end; the next start will stop it')
      process.off('exit', endWithProcess)
    },
  }
}

/** A running PostgreSQL, or null when there shall be none any more. */
async function relaunch(
  { launch, log, onFatal }: Supervision,
  restartsAtMs: number[],
  signal: AbortSignal,
): Promise<Postmaster | null> {
  for (;;) {
    const nowMs = performance.now()
    while ((restartsAtMs[0] ?? nowMs) < nowMs - 60_000) restartsAtMs.shift()
    if (restartsAtMs.length >= restartsPerMinuteMax) {
      onFatal(new Error(`PostgreSQL died more than ${restartsPerMinuteMax} times in a minute`))
      return null
    }
    restartsAtMs.push(nowMs)
    log('PostgreSQL died; starting it again', { restartsThisMinute: restartsAtMs.length })
    try {
      const postmaster = await launch(signal)
      log('PostgreSQL runs again', { tookMs: Math.round(performance.now() - nowMs) })
      return postmaster
    } catch (error) {
      if (signal.aborted) return null
      log('PostgreSQL could not be started again', { error: String(error) })
      await delay(200)
    }
  }
}

function interrupt(postmaster: Postmaster): void {
  if (postmaster.hasEnded()) return
  try {
    process.kill(postmaster.pid, 'SIGINT')
  } catch {
    // It ended by itself.
  }
}
