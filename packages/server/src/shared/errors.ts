/**
 * A problem the operator can mend: wrong setting, busy port, database out of reach.
 * `main` prints its message as one line and exits with a code other than 0;
 * every other error is a bug and prints its stack.
 */
export class StartError extends Error {
  override name = 'StartError'
}

/** The server has more work than it may queue. Nothing was stored; the caller may try again. */
export class OverloadError extends Error {
  override name = 'OverloadError'
  readonly retryAfterSeconds: number

  constructor(message: string, retryAfterSeconds: number) {
    super(message)
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** For switches that must be exhaustive: the compiler refuses a case that was forgotten. */
export function unreachable(value: never): never {
  throw new Error(`Unexpected value ${JSON.stringify(value)}`)
}
