import { failure, type Result } from './result.ts'

export interface Attempt {
  url: string
  method: 'GET' | 'POST'
  headers: Record<string, string>
  body: string | undefined
  timeoutMs: number
  fetch: typeof globalThis.fetch
  signal: AbortSignal | undefined
}

type Json = Record<string, unknown>

/** Sends once, and reads whatever comes back. */
export async function attempt(request: Attempt): Promise<Result<Json>> {
  const { url, method, headers, body, signal } = request
  const cut = new AbortController()
  const abort = () => cut.abort()
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    cut.abort()
  }, request.timeoutMs)
  signal?.addEventListener('abort', abort)
  try {
    if (signal?.aborted) return aborted()
    const response = await request.fetch(url, {
      method,
      headers,
      signal: cut.signal,
      ...(body === undefined ? {} : { body }),
    })
    return readAnswer(response, await response.text())
  } catch (error) {
    if (signal?.aborted) return aborted()
    if (isLate) return failure(0, 'timeout', `No answer within ${request.timeoutMs} ms`)
    return failure(0, 'network_error', `The server could not be reached: ${reason(error)}`)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}

export function aborted() {
  return failure(0, 'aborted', 'The call was aborted')
}

function readAnswer(response: Response, text: string): Result<Json> {
  const { status } = response
  const more = {
    requestId: response.headers.get('x-request-id'),
    retryAfterSeconds: retryAfter(response.headers.get('retry-after')),
  }
  const body = parse(text)
  if (body === null) {
    const message = 'The answer is not JSON: is this the address of an Affitor server?'
    return failure(status, 'invalid_response', message, more)
  }
  if (response.ok) return { ok: true, status, data: body, error: null }
  if (status === 409 && body.code === 'duplicate_transaction') {
    return { ok: true, status, data: { ...body, success: true, duplicate: true }, error: null }
  }
  // The tracking calls have the message in `error`, all others an object.
  const { error } = body
  if (typeof error === 'string') {
    return failure(status, String(body.code ?? 'request_failed'), error, more)
  }
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown }
  return failure(
    status,
    String(code ?? 'request_failed'),
    String(message ?? `The server answered ${status}`),
    more,
  )
}

function parse(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Json)
      : null
  } catch {
    return null
  }
}

function retryAfter(header: string | null): number | null {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) : null
}

/** Runtimes hide the reason of a failed connection in `cause`. */
function reason(error: unknown): string {
  const { cause } = error as { cause?: unknown }
  const { code, message } = (cause ?? error) as { code?: unknown; message?: unknown }
  return String(code ?? message ?? error)
}
