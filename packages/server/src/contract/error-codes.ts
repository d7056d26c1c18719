/** Every error code that an answer may carry, with its status: the one table from code to status. */
export const errorStatus = {
  invalid_request: 400,
  malformed_json: 400,
  link_not_found: 400,
  link_misconfigured: 400,
  customer_not_found: 400,
  customer_foreign: 400,
  no_attribution: 400,
  no_partner: 400,
  refund_exceeds_sale: 400,
  program_not_found: 400,
  missing_credentials: 401,
  invalid_credentials: 401,
  not_found: 404,
  sale_not_found: 404,
  method_not_allowed: 405,
  duplicate_transaction: 409,
  transaction_mismatch: 409,
  payload_too_large: 413,
  uri_too_long: 414,
  unsupported_media_type: 415,
  rate_limited: 429,
  internal_error: 500,
  overloaded: 503,
} as const

export type ErrorCode = keyof typeof errorStatus

/**
 * An answer other than success. The message goes to the caller as it is: one sentence that names the
 * field and never holds a secret, an email or another program's data.
 */
export class ApiError extends Error {
  override name = 'ApiError'
  readonly code: ErrorCode
  /** Fields beside the error, such as the ids of the sale that a duplicate repeats. */
  readonly extra: Readonly<Record<string, unknown>>
  readonly retryAfterSeconds: number | undefined

  constructor(
    code: ErrorCode,
    message: string,
    options: { extra?: Record<string, unknown>; retryAfterSeconds?: number } = {},
  ) {
    super(message)
    this.code = code
    this.extra = options.extra ?? {}
    this.retryAfterSeconds = options.retryAfterSeconds
  }

  get status(): number {
    return errorStatus[this.code]
  }
}
