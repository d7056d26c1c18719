import { randomUUID } from 'node:crypto'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'

/** Always made here: an id that a caller chose could collide, or carry something into the logs. */
export function makeRequestId(): string {
  return randomUUID()
}

/**
 * Every answer carries its request's id. At level `debug` each answer is logged with its route's pattern
 * and never with its path or query, which hold ids, codes and sometimes emails.
 */
export function registerRequestIds(app: FastifyInstance, log: FastifyBaseLogger): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  if (log.level !== 'debug' && log.level !== 'trace') return
  app.addHook('onResponse', async (request, reply) => {
    log.debug(
      {
        request_id: request.id,
        method: request.method,
        route: request.routeOptions.url,
        status: reply.statusCode,
        duration_ms: Math.round(reply.elapsedTime * 10) / 10,
      },
      'request',
    )
  })
}
