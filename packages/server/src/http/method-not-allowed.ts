import type { FastifyInstance, HTTPMethods } from 'fastify'
import { ApiError } from '../contract/error-codes.ts'

const METHODS: readonly HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/**
 * Collects every route as it is added; the function it returns then answers 405 with `Allow` on the
 * other methods of each path. Call it last.
 */
export function watchMethods(app: FastifyInstance): () => void {
  const methodsByUrl = new Map<string, Set<string>>()
  app.addHook('onRoute', (route) => {
    const methods = methodsByUrl.get(route.url) ?? new Set()
    for (const method of [route.method].flat()) methods.add(method)
    methodsByUrl.set(route.url, methods)
  })

  return () => {
    for (const [url, allowed] of [...methodsByUrl]) {
      // The pages to browse the description bring their own routes, some of them twice.
      if (url.includes('*') || url.startsWith('/docs')) continue
      const allow = [...allowed].sort().join(', ')
      const others = METHODS.filter((method) => !allowed.has(method))
      app.route({
        method: others,
        url,
        schema: { hide: true },
        // Before the body is read, as for an unknown path.
        onRequest: async (_request, reply) => {
          reply.header('allow', allow)
          throw new ApiError('method_not_allowed', `Use ${allow.replaceAll(', ', ' or ')} here`)
        },
        handler: async () => undefined,
      })
    }
  }
}
