import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { StartError } from '../shared/errors.ts'

/** The browser's script as it is served. */
export interface TrackerScript {
  code: Buffer
  /** `1.2.3`. */
  version: string
}

/** Next to the server, from its sources and when it is compiled alike. */
const built = new URL('../../../tracker/dist/', import.meta.url)
const name = '/js/affitor-tracker'
/** Short, because pages that name no exact version are to get a mended one soon. */
const currentCache = 'public, max-age=3600, stale-while-revalidate=86400'
/** What an exact version is never changes. */
const exactCache = 'public, max-age=31536000, immutable'

/** Throws StartError when it was not built. */
export async function readTrackerScript(): Promise<TrackerScript> {
  try {
    const [code, version] = await Promise.all([
      readFile(new URL('affitor-tracker.js', built)),
      readFile(new URL('version', built), 'utf8'),
    ])
    return { code, version: version.trim() }
  } catch (error) {
    throw new StartError(`The tracker script is not built: run npm start (${String(error)})`)
  }
}

interface Variant {
  body: Buffer
  encoding: string | null
  etag: string
}

/**
 * Serves the script under its name, under its major version (`@1`) and under its exact one. Pages of any
 * site load it, and may name its hash.
 */
export function registerTrackerScript(app: FastifyInstance, { code, version }: TrackerScript) {
  const variants = makeVariants(code)
  const serve = (url: string, cache: string) =>
    app.route({
      method: 'GET',
      url,
      schema: { hide: true },
      handler: async (request, reply) => answer(variants, cache, request, reply),
    })
  serve(`${name}.js`, currentCache)
  serve(`${name}@${version.split('.')[0]}.js`, currentCache)
  serve(`${name}@${version}.js`, exactCache)
}

/** The best first. */
function makeVariants(code: Buffer): Variant[] {
  const hash = createHash('sha256').update(code).digest('base64url').slice(0, 27)
  return [
    { body: brotliCompressSync(code), encoding: 'br', etag: `"${hash}-br"` },
    { body: gzipSync(code, { level: 9 }), encoding: 'gzip', etag: `"${hash}-gzip"` },
    { body: code, encoding: null, etag: `"${hash}"` },
  ]
}

function answer(
  variants: readonly Variant[],
  cache: string,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const accepted = acceptedEncodings(request.headers['accept-encoding'])
  const chosen = variants.find(({ encoding }) => encoding === null || accepted.has(encoding))
  if (chosen === undefined) throw new Error('The script has no plain variant')
  reply
    .header('cache-control', cache)
    .header('etag', chosen.etag)
    .header('vary', 'accept-encoding')
    .header('access-control-allow-origin', '*')
    .header('cross-origin-resource-policy', 'cross-origin')
    .header('x-content-type-options', 'nosniff')
  if (isKnown(request.headers['if-none-match'], variants)) return reply.code(304).send()
  if (chosen.encoding !== null) reply.header('content-encoding', chosen.encoding)
  return reply.type('text/javascript; charset=utf-8').send(chosen.body)
}

/** `gzip, br;q=0` accepts gzip alone. */
function acceptedEncodings(header: string | string[] | undefined): Set<string> {
  const offers = [header ?? []].flat().join(',').split(',')
  return new Set(
    offers.flatMap((offer) => {
      const [encoding = '', ...parameters] = offer.split(';').map((part) => part.trim())
      return parameters.some((one) => /^q=0(\.0*)?$/.test(one)) ? [] : [encoding.toLowerCase()]
    }),
  )
}

/** Any variant's tag will do: they are the same script. */
function isKnown(header: string | undefined, variants: readonly Variant[]): boolean {
  const tags = (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes('*') || variants.some(({ etag }) => tags.includes(etag))
}
