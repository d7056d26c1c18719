import { DAY_MS } from '../../../shared/calendar.ts'

/**
 * Who earns from an event: a pure function of the customer's touches and the program's settings.
 * Times are the events' own, so the order in which they arrived changes nothing.
 */

/** A click of the customer on a partner's link. */
export interface Touch {
  clickEventId: number
  clickId: string
  partnerId: number
  linkId: number
  partnerCode: string
  atMs: number
  /** Whether the partner is still in the program. */
  isPartnerActive: boolean
}

export interface AttributionSettings {
  model: 'last_click'
  binding: 'click' | 'signup'
  windowDays: number
}

export interface AttributionQuestion {
  /** When the event happened. */
  atMs: number
  /** Under `signup` binding: when the customer signed up or first paid, if that came before the event. */
  boundAtMs: number | null
  /** The subscription's first attributed sale, when the event renews it. */
  renewalOf: { partnerId: number; linkId: number } | null
}

/** Why a touch won or lost. Stored with the sale and shown to the partner. */
export type TouchVerdict =
  | 'last_click'
  | 'renewal_of_subscription'
  | 'superseded_by_later_click'
  | 'superseded_by_subscription'
  | 'outside_window'
  | 'after_signup'
  | 'after_event'
  | 'partner_removed'

export interface ConsideredTouch {
  touch: Touch
  /** False: the touch could not have won under any model. */
  considered: boolean
  why: TouchVerdict
}

export type Attribution =
  | {
      verdict: 'attributed'
      winner: { partnerId: number; linkId: number }
      touches: ConsideredTouch[]
    }
  | { verdict: 'attribution_window_expired'; clickAgeDays: number; touches: ConsideredTouch[] }
  | { verdict: 'no_attribution'; touches: ConsideredTouch[] }
  | { verdict: 'no_partner'; touches: ConsideredTouch[] }

/**
 * Decides on one event. `isRenewalPartnerActive` matters only for renewals: their partner may have no
 * touch left among those loaded.
 */
export function attribute(
  touches: readonly Touch[],
  settings: AttributionSettings,
  question: AttributionQuestion,
  isRenewalPartnerActive = true,
): Attribution {
  const ordered = [...touches].sort((a, b) => a.atMs - b.atMs || a.clickEventId - b.clickEventId)
  if (question.renewalOf) {
    return attributeRenewal(ordered, question.renewalOf, isRenewalPartnerActive)
  }
  const decidedAtMs = decisionTime(settings, question)
  const judged = ordered.map((touch) => judge(touch, settings, question, decidedAtMs))
  const winner = judged.findLast((touch) => touch.considered)
  if (winner !== undefined) {
    return {
      verdict: 'attributed',
      winner: { partnerId: winner.touch.partnerId, linkId: winner.touch.linkId },
      touches: judged.map((touch) =>
        touch.considered && touch !== winner
          ? { ...touch, why: 'superseded_by_later_click' }
          : touch,
      ),
    }
  }
  const expired = judged.findLast((touch) => touch.why === 'outside_window')
  if (expired !== undefined) {
    const clickAgeDays = Math.floor((decidedAtMs - expired.touch.atMs) / DAY_MS)
    return { verdict: 'attribution_window_expired', clickAgeDays, touches: judged }
  }
  const removed = judged.some((touch) => touch.why === 'partner_removed')
  return { verdict: removed ? 'no_partner' : 'no_attribution', touches: judged }
}

/** The moment up to which clicks count and to which the window reaches. */
function decisionTime(settings: AttributionSettings, question: AttributionQuestion): number {
  if (settings.binding === 'click' || question.boundAtMs === null) return question.atMs
  return Math.min(question.boundAtMs, question.atMs)
}

function judge(
  touch: Touch,
  settings: AttributionSettings,
  question: AttributionQuestion,
  decidedAtMs: number,
): ConsideredTouch {
  if (touch.atMs > question.atMs) return { touch, considered: false, why: 'after_event' }
  if (touch.atMs > decidedAtMs) return { touch, considered: false, why: 'after_signup' }
  if (!touch.isPartnerActive) return { touch, considered: false, why: 'partner_removed' }
  if (decidedAtMs - touch.atMs > settings.windowDays * DAY_MS) {
    return { touch, considered: false, why: 'outside_window' }
  }
  return { touch, considered: true, why: 'last_click' }
}

/** A renewal belongs to whom the subscription's first sale went; no window limits it. */
function attributeRenewal(
  ordered: Touch[],
  first: { partnerId: number; linkId: number },
  isPartnerActive: boolean,
): Attribution {
  const winning = ordered.findLast((touch) => touch.linkId === first.linkId)
  const touches = ordered.map(
    (touch): ConsideredTouch =>
      touch === winning
        ? {
            touch,
            considered: true,
            why: isPartnerActive ? 'renewal_of_subscription' : 'partner_removed',
          }
        : { touch, considered: false, why: 'superseded_by_subscription' },
  )
  if (!isPartnerActive) return { verdict: 'no_partner', touches }
  return { verdict: 'attributed', winner: first, touches }
}
