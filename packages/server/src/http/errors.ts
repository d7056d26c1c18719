import type { Socket } from 'node:net'
import type {
  ConnectionError,
  FastifyError,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
} from 'fastify'
import { ApiError } from '../contract/error-codes.ts'
import { OverloadError } from '../shared/errors.ts'
import { errorBody } from './families.ts'
import { makeRequestId } from './request-id.ts'
import { validationMessage } from './validation.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a caller reads when this route fails for a reason that is ours. */
    failureMessage?: string
  }
}

/** Answers every error of the app from one table, in the envelope of its family. */
export function registerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const answer = toApiError(error, request)
    if (answer.status >= 500) {
      // The message and stack only: a database error's detail may quote what a visitor sent.
      request.log.error(
        {
          route: request.routeOptions.url,
          error: error.message,
          stack: error.stack,
        },
        'request failed',
      )
    }
    return sendError(request, reply, answer)
  })
  // Before the body is read: what is wrong with a body matters only where somebody takes it.
  app.addHook('onRequest', async (request) => {
    if (request.is404) throw nothingHere()
  })
  // For routes that find nothing behind their pattern, such as a file of /docs.
  app.setNotFoundHandler((request, reply) => sendError(request, reply, nothingHere()))
}

/** For bytes that are no HTTP at all: there is no request, so the answer is written by hand. */
export function answerBrokenHttp(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return
  const id = makeRequestId()
  const isTooLarge = error.code === 'HPE_HEADER_OVERFLOW'
  const status = isTooLarge ? '431 Request Header Fields Too Large' : '400 Bad Request'
  const message = isTooLarge ? 'The headers are too large' : 'The request is not valid HTTP'
  const body = JSON.stringify({
    error: {
      code: 'invalid_request',
      message,
      status: isTooLarge ? 431 : 400,
      request_id: id,
    },
  })
  socket.end(
    `HTTP/1.1 ${status}\r\nx-request-id: ${id}\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}

/** For what fails before a route is found, such as a path that cannot be decoded: no hook has run yet. */
export function answerFrameworkError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  reply.header('x-request-id', request.id)
  const answer =
    error.code === 'FST_ERR_MAX_PARAM_LENGTH'
      ? new ApiError('uri_too_long', 'The path is too long')
      : new ApiError('invalid_request', 'The path cannot be decoded')
  sendError(request, reply, answer)
}

function sendError(request: FastifyRequest, reply: FastifyReply, error: ApiError) {
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', error.retryAfterSeconds)
  return reply.code(error.status).send(errorBody(request, error))
}

function nothingHere(): ApiError {
  return new ApiError('not_found', 'There is nothing at this path')
}

function toApiError(error: FastifyError, request: FastifyRequest): ApiError {
  if (error instanceof ApiError) return error
  if (error instanceof OverloadError) {
    return new ApiError('overloaded', error.message, { retryAfterSeconds: error.retryAfterSeconds })
  }
  if (error.validation) return new ApiError('invalid_request', validationMessage(error.validation))
  switch (error.statusCode) {
    case 400:
      return new ApiError('invalid_request', 'The request could not be read')
    case 403:
    case 404:
      return nothingHere()
    case 413:
      return new ApiError('payload_too_large', 'The body must be at most 64 KiB')
    case 414:
      return new ApiError('uri_too_long', 'The path is too long')
    case 415:
      return new ApiError('unsupported_media_type', 'Content-Type must be application/json')
    default:
      return new ApiError(
        'internal_error',
        request.routeOptions.config.failureMessage ?? 'Something went wrong on our side',
      )
  }
}
