import { cleanText, isStorable } from './text.ts'

const URL_CHARS_MAX = 2_048
const VALUE_CHARS_MAX = 200
const CODE_CHARS_MAX = 255
/** Nobody needs more, and each is looked up. */
const OTHERS_MAX = 20
const AFF = 'aff'
/** Longer input is not looked at: no page has such an address, and parsing it costs milliseconds. */
const INPUT_CHARS_MAX = 16_384
/** The longest name that DNS can hold. */
const HOST_CHARS_MAX = 253
const KEPT_PARAMETER = /^(aff|utm_[a-z0-9_]{1,32})$/
/** An `@`, plain or percent-encoded any number of times. */
const HOLDS_EMAIL = /@|%(25)*40/i
/** Base64 of a JSON object, as in the signed tokens of login and reset links. */
const HOLDS_TOKEN = /eyJ[\w-]{16}/
const MASK = '***'

/**
 * What is kept of a page's address: no credentials, no fragment, and of the query only `aff` and `utm_*`
 * (the first of each that is not empty), because queries carry tokens and emails. Path segments and
 * values that hold an email or a token are masked. At most 2,048 ASCII characters. Null unless http(s).
 */
export function storedUrl(raw: string): string | null {
  const url = parseWebUrl(raw)
  return url === null ? null : toStored(url)
}

export type AffCode =
  | { kind: 'ok'; code: string }
  | { kind: 'invalid_url' }
  /** No `aff`. Other parameters may carry a code, if the program of its link reads them. */
  | { kind: 'missing'; others: { parameter: string; code: string }[] }

/**
 * A landing URL read once. `aff` is the partner code in its `aff` parameter: the first that is not empty,
 * trimmed, cut to 255 characters, a missing scheme taken as https. It is as the visitor sent it, so look
 * it up, do not store it. `stored` is what is kept of the URL: see `storedUrl`.
 */
export function readLanding(raw: string): { aff: AffCode; stored: string | null } {
  const url = parseWebUrl(raw)
  return {
    aff: codeIn(url ?? parseWithoutScheme(raw.trim())),
    stored: url === null ? null : toStored(url),
  }
}

function codeIn(url: URL | null): AffCode {
  if (url === null) return { kind: 'invalid_url' }
  const code = url.searchParams.getAll(AFF).find((value) => value.trim() !== '')
  if (code === undefined) return { kind: 'missing', others: otherCodes(url) }
  return { kind: 'ok', code: code.trim().slice(0, CODE_CHARS_MAX) }
}

function otherCodes(url: URL): { parameter: string; code: string }[] {
  const others: { parameter: string; code: string }[] = []
  for (const [parameter, value] of url.searchParams) {
    const code = value.trim().slice(0, CODE_CHARS_MAX)
    if (code !== '' && isStorable(parameter)) others.push({ parameter, code })
    if (others.length >= OTHERS_MAX) break
  }
  return others
}

/** The same landing URL with its code in `aff`, which is where everything else looks for it. */
export function withAffCode(raw: string, code: string): string {
  const url = parseWebUrl(raw) ?? parseWithoutScheme(raw.trim())
  if (url === null) return raw
  url.searchParams.set(AFF, code)
  return url.href
}

function toStored(url: URL): string {
  const whole = url.origin + storedPath(url) + storedQuery(url)
  if (whole.length <= URL_CHARS_MAX) return whole
  // The query goes first: a cut one could end in half a parameter.
  return (url.origin + storedPath(url)).slice(0, URL_CHARS_MAX).replace(/%[0-9a-f]?$/i, '')
}

function storedPath(url: URL): string {
  return url.pathname.split('/').map(masked).join('/')
}

function storedQuery(url: URL): string {
  const kept = new URLSearchParams()
  for (const [name, value] of url.searchParams) {
    const clean = masked(cleanText(value, VALUE_CHARS_MAX))
    if (KEPT_PARAMETER.test(name) && clean !== '' && !kept.has(name)) kept.append(name, clean)
  }
  return kept.size > 0 ? `?${kept}` : ''
}

function masked(text: string): string {
  return HOLDS_EMAIL.test(text) || HOLDS_TOKEN.test(text) ? MASK : text
}

function parseWebUrl(raw: string): URL | null {
  // Fragments are kept nowhere, and some pages hold their whole state in one.
  const text = raw.split('#', 1)[0] ?? ''
  if (text.length > INPUT_CHARS_MAX || !URL.canParse(text)) return null
  const url = new URL(text)
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:'
  return isWeb && url.hostname.length <= HOST_CHARS_MAX ? url : null
}

/** `example.com/?aff=x`, also with a port. A path, an email or another scheme is no host with a dot. */
function parseWithoutScheme(raw: string): URL | null {
  const isHost = /^[\p{L}\p{N}\p{M}-]+(\.[\p{L}\p{N}\p{M}-]+)+(:\d{1,5})?(?=[/?#]|$)/u.test(raw)
  return isHost ? parseWebUrl(`https://${raw}`) : null
}
