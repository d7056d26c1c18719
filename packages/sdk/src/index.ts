import { readAffitorCookies } from './cookies.ts'
import { loadScript, type TrackerOptions } from './load-script.ts'

export type { TrackerOptions } from './load-script.ts'

/** For the browser. On a server every function does nothing, so components may call them while rendering. */

export interface Signup {
  /** Your own name for the customer. */
  customer_key?: string | undefined
  email?: string | undefined
}

export interface TrackerData {
  clickId: string | null
  programId: number | null
  hasAttribution: boolean
  affiliateUrl: string | null
}

/** What the script of the page offers, see docs/guide/tracker.md. */
export interface Tracker {
  readonly loaded: true
  readonly clickId: string | null
  readonly programId: number | null
  readonly hasAffiliateAttribution: boolean
  readonly affiliateUrl: string | null
  readonly debugMode: boolean
  init(options: Record<string, unknown>): void
  signup(customerKey: string | Signup, email?: string): void
  trackLead(lead: Signup & { user_id?: string }): void
  trackClick(): void
  trackTest(): void
  consent(answer: 'granted' | 'denied'): void
  getClickId(): string | null
  getData(): TrackerData
}

type Call = [name: string, ...args: unknown[]]
type Page = { affitor?: Tracker; affitorQueue?: { push(call: Call): unknown } }

/** Loads the tracker's script, once a page. Resolves to it, or to null where it cannot be loaded. */
export async function init(options: TrackerOptions): Promise<Tracker | null> {
  await loadScript(options)
  return getTracker()
}

/** The script, when it is there. */
export function getTracker(): Tracker | null {
  const tracker = page()?.affitor
  return tracker?.loaded ? tracker : null
}

/** The visitor signed up. Sent when the script is there, and kept until it arrived. */
export function signup(customerKey: string | Signup, email?: string): void {
  call('signup', customerKey, email)
}

/** Looks for a partner's code in the page's address. The script does so by itself. */
export function trackClick(): void {
  call('trackClick')
}

/** What the visitor answered, where the script was told to wait for it. */
export function consent(answer: 'granted' | 'denied'): void {
  call('consent', answer)
}

/** The visitor's click id, to be handed to your server, or null. */
export function getClickId(): string | null {
  return getData().clickId
}

/** What is known of the visitor, also before the script is there: the cookies tell. */
export function getData(): TrackerData {
  const known = getTracker()?.getData()
  if (known !== undefined) return known
  const { clickId, landingUrl } = readAffitorCookies(documentCookie())
  return { clickId, programId: null, hasAttribution: clickId !== null, affiliateUrl: landingUrl }
}

function call(...args: Call): void {
  const here = page()
  if (here === null) return
  here.affitorQueue ??= []
  here.affitorQueue.push(args)
}

function page(): Page | null {
  return typeof window === 'undefined' ? null : (window as unknown as Page)
}

function documentCookie(): string {
  try {
    return typeof document === 'undefined' ? '' : document.cookie
  } catch {
    return ''
  }
}
