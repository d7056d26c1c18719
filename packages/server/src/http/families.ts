import type { FastifyRequest } from 'fastify'
import type { ApiError } from '../contract/error-codes.ts'

/** Whether a path answers errors as `{"error": "<string>"}`: existing trackers and SDKs read a string there. */
export function isTrackingPath(url: string): boolean {
  return /^\/api\/(v1\/track|tracking)(\/|\?|$)/.test(url)
}

/** The body of an error answer, in the envelope of the family that the path belongs to. */
export function errorBody(request: FastifyRequest, error: ApiError): Record<string, unknown> {
  // The route's own path where there is one: a caller may write the same path with escapes.
  if (isTrackingPath(request.routeOptions.url ?? request.url)) {
    return { error: error.message, code: error.code, request_id: request.id, ...error.extra }
  }
  return {
    error: {
      code: error.code,
      message: error.message,
      status: error.status,
      ...(error.retryAfterSeconds === undefined
        ? {}
        : { retry_after_seconds: error.retryAfterSeconds }),
      request_id: request.id,
    },
  }
}
