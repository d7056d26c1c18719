/** Hygiene for text that comes from outside. What these return can always be stored in PostgreSQL. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: dropping them is the point
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
/** Deeper than any body may be; only guards against a caller that forgot to check. */
const JSON_DEPTH_MAX = 64
const EMAIL_CHARS_MAX = 320

/** Free text: control characters dropped, broken Unicode replaced, cut to `charsMax` UTF-16 units. */
export function cleanText(value: string, charsMax: number): string {
  const clean = wellFormed(withoutControls(value))
  if (clean.length <= charsMax) return clean
  // Half of a surrogate pair cannot be stored, so a pair that does not fit goes whole.
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

/**
 * Any JSON value, its strings and keys cleaned like free text; nothing is cut. Of keys that become
 * equal the last one stays. Throws RangeError below 64 levels, which no body that was accepted has.
 */
export function cleanJson(value: unknown): unknown {
  return cleanJsonAt(value, 0)
}

/** The form in which emails are hashed: the same address written differently is one customer. */
export function normaliseEmail(email: string): string {
  return wellFormed(email).trim().normalize('NFC').toLowerCase()
}

/** `ada@example.com` → `a***@e***.com`: enough to recognise one's own, useless to write to. */
export function maskEmail(email: string): string {
  const clean = cleanText(email, EMAIL_CHARS_MAX).trim()
  const at = clean.lastIndexOf('@')
  if (at < 1) return '***'
  const domain = clean.slice(at + 1)
  // It must begin with a letter and be short, or a number or a secret would pass as an ending.
  const ending = /[^.](\.[a-z][a-z0-9-]{1,23})$/i.exec(domain)?.[1] ?? ''
  return `${initial(clean)}***@${initial(domain)}***${ending}`
}

function cleanJsonAt(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return wellFormed(withoutControls(value))
  if (typeof value !== 'object' || value === null) return value
  if (depth >= JSON_DEPTH_MAX) throw new RangeError('JSON is nested too deeply to be cleaned')
  if (Array.isArray(value)) return value.map((item) => cleanJsonAt(item, depth + 1))
  const entries = Object.entries(value).map(([key, item]) => [
    wellFormed(withoutControls(key)),
    cleanJsonAt(item, depth + 1),
  ])
  // fromEntries defines properties, so a key named __proto__ stays an ordinary key.
  return Object.fromEntries(entries)
}

function withoutControls(text: string): string {
  return text.replace(CONTROL, '')
}

function wellFormed(text: string): string {
  return text.replace(LONE_SURROGATE, '\ufffd')
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}

/** The first letter or digit if the text begins with one: a quote or a bracket recognises nobody. */
function initial(text: string): string {
  return /^[\p{L}\p{N}]/u.exec(text)?.[0] ?? ''
}
