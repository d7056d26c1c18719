import { readLanding } from './landing.ts'
import { options, programId } from './options.ts'
import { ageOfFailureMs, type Item, load, replace, save } from './outbox.ts'
import { post, warn } from './send.ts'
import { clickId, clickIds, forgetClicks, keepClick, landingUrl } from './visitor.ts'

/** One visitor on one page: finds clicks, takes signups, and sends both. */

export interface Lead {
  email?: string | undefined
  user_id?: string | undefined
  customer_key?: string | undefined
}

/** Twice as long each time, up to 43 minutes, then from the beginning. */
const retryAfterMs = 10_000
const doublings = 9
/** As long as an answer may take: then the page that sent it is taken to be gone. */
const sendingMaxMs = 60_000
const textCharsMax = 1_000

/** What the visitor said; nothing yet is undefined. */
let consent: boolean | undefined
/** What this page is sending. */
let current: Item | undefined
let failures = 0
/** What happened before consent. It is written nowhere. */
const waiting: (() => void)[] = []
const waitingMax = 10

const mayTrack = () => programId() && (consent ?? !options.affitorConsent)

/** Now, or once it is allowed. */
function whenAllowed(work: () => void): void {
  if (mayTrack()) work()
  else if (consent !== false && !waiting[waitingMax - 1]) waiting.push(work)
}

export function start(): void {
  if (!programId()) warn('no program id')
  // Whatever the page says. Not every browser's types know it.
  if ((navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl) setConsent()
  for (const work of waiting.splice(0)) whenAllowed(work)
  whenAllowed(() => {
    // An old integration's cookie, which stood alone, becomes all of them.
    if (clickId() && !clickIds()[0]) keepClick(clickId(), landingUrl())
    flush()
  })
  trackClick()
}

export function trackClick(): void {
  const landing = readLanding(location.href)
  if (!landing) return
  const body = {
    page_url: landing.url,
    affiliate_url: landing.url,
    page_title: cut(document.title),
    // Browsers cut it themselves.
    referrer_url: document.referrer,
  }
  whenAllowed(() => {
    const known = [clickId() && landingUrl(), ...load().map(landingOf)]
    // The same partner again, also one whose click is under way.
    if (!known.some((url) => readLanding(url)?.code === landing.code)) put(body)
  })
}

/** A signup, as one object or as key and email. */
export function trackLead(lead: Lead | string, email?: string): void {
  const given: Lead = typeof lead === 'object' ? lead : { customer_key: lead, email }
  // Many a page's key is a number, and the server takes text.
  const customer_key = `${given.customer_key || given.user_id || ''}`
  const body = { email: given.email, customer_key, page_url: cut(location.href) }
  whenAllowed(() => put(body))
}

export function trackTest(): void {
  whenAllowed(() => {
    post('click', { additional_data: { test_mode: true, program_id: programId() } }).catch(warn)
  })
}

/** Granted, everything that waited happens. Anything else: what was written is deleted. */
export function setConsent(answer?: string): void {
  consent = answer === 'granted'
  if (consent) start()
  else {
    waiting.splice(0)
    // What is under way cannot be called back, and is not written down again.
    current = undefined
    save([])
    forgetClicks()
  }
}

function put(body: Item['body']): void {
  save([...load(), { body, at: Date.now() + Math.random(), until: 0 }])
  flush()
}

/** Sends what nobody else is sending, one after the other, because a signup needs its click's id. */
export function flush(): void {
  if (current || !mayTrack()) return
  const items = load()
  const id = clickId() || undefined
  const canCount = (one: Item) => id || landingOf(one)
  const item = items.find((one) => one.until < Date.now() && canCount(one))
  if (!item) {
    // Another page is sending, or this one will: a signup waits for its click.
    if (items.some(canCount)) retryLater()
    else {
      if (items[0]) warn('no click')
      // Also what is too old to be sent.
      save([])
    }
    return
  }
  current = item
  replace(item, { ...item, until: Date.now() + sendingMaxMs })
  post(landingOf(item) ? 'click' : 'lead', {
    ...item.body,
    existing_click_id: id,
    click_id: id,
    click_ids: clickIds(),
    program_id: programId(),
  })
    .catch(warn)
    .then((answer) => {
      // The visitor changed their mind while it was under way.
      if (current !== item) return
      current = undefined
      if (answer) {
        const { click_id, cookie_window_days } = answer
        failures = 0
        replace(item)
        if (click_id) keepClick(click_id, landingOf(item), cookie_window_days)
        flush()
      } else {
        replace(item, { ...item, at: item.at - ageOfFailureMs })
        retryLater()
      }
    })
}

/** The page goes before the answer came: the next one sends it again, because it needs the click's id. */
export function release(): void {
  if (current) replace(current, current)
}

function retryLater(): void {
  setTimeout(flush, retryAfterMs * 2 ** (failures++ % doublings))
}

/** A click's; a signup has none. */
const landingOf = ({ body }: Item): string => body.affiliate_url as string

const cut = (text: string): string => text.slice(0, textCharsMax)
