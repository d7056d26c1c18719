import {
  answerFirstParty,
  bodyBytesMax,
  type FirstPartyAnswer,
  firstPartyPath,
  parseJson,
  refuse,
} from './first-party.ts'

export { type AffitorCookies, readAffitorCookies } from './cookies.ts'

/** Where the tracker's `data-affitor-first-party` points to. Default `/a/c`. */
export interface FirstPartyOptions {
  path?: string
}

/** What Node's own requests and Express's have in common. */
export interface NodeRequest extends AsyncIterable<Uint8Array | string> {
  method?: string | undefined
  url?: string | undefined
  headers: Record<string, string | string[] | undefined>
  /** Parsed already, where a body parser came before. */
  body?: unknown
}

export interface NodeResponse {
  statusCode: number
  setHeader(name: string, value: string | string[]): unknown
  end(body: string): unknown
}

/** `app.use(affitorExpress())`, for Express 4 and 5 and whatever takes `(request, response, next)`. */
export function affitorExpress({ path = firstPartyPath }: FirstPartyOptions = {}) {
  return (request: NodeRequest, response: NodeResponse, next: (error?: unknown) => void): void => {
    if (pathOf(request.url) === path) answerNode(request, response).catch(next)
    else next()
  }
}

/** `export default affitorPages()` in `pages/api/…`, for Next.js. */
export function affitorPages() {
  return (request: NodeRequest, response: NodeResponse): Promise<void> =>
    answerNode(request, response)
}

/**
 * `export const POST = affitorRoute()` in `app/a/c/route.ts` of Next.js, `app.post('/a/c', (c) =>
 * affitorRoute()(c.req.raw))` in Hono, and everywhere that a Request becomes a Response.
 */
export function affitorRoute() {
  return async (request: Request): Promise<Response> => {
    const text = await readText(request.body)
    const made =
      text === null
        ? tooLarge
        : answerFirstParty({
            method: request.method,
            header: (name) => request.headers.get(name),
            body: parseJson(text),
          })
    const headers = new Headers()
    for (const [name, value] of made.headers) headers.append(name, value)
    return new Response(made.body, { status: made.status, headers })
  }
}

/** What of Fastify is needed. */
interface FastifyLike {
  // biome-ignore lint/suspicious/noExplicitAny: Fastify's own types are far more particular
  route(options: any): unknown
}

interface FastifyRequestLike {
  method: string
  headers: Record<string, string | string[] | undefined>
  body: unknown
}

interface FastifyReplyLike {
  code(status: number): FastifyReplyLike
  header(name: string, value: string): FastifyReplyLike
  send(body: string): FastifyReplyLike
}

/** `app.register(affitorFastify)`, or with `{ path }`. */
export async function affitorFastify(
  app: FastifyLike,
  { path = firstPartyPath }: FirstPartyOptions = {},
): Promise<void> {
  app.route({
    method: 'POST',
    url: path,
    bodyLimit: bodyBytesMax,
    handler: async (request: FastifyRequestLike, reply: FastifyReplyLike) => {
      const { method, body } = request
      const made = answerFirstParty({ method, header: headerOf(request), body })
      reply.code(made.status)
      for (const [name, value] of made.headers) reply.header(name, value)
      return reply.send(made.body)
    },
  })
}

const drainedBytesMax = 1_024 * 1_024
const tooLarge = refuse(413, `The body must be at most ${bodyBytesMax} bytes`)

async function answerNode(request: NodeRequest, response: NodeResponse): Promise<void> {
  const { method = '' } = request
  let made: FirstPartyAnswer
  if (request.body !== undefined) {
    made = answerFirstParty({ method, header: headerOf(request), body: request.body })
  } else {
    const text = method === 'POST' ? await readText(request) : ''
    made =
      text === null
        ? tooLarge
        : answerFirstParty({ method, header: headerOf(request), body: parseJson(text) })
  }
  response.statusCode = made.status
  const cookies = made.headers.filter(([name]) => name === 'set-cookie').map(([, value]) => value)
  for (const [name, value] of made.headers) {
    if (name !== 'set-cookie') response.setHeader(name, value)
  }
  if (cookies.length > 0) response.setHeader('set-cookie', cookies)
  response.end(made.body)
}

function headerOf({ headers }: { headers: NodeRequest['headers'] }) {
  return (name: string): string | null => {
    const value = headers[name]
    return Array.isArray(value) ? (value[0] ?? null) : (value ?? null)
  }
}

/**
 * Null when it is too large. What is a little too large is read to its end all the same: a connection that
 * ends before the caller has said everything loses the answer.
 */
async function readText(
  body: AsyncIterable<Uint8Array | string> | ReadableStream<Uint8Array> | null,
): Promise<string | null> {
  if (body === null) return ''
  const decoder = new TextDecoder()
  let text = ''
  let length = 0
  for await (const part of body as AsyncIterable<Uint8Array | string>) {
    length += part.length
    if (length > drainedBytesMax) return null
    if (length > bodyBytesMax) continue
    text += typeof part === 'string' ? part : decoder.decode(part, { stream: true })
  }
  return length > bodyBytesMax ? null : text
}

function pathOf(url: string | undefined): string {
  return (url ?? '').split('?', 1)[0] ?? ''
}
