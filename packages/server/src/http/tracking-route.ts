import type { FastifyInstance, RouteOptions } from 'fastify'

const trackingBase = '/api/v1/track'
const legacyBase = '/api/tracking'

/** A tracking call: one handler, served at the v1 path and at its legacy alias. */
export function trackingRoute(
  app: FastifyInstance,
  name: 'click' | 'lead' | 'sale' | 'refund',
  route: Omit<RouteOptions, 'method' | 'url'>,
): void {
  app.route({ ...route, method: 'POST', url: `${trackingBase}/${name}` })
  const successor = `<${trackingBase}/${name}>; rel="successor-version"`
  const hooks = route.onRequest === undefined ? [] : [route.onRequest].flat()
  app.route({
    ...route,
    method: 'POST',
    url: `${legacyBase}/${name}`,
    schema: {
      ...route.schema,
      operationId: `${route.schema?.operationId ?? name}Legacy`,
      summary: `${route.schema?.summary ?? name} (legacy path)`,
      description: `Behaves as \`POST ${trackingBase}/${name}\`. Kept for existing clients.`,
      deprecated: true,
    },
    onRequest: [
      async (_request, reply) => {
        reply.header('deprecation', 'true')
        reply.header('link', successor)
      },
      ...hooks,
    ],
  })
}
