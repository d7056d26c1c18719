const cleanups = new Set()
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }
const cleanupTimeoutMs = 20_000
let interrupted = false

/**
 * Runs `cleanup` when a signal ends this process, before it exits. Returns the function that takes
 * the cleanup back. The signal handlers exist only while there is something to clean up, so a
 * server started later in the same process finds none in its way.
 */
export function onInterrupt(cleanup) {
  if (cleanups.size === 0) for (const name of Object.keys(exitCodes)) process.on(name, interrupt)
  cleanups.add(cleanup)
  return () => {
    if (!cleanups.delete(cleanup) || cleanups.size > 0 || interrupted) return
    for (const name of Object.keys(exitCodes)) process.off(name, interrupt)
  }
}

/** Whether a signal is ending this process; failures seen from then on are its doing. */
export function isInterrupted() {
  return interrupted
}

async function interrupt(signal) {
  if (interrupted) return
  interrupted = true
  // A cleanup that hangs must not keep a process that was told to stop.
  setTimeout(() => process.exit(exitCodes[signal]), cleanupTimeoutMs).unref()
  // The newest first: a database outlives the tests that use it.
  for (const cleanup of [...cleanups].reverse()) await Promise.resolve(cleanup()).catch(() => {})
  process.exit(exitCodes[signal])
}
