import { isDebug, options, programId } from './options.ts'
import { warn } from './send.ts'
import { flush, release, setConsent, start, trackClick, trackLead, trackTest } from './tracker.ts'
import { clickId, landingUrl } from './visitor.ts'

/** The script of a page: `window.affitor` and its queue. Whatever happens, the page goes on. */

type Call = [name: string, ...args: unknown[]]

declare global {
  interface Window {
    affitor?: Record<string, unknown>
    affitorQueue?: { push: (call: Call) => void } | Call[]
  }
}

function safe<Args extends unknown[]>(work: (...args: Args) => void) {
  return (...args: Args): void => {
    try {
      work(...args)
    } catch (error) {
      warn(error)
    }
  }
}

function run(): void {
  const affitor = {
    init: safe((more: Record<string, unknown>) => {
      // Replaces what is named and keeps the rest.
      for (const name in more) {
        options[`affitor${(name[0] as string).toUpperCase()}${name.slice(1)}`] = `${more[name]}`
      }
      start()
    }),
    signup: safe(trackLead),
    trackLead: safe(trackLead),
    trackClick: safe(trackClick),
    trackTest: safe(trackTest),
    consent: safe(setConsent),
    getClickId: () => affitor.clickId,
    getData() {
      const { clickId, programId, affiliateUrl } = affitor
      return { clickId, programId, hasAttribution: !!clickId, affiliateUrl }
    },
    get clickId() {
      return clickId() || null
    },
    get programId() {
      return programId()
    },
    get hasAffiliateAttribution() {
      return !!clickId()
    },
    get affiliateUrl() {
      return landingUrl() || null
    },
    get debugMode() {
      return isDebug()
    },
    loaded: true,
  }
  const queued = (window.affitorQueue || []) as Call[]
  const call = safe(([name, ...args]: Call) => {
    // The page's own words: what is no function here says so by throwing.
    ;(affitor as unknown as Record<string, (...args: unknown[]) => void>)[name]?.(...args)
  })
  window.affitor = affitor
  window.affitorQueue = { push: call }

  safe(start)()
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name]
    history[name] = (...args) => {
      original.apply(history, args)
      safe(trackClick)()
    }
  }
  addEventListener('popstate', safe(trackClick))
  addEventListener('online', safe(flush))
  addEventListener('pagehide', safe(release))
  for (const one of queued) call(one)
}

// The second copy on a page leaves everything to the first.
if (!window.affitor?.loaded) safe(run)()
