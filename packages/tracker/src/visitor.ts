import { cookieDomain, domains, readCookie, writeCookie } from './cookies.ts'
import { options } from './options.ts'
import { post, warn } from './send.ts'

/** What is remembered of the visitor, in the cookies that the contract names. */

const clickIdCookie = 'affitor_click_id'
/** The same value, for integrations that are older than the other name. */
const codeCookie = 'customer_code'
const clickIdsCookie = 'affitor_click_ids'
const landingCookie = 'affitor_aff_url'

const daysUsually = 60
const clickIdsMax = 20

export const clickId = (): string => readCookie(clickIdCookie) || readCookie(codeCookie)

/** Every click id that this browser was given, newest last. */
export const clickIds = (): string[] => readCookie(clickIdsCookie).match(/[^|]+/g) || []

/** The page on which the visitor arrived through a partner. */
export const landingUrl = (): string => readCookie(landingCookie)

/** Keeps a click, and has the site's own server keep it too, where the page names a path for that. */
export function keepClick(id: string, landing: string, max_age_days = daysUsually): void {
  const domain = cookieDomain()
  const ids = [...clickIds().filter((one) => one !== id), id].slice(-clickIdsMax)
  write(domain, max_age_days, id, ids.join('|'), landing)
  if (options.affitorFirstParty) {
    post(options.affitorFirstParty, { max_age_days, domain: domain || null }).catch(warn)
  }
}

/** Deletes everything, whichever domain it was set for. Writes nothing, not even to find that out. */
export function forgetClicks(): void {
  domains().map((domain) => write(domain, 0))
}

function write(domain: string, days: number, id = '', ids = '', landing = ''): void {
  writeCookie(clickIdCookie, id, domain, days)
  writeCookie(codeCookie, id, domain, days)
  writeCookie(clickIdsCookie, ids, domain, days)
  writeCookie(landingCookie, landing, domain, days)
}
