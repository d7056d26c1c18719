import closeWithGrace from 'close-with-grace'
import { StartError } from '../shared/errors.ts'

/** Everything must have stopped by then; what has not is cut off, and nothing acknowledged is lost. */
const stopTimeoutMs = 9_500

/** What a process does with itself while it starts and runs. */
export interface ProcessLife {
  /** What is to be stopped at the end, the last first. */
  stops: (() => Promise<void> | void)[]
  /** Ends the process with code 1 after stopping in order. */
  fail(error: Error): void
  /** Ends it with code 0 after stopping in order. */
  end(): void
}

/** Signals that a terminal or an init system sends to a server and to its workers alike. */
const signalsForAll = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'] as const

/**
 * Starts, and stops in reverse order on SIGTERM, SIGINT or a fatal error. With `leavesSignals` it stays
 * deaf to signals, because somebody else gets them too and says when to end.
 */
export async function runProcess(
  start: (life: ProcessLife) => Promise<void>,
  { leavesSignals = false } = {},
): Promise<void> {
  const stops: ProcessLife['stops'] = []
  let starting: Promise<void> = Promise.resolve()
  const stopAll = async () => {
    // A signal during the start waits for it: half a start cannot be undone in order.
    await starting.catch(() => undefined)
    for (const stop of stops.splice(0).reverse()) await stop()
  }
  if (leavesSignals) for (const name of signalsForAll) process.on(name, () => undefined)
  const skip = leavesSignals ? [...signalsForAll] : []
  const grace = closeWithGrace({ delay: stopTimeoutMs, logger: false, skip }, async ({ err }) => {
    if (err !== undefined) printError(err)
    await stopAll()
  })
  // Thrown outside of everything, it takes the road of every fatal error: stop in order, exit 1.
  const fail = (error: Error) => {
    setImmediate(() => {
      throw error
    })
  }
  starting = start({ stops, fail, end: () => grace.close() })
  try {
    await starting
  } catch (error) {
    grace.uninstall()
    printError(error)
    await stopAll()
    process.exit(1)
  }
}

function printError(error: unknown): void {
  // What the operator can mend is one line; everything else is a bug and shows where it happened.
  const text =
    error instanceof StartError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error)
  process.stderr.write(`${text}\n`)
}
