import { cookieDomain, readCookie, writeCookie } from './cookies.ts'

/** What is remembered of the visitor, in the cookies that the contract names. */

const clickIdCookie = 'affitor_click_id'
/** The same value, for integrations that are older than the other name. */
const codeCookie = 'customer_code'
const clickIdsCookie = 'affitor_click_ids'
const landingCookie = 'affitor_aff_url'

const daysUsually = 60
const clickIdsMax = 20

export function clickId(): string {
  return readCookie(clickIdCookie) || readCookie(codeCookie)
}

/** Every click id that this browser was given, newest last. */
export function clickIds(): string[] {
  return readCookie(clickIdsCookie).match(/[^|]+/g) || []
}

/** The page on which the visitor arrived through a partner. */
export function landingUrl(): string {
  return readCookie(landingCookie)
}

/** Keeps a click; no days: forgets all. Tells for how long, and for which domain. */
export function keepClick(id: string, landing: string, max_age_days = daysUsually) {
  const domain = cookieDomain()
  const ids = [...clickIds().filter((one) => one !== id), id].slice(-clickIdsMax)
  const write = (name: string, value: string) => writeCookie(name, value, domain, max_age_days)
  write(clickIdCookie, id)
  write(codeCookie, id)
  write(clickIdsCookie, ids.join('|'))
  write(landingCookie, landing)
  return { max_age_days, domain }
}
