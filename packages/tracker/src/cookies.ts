import { options } from './options.ts'

/** Cookies that all pages of the site may read. Where the browser keeps none, they last as long as the page. */

const kept: Record<string, string> = {}
const probe = 'affitor_test'

export function readCookie(name: string): string {
  try {
    const [, found] = `; ${document.cookie}`.split(`; ${name}=`)
    if (found) return decodeURIComponent(found.split(';')[0] as string)
  } catch {
    // A sandboxed frame has none, and says so by throwing; and a value need not be ours.
  }
  return kept[name] || ''
}

/** No value and no days: the cookie goes. Answers what the browser keeps. */
export function writeCookie(name: string, value: string, domain: string, days: number): string {
  kept[name] = ''
  try {
    // biome-ignore lint/suspicious/noDocumentCookie: its successor is neither everywhere nor synchronous
    document.cookie = `${name}=${encodeURIComponent(value)};path=/;SameSite=Lax;max-age=${
      days * 86400
    };domain=${domain}${location.protocol[5] ? ';Secure' : ''}`
  } catch {}
  const found = readCookie(name)
  if (!found) kept[name] = value
  return found
}

/**
 * The domain that was asked for, or the broadest that the browser accepts here, so that `www.` and `app.`
 * share a visitor. None on localhost, on an address, and where cookies are refused.
 */
export const cookieDomain = (): string =>
  options.affitorCookieDomain || domains().find(isAccepted) || ''

/**
 * What a cookie of this page can be for, the broadest first: from the last two labels outward, and none, which
 * is the host alone.
 */
export function domains(): string[] {
  const labels = location.hostname.split('.')
  // An address ends in a number, or has no dots.
  const all = labels.map((_, i) => labels.slice(~i).join('.'))
  return [...all.filter((one) => /\..*\D$/.test(one)), '']
}

function isAccepted(domain: string): string {
  const found = writeCookie(probe, '1', domain, 1)
  writeCookie(probe, '', domain, 0)
  return found
}
