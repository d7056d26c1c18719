/** The cookies that the tracker keeps, read from a `Cookie` header or from `document.cookie`. */

export const affitorCookieNames = [
  'affitor_click_id',
  'customer_code',
  'affitor_click_ids',
  'affitor_aff_url',
] as const

export interface AffitorCookies {
  clickId: string | null
  /** Every click id that the browser was given, newest last. */
  clickIds: string[]
  /** The page on which the visitor arrived through a partner. */
  landingUrl: string | null
}

/** On a server: `readAffitorCookies(request.headers.cookie)`. */
export function readAffitorCookies(header: string | null | undefined): AffitorCookies {
  const values = cookieValues(header ?? '')
  const value = (name: (typeof affitorCookieNames)[number]) => decoded(values.get(name) ?? '')
  return {
    clickId: value('affitor_click_id') || value('customer_code') || null,
    clickIds: value('affitor_click_ids')
      .split('|')
      .filter((id) => id !== ''),
    landingUrl: value('affitor_aff_url') || null,
  }
}

/** As they stand in the header; of two with one name the first, as servers read them. */
export function cookieValues(header: string): Map<string, string> {
  const values = new Map<string, string>()
  for (const part of header.split(';')) {
    const at = part.indexOf('=')
    const name = part.slice(0, at).trim()
    if (at > 0 && !values.has(name)) values.set(name, part.slice(at + 1).trim())
  }
  return values
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
