import { aborted } from './attempt.ts'
import type { Result } from './result.ts'

const firstWaitMs = 250
/** Whoever is told to wait longer is answered now, with `retryAfterSeconds`. */
const waitMaxMs = 30_000

/**
 * Tries again after a failure that may pass: no network, no answer in time, 408, 429 and 5xx. Waits twice
 * as long each time, with chance so that many callers do not come back at once, or as long as the server
 * asks for.
 */
export async function repeat<Data>(
  send: () => Promise<Result<Data>>,
  retries: number,
  signal: AbortSignal | undefined,
): Promise<Result<Data>> {
  for (let failed = 0; ; failed += 1) {
    const result = await send()
    if (result.ok || failed >= retries || !mayPass(result.status, result.error.code)) return result
    const asked = result.error.retryAfterSeconds
    const backOffMs = firstWaitMs * 2 ** failed * (0.5 + Math.random())
    const waitMs = asked === null ? backOffMs : asked * 1_000
    if (waitMs > waitMaxMs) return result
    if (!(await wait(waitMs, signal))) return aborted()
  }
}

function mayPass(status: number, code: string): boolean {
  if (code === 'network_error' || code === 'timeout') return true
  return status === 408 || status === 429 || status >= 500
}

/** False when it was cut short. */
function wait(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve(false)
    const end = (isWhole: boolean) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      resolve(isWhole)
    }
    const onAbort = () => end(false)
    const timer = setTimeout(end, ms, true)
    signal?.addEventListener('abort', onAbort)
  })
}
