import { readLanding } from './landing.ts'
import { options, programId } from './options.ts'
import { ageOfFailureMs, type Item, load, replace, save } from './outbox.ts'
import { post, warn } from './send.ts'
import { clickId, clickIds, keepClick, landingUrl } from './visitor.ts'

/** One visitor on one page: finds clicks, takes signups, and sends both. */

export interface Lead {
  email?: string | undefined
  user_id?: string | undefined
  customer_key?: string | undefined
}

const retryAfterMs = 20_000
/** As long as an answer may take: then the page that sent it is taken to be gone. */
const sendingMaxMs = 15_000
const textCharsMax = 1_000

/** What the visitor said; nothing yet is undefined. */
let consent: boolean | undefined
/** What this page is sending. */
let current: Item | undefined
/** What happened before consent. It is written nowhere. */
const waiting: (() => void)[] = []

function mayTrack(): boolean {
  return (
    !!programId() &&
    // Not every browser's types know it.
    !(navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl &&
    (consent ?? options.affitorConsent !== 'required')
  )
}

/** Now, or once it is allowed. */
function whenAllowed(work: () => void): void {
  if (mayTrack()) work()
  else if (consent !== false) waiting.push(work)
}

export function start(): void {
  if (!programId()) warn('no program id')
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
    affiliate_url: landing.url,
    page_url: landing.url,
    page_title: cut(document.title),
    referrer_url: cut(document.referrer),
  }
  whenAllowed(() => {
    const known = [clickId() && landingUrl(), ...load().map(landingOf)]
    // The same partner again, also one whose click is under way.
    if (!known.some((url) => url && readLanding(url)?.code === landing.code)) put('click', body)
  })
}

/** A signup, as one object or as key and email. */
export function trackLead(lead: Lead | string, email?: string): void {
  const given: Lead = typeof lead === 'object' ? lead : { customer_key: lead, email }
  const customer_key = given.customer_key || given.user_id
  const body = { customer_key, email: given.email, page_url: cut(location.href) }
  whenAllowed(() => put('lead', body))
}

export function trackTest(): void {
  const additional_data = { test_mode: true, program_id: programId() }
  whenAllowed(() => {
    post('click', { additional_data }).catch(warn)
  })
}

/** Granted, everything that waited happens. Anything else: what was written is deleted. */
export function setConsent(answer: string): void {
  consent = answer === 'granted'
  if (consent) start()
  else {
    waiting.length = 0
    save([])
    keepClick('', '', 0)
  }
}

function put(kind: string, body: Item['body']): void {
  save([...load(), { kind, body, at: Date.now() + Math.random(), until: 0 }])
  flush()
}

/** Sends what nobody else is sending, one after the other, because a signup needs its click's id. */
export function flush(): void {
  const items = load()
  if (current || !items[0] || !mayTrack()) return
  const item = items.find(({ until }) => until < Date.now())
  const id = clickId()
  const isWaiting = item && !landingOf(item) && !id
  // Another page, or this one in a while, sends what is first, or the click that a signup waits for.
  if (!item || (isWaiting && items.some(landingOf))) retryLater()
  else if (isWaiting) {
    warn('no click')
    replace(item)
    flush()
  } else send(item, id)
}

function send(item: Item, id: string): void {
  const { kind, body } = item
  current = item
  replace(item, { ...item, until: Date.now() + sendingMaxMs })
  const known = id && { existing_click_id: id, click_id: id, click_ids: clickIds() }
  post(kind, { ...body, ...(known as object), program_id: programId() }).then(
    ({ click_id, cookie_window_days }) => {
      replace(item)
      current = undefined
      // The visitor may have changed their mind while it was under way.
      if (click_id && mayTrack()) {
        const kept = keepClick(click_id, landingOf(item), cookie_window_days)
        if (options.affitorFirstParty) post(options.affitorFirstParty, kept).catch(warn)
      }
      flush()
    },
    (error) => {
      warn(error)
      replace(item, { ...item, at: item.at - ageOfFailureMs })
      current = undefined
      retryLater()
    },
  )
}

/** The page goes before the answer came: the next one sends it again, because it needs the click's id. */
export function release(): void {
  if (current) replace(current, current)
}

function retryLater(): void {
  setTimeout(flush, retryAfterMs)
}

/** A click's; a signup has none. */
function landingOf({ body }: Item): string {
  return body.affiliate_url as string
}

function cut(text: string): string {
  return text.slice(0, textCharsMax)
}
