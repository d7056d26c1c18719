/** What a call came to. It never throws: look at `ok`. */
export type Result<Data> = Success<Data> | Failure

export interface Success<Data> {
  ok: true
  /** The HTTP status. A sale that was recorded before has 409, and is a success with the first ids. */
  status: number
  data: Data
  error: null
}

export interface Failure {
  ok: false
  /** The HTTP status; 0 when there was no answer. */
  status: number
  /** What the server sent beside the error, if anything. */
  data: null
  error: CallError
}

export interface CallError {
  /**
   * The server's code, or ours: `invalid_input` (nothing was sent), `network_error`, `timeout`, `aborted`,
   * `invalid_response`.
   */
  code: string
  message: string
  /** The server's name for the request, for its logs. */
  requestId: string | null
  /** When to try again, where the server says so. */
  retryAfterSeconds: number | null
}

export function failure(
  status: number,
  code: string,
  message: string,
  more: Partial<CallError> = {},
): Failure {
  return {
    ok: false,
    status,
    data: null,
    error: { code, message, requestId: null, retryAfterSeconds: null, ...more },
  }
}
