/** Hygiene for text that comes from outside. What these return can always be stored in PostgreSQL. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: dropping them is the point
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
/** Deeper than any body may be; only guards against a caller that forgot to check. */
const JSON_DEPTH_MAX = 64

/** Free text: control characters dropped, broken Unicode replaced, cut to `charsMax` UTF-16 units. */
export function cleanText(value: string, charsMax: number): string {
  // Cut before cleaning too, so that the work does not grow with what an attacker sends.
  const clean = wellFormed(value.slice(0, charsMax * 2).replace(CONTROL, ''))
  if (clean.length <= charsMax) return clean
  const cutsPair = isHighSurrogate(clean.charCodeAt(charsMax - 1))
  return clean.slice(0, cutsPair ? charsMax - 1 : charsMax)
}

/**
 * Whether an identifier can be stored as it is. Identifiers are compared exactly, so one that
 * cannot is refused: cleaning could make two of them equal.
 */
export function isStorable(value: string): boolean {
  return !value.includes('\0') && value.search(LONE_SURROGATE) === -1
}

/** Any JSON value with its strings and keys storable; nothing is cut. */
export function cleanJson(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return cleanJsonText(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth >= JSON_DEPTH_MAX) return null
  if (Array.isArray(value)) return value.map((item) => cleanJson(item, depth + 1))
  // fromEntries defines properties, so a key named __proto__ stays an ordinary key.
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [cleanJsonText(key), cleanJson(item, depth + 1)]),
  )
}

/** The form in which emails are hashed: the same address written differently is one customer. */
export function normaliseEmail(email: string): string {
  return wellFormed(email).trim().normalize('NFC').toLowerCase()
}

/** `ada@example.com` → `a***@e***.com`: enough to recognise one's own, useless to write to. */
export function maskEmail(email: string): string {
  const clean = cleanText(email, 320).trim()
  const at = clean.lastIndexOf('@')
  if (at < 1 || at === clean.length - 1) return '***'
  const domain = clean.slice(at + 1)
  const ending = /\.[a-z0-9-]{2,24}$/i.exec(domain)?.[0] ?? ''
  return `${firstCharacter(clean)}***@${firstCharacter(domain)}***${ending}`
}

function cleanJsonText(text: string): string {
  return wellFormed(text.replaceAll('\0', ''))
}

function wellFormed(text: string): string {
  return text.replace(LONE_SURROGATE, '\ufffd')
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}

function firstCharacter(text: string): string {
  const [first = ''] = text
  return first
}
