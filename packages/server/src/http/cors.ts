import type { FastifyInstance } from 'fastify'
import { isTrackingPath } from './families.ts'

const ALLOWED_HEADERS = 'authorization, content-type'
const EXPOSED_HEADERS =
  'x-request-id, retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset'

/**
 * Lets pages of any site call the tracking paths. Nothing there reads a cookie, so `*` gives a page
 * no right that its visitor did not hand it. The preflight answers JSON with 200, never an empty 204:
 * some clients parse every success.
 */
export function registerCors(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!isTrackingPath(request.routeOptions.url ?? request.url)) return
    reply.header('access-control-allow-origin', '*')
    if (request.method !== 'OPTIONS') {
      reply.header('access-control-expose-headers', EXPOSED_HEADERS)
      return
    }
    reply.header('access-control-allow-methods', 'POST, OPTIONS')
    reply.header('access-control-allow-headers', ALLOWED_HEADERS)
    reply.header('access-control-max-age', 86_400)
    return reply.code(200).send({ success: true })
  })
}
