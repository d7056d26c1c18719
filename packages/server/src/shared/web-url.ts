import { cleanText } from './text.ts'

const URL_CHARS_MAX = 2_048
const VALUE_CHARS_MAX = 200
/** Longer input is not looked at: no page has such an address, and parsing it costs. */
const INPUT_CHARS_MAX = 16_384
const KEPT_PARAMETER = /^(aff|utm_[a-z0-9_]{1,32})$/

/**
 * What is kept of a page's address: no credentials, no fragment, and of the query only `aff` and `utm_*`,
 * because queries carry tokens and emails. Path segments with an `@` are masked. Null unless http(s).
 */
export function storedUrl(raw: string): string | null {
  const url = parseWebUrl(raw)
  if (url === null) return null
  const path = url.pathname
    .split('/')
    .map((segment) => (/@|%40/i.test(segment) ? '***' : segment))
    .join('/')
  const query = new URLSearchParams()
  for (const [name, value] of url.searchParams) {
    if (KEPT_PARAMETER.test(name)) query.append(name, cleanText(value, VALUE_CHARS_MAX))
  }
  const whole = `${url.origin}${path}${query.size > 0 ? `?${query}` : ''}`
  // The query goes first: a cut one could end in half a parameter.
  if (whole.length <= URL_CHARS_MAX) return whole
  return `${url.origin}${path}`.slice(0, URL_CHARS_MAX)
}

export type AffCode = { kind: 'ok'; code: string } | { kind: 'invalid_url' } | { kind: 'missing' }

/** The partner code in the `aff` parameter of a landing URL. A missing scheme is taken as https. */
export function affCode(raw: string): AffCode {
  const url = parseWebUrl(raw) ?? parseWithoutScheme(raw)
  if (url === null) return { kind: 'invalid_url' }
  const code = url.searchParams.getAll('aff').find((value) => value.trim() !== '')
  return code === undefined ? { kind: 'missing' } : { kind: 'ok', code: code.trim() }
}

function parseWebUrl(raw: string): URL | null {
  if (raw.length > INPUT_CHARS_MAX || !URL.canParse(raw)) return null
  const url = new URL(raw)
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : null
}

function parseWithoutScheme(raw: string): URL | null {
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+([:/?]|$)/i.test(raw.slice(0, 300))) return null
  return parseWebUrl(`https://${raw}`)
}
