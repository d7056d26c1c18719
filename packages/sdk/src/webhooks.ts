/**
 * Checks that a webhook comes from your Affitor server and is fresh, by the rules of Standard Webhooks
 * (https://www.standardwebhooks.com). Runs wherever there is Web Crypto.
 */

export type Verdict<Payload> =
  | { ok: true; id: string; timestamp: Date; payload: Payload; error: null }
  | { ok: false; payload: null; error: WebhookError }

export interface WebhookError {
  code:
    | 'missing_headers'
    | 'invalid_timestamp'
    | 'too_old'
    | 'too_new'
    | 'wrong_signature'
    | 'invalid_payload'
  message: string
}

export interface VerifyOptions {
  /** How old, or how far ahead, a webhook may be. Default 300. */
  toleranceSeconds?: number
  /** Default: now. */
  nowMs?: number
}

type HeaderSource = Headers | Record<string, string | string[] | undefined>

const secretPrefix = 'whsec_'
const signaturesMax = 20

/**
 * `payload` is the body as it came, before anything parsed it. `secret` is `whsec_…`; while you change it,
 * a list of the old and the new one. Throws TypeError for a secret that cannot be one.
 */
export async function verifyWebhook<Payload = unknown>(
  payload: string | Uint8Array,
  headers: HeaderSource,
  secret: string | readonly string[],
  { toleranceSeconds = 300, nowMs = Date.now() }: VerifyOptions = {},
): Promise<Verdict<Payload>> {
  const keys = [secret].flat().map(toKey)
  const id = header(headers, 'webhook-id')
  const sentAt = header(headers, 'webhook-timestamp')
  const signatures = header(headers, 'webhook-signature')
  if (!id || !sentAt || !signatures) {
    return refuse(
      'missing_headers',
      'webhook-id, webhook-timestamp and webhook-signature are required',
    )
  }
  if (!/^\d{1,12}$/.test(sentAt)) {
    return refuse('invalid_timestamp', 'webhook-timestamp must be seconds since 1970')
  }
  const ageSeconds = nowMs / 1_000 - Number(sentAt)
  if (ageSeconds > toleranceSeconds) return refuse('too_old', 'The webhook is too old')
  if (-ageSeconds > toleranceSeconds) return refuse('too_new', 'The webhook is from the future')
  const body = typeof payload === 'string' ? encode(payload) : payload
  const signed = concat(encode(`${id}.${sentAt}.`), body)
  if (!(await isSigned(signed, signatures, keys))) {
    return refuse('wrong_signature', 'No signature fits the secret')
  }
  try {
    const value = JSON.parse(new TextDecoder().decode(body)) as Payload
    return {
      ok: true,
      id,
      timestamp: new Date(Number(sentAt) * 1_000),
      payload: value,
      error: null,
    }
  } catch {
    return refuse('invalid_payload', 'The payload is not JSON')
  }
}

/** `v1,<base64> v1,<base64>`: any of them, under any of the keys. Web Crypto compares in constant time. */
async function isSigned(
  signed: Uint8Array<ArrayBuffer>,
  header: string,
  keys: readonly Uint8Array<ArrayBuffer>[],
): Promise<boolean> {
  const signatures = header.split(' ').slice(0, signaturesMax).flatMap(fromV1)
  for (const bytes of keys) {
    const algorithm = { name: 'HMAC', hash: 'SHA-256' }
    const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['verify'])
    for (const signature of signatures) {
      if (await crypto.subtle.verify('HMAC', key, signature, signed)) return true
    }
  }
  return false
}

function fromV1(text: string): Uint8Array<ArrayBuffer>[] {
  const [version, base64 = ''] = text.split(',')
  const bytes = version === 'v1' ? fromBase64(base64) : null
  return bytes === null ? [] : [bytes]
}

function toKey(secret: string): Uint8Array<ArrayBuffer> {
  const text = secret.startsWith(secretPrefix) ? secret.slice(secretPrefix.length) : secret
  const bytes = fromBase64(text)
  if (bytes === null || bytes.length === 0) {
    throw new TypeError('secret must be whsec_ and base64')
  }
  return bytes
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
  } catch {
    return null
  }
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(a.length + b.length)
  all.set(a)
  all.set(b, a.length)
  return all
}

function header(headers: HeaderSource, name: string): string | null {
  if (typeof (headers as Headers).get === 'function') return (headers as Headers).get(name)
  for (const [own, value] of Object.entries(headers as Record<string, string | string[]>)) {
    if (own.toLowerCase() === name) return [value].flat()[0] ?? null
  }
  return null
}

function refuse(code: WebhookError['code'], message: string): Verdict<never> {
  return { ok: false, payload: null, error: { code, message } }
}
