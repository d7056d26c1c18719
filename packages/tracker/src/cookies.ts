import { options } from './options.ts'

/** Cookies that all pages of the site may read. Where the browser keeps none, they last as long as the page. */

const kept: Record<string, string> = {}
const probe = 'affitor_probe'

export function readCookie(name: string): string {
  try {
    const found = document.cookie.split('; ').find((one) => one.startsWith(`${name}=`))
    if (found) return decodeURIComponent(found.slice(name.length + 1))
  } catch {
    // A sandboxed frame has none, and says so by throwing; and a value need not be ours.
  }
  return kept[name] || ''
}

/** No days: the cookie goes. */
export function writeCookie(name: string, value: string, domain: string, days: number): void {
  kept[name] = days ? value : ''
  try {
    // biome-ignore lint/suspicious/noDocumentCookie: its successor is neither everywhere nor synchronous
    document.cookie = `${name}=${encodeURIComponent(value)};path=/;SameSite=Lax;max-age=${
      days * 86400
    };domain=${domain}${location.protocol === 'https:' ? ';Secure' : ''}`
  } catch {}
}

/**
 * The domain that was asked for, or the broadest that the browser accepts here, from the last two labels
 * outward, so that `www.` and `app.` share a visitor. None on localhost, on an address, and where cookies
 * are refused.
 */
export function cookieDomain(): string {
  let wanted = ''
  let domain = options.affitorCookieDomain || ''
  // An address ends in a number, or has no dots.
  for (const label of location.hostname.split('.').reverse()) {
    wanted = label + (wanted && `.${wanted}`)
    if (domain || label === wanted || /\d$/.test(wanted)) continue
    writeCookie(probe, '1', wanted, 1)
    kept[probe] = ''
    if (readCookie(probe)) domain = wanted
    writeCookie(probe, '', wanted, 0)
  }
  return domain
}
