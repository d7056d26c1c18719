import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'

/** Keywords that steer our validation and mean nothing to a reader. */
const innerKeywords = new Set([
  'x-error',
  'x-error-maximum',
  'x-error-maxLength',
  'x-identifier',
  'x-currency',
])

/**
 * Everything comes from this server, over whatever it is served with. The hash is of the one style that
 * the page's own script makes.
 */
const docsPolicy = [
  "default-src 'self'",
  "base-uri 'self'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "object-src 'none'",
  "frame-ancestors 'none'",
  "script-src 'self'",
  "script-src-attr 'none'",
  "style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='",
].join('; ')

/** Describes every route from the schemas that validate it, at /openapi.json, and serves a page to browse at /docs. */
export async function registerOpenApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Affitor Tracking API, self-hosted',
        version: '1.0.0',
        description:
          'Send clicks, signups, sales and refunds; read what each partner earned and why. Money is in the smallest unit of its currency. `null` and the empty string mean absent; unknown fields are ignored.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/', description: 'This server' }],
      tags: [
        { name: 'Tracking', description: 'What happened: clicks, signups, sales, refunds.' },
        { name: 'Reading', description: 'What became of it.' },
        { name: 'Operations', description: 'For the people who run the server.' },
      ],
      components: {
        securitySchemes: {
          programKey: {
            type: 'http',
            scheme: 'bearer',
            description: "The program's API key, `aff_` and 43 characters.",
          },
        },
      },
    },
    transform: ({ schema, url }) => ({ schema: withoutInnerKeywords(schema), url }),
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: docsPolicy,
    // Without the bar that would load descriptions of other servers.
    uiConfig: {
      layout: 'BaseLayout',
      deepLinking: true,
      tryItOutEnabled: true,
      validatorUrl: null,
    },
  })
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
}

/** A deep copy without our own keywords. Schemas are trees of plain JSON, and the routes still validate with the original. */
function withoutInnerKeywords<T>(schema: T): T {
  return JSON.parse(
    JSON.stringify(schema ?? {}, (key, value) => (innerKeywords.has(key) ? undefined : value)),
  )
}
