import type { FastifyInstance } from 'fastify'
import { ApiError } from '../contract/error-codes.ts'

const bodyBytesMax = 64 * 1024
export const bodyDepthMax = 20
const strictUtf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads bodies: JSON of at most 64 KiB and 20 levels. An empty body is an empty object, whatever its
 * content type says, because clients send `Content-Type: application/json` with nothing behind it.
 */
export function registerBodyParsing(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: bodyBytesMax },
    (_request, body, done) => {
      try {
        done(null, readJsonObject(decodeUtf8(body)))
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)), undefined)
      }
    },
  )
  app.addContentTypeParser(
    '*',
    { parseAs: 'string', bodyLimit: bodyBytesMax },
    (_request, body, done) => {
      if (String(body) === '') return done(null, {})
      done(
        new ApiError('unsupported_media_type', 'Content-Type must be application/json'),
        undefined,
      )
    },
  )
  // Without a content type and without a body nothing is parsed at all.
  app.addHook('preValidation', async (request) => {
    if (request.body === undefined || request.body === null) request.body = {}
    if (isObject(request.query)) dropAbsent(request.query)
  })
}

/** The JSON object in a body, without its absent fields. Throws ApiError. */
export function readJsonObject(text: string): Record<string, unknown> {
  const json = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  if (json.trim() === '') return {}
  if (isDeeperThan(json, bodyDepthMax)) {
    throw new ApiError('invalid_request', `The body must be at most ${bodyDepthMax} levels deep`)
  }
  const value = parse(json)
  if (!isObject(value)) throw new ApiError('invalid_request', 'The body must be a JSON object')
  dropAbsent(value)
  if (isObject(value.additional_data)) dropAbsent(value.additional_data)
  if (Array.isArray(value.click_ids)) {
    value.click_ids = value.click_ids.filter((id) => id !== null && id !== '')
  }
  return value
}

/** Strictly: replaced bytes would make two different ids one. */
function decodeUtf8(body: string | Buffer): string {
  try {
    return typeof body === 'string' ? body : strictUtf8.decode(body)
  } catch {
    throw new ApiError('malformed_json', 'The body is not valid UTF-8')
  }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    throw new ApiError('malformed_json', 'The body is not valid JSON')
  }
}

/** `null` and the empty string mean absent. A `__proto__` key is never a field of ours. */
function dropAbsent(object: Record<string, unknown>): void {
  for (const key of Object.keys(object)) {
    if (object[key] === null || object[key] === '' || key === '__proto__') delete object[key]
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Counts brackets outside strings, so that a body is refused before anything recurses into it. */
function isDeeperThan(json: string, levels: number): boolean {
  let depth = 0
  let inString = false
  for (let i = 0; i < json.length; i += 1) {
    const char = json.charCodeAt(i)
    if (inString) {
      if (char === 0x5c) i += 1
      else if (char === 0x22) inString = false
    } else if (char === 0x22) inString = true
    else if (char === 0x7b || char === 0x5b) {
      depth += 1
      if (depth > levels) return true
    } else if (char === 0x7d || char === 0x5d) depth -= 1
  }
  return false
}
