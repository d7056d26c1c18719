import type { Attribution, AttributionSettings, TouchVerdict } from './attribute.ts'

/** The verdict on a sale as it is kept with it, and answered when somebody asks why. */
export interface StoredAttribution {
  model: AttributionSettings['model']
  binding: AttributionSettings['binding']
  verdict: 'attributed' | 'attribution_window_expired'
  window_days: number
  /** Only where the window had expired: the age of the newest eligible click in whole days. */
  click_age_days?: number
  touches: {
    click_event_id: number
    click_id: string
    partner_code: string
    at: string
    considered: boolean
    why: TouchVerdict
  }[]
}

export type StorableAttribution = Extract<Attribution, { verdict: StoredAttribution['verdict'] }>

export function toStoredAttribution(
  settings: AttributionSettings,
  attribution: StorableAttribution,
): StoredAttribution {
  return {
    model: settings.model,
    binding: settings.binding,
    verdict: attribution.verdict,
    window_days: settings.windowDays,
    ...(attribution.verdict === 'attributed' ? {} : { click_age_days: attribution.clickAgeDays }),
    touches: attribution.touches.map(({ touch, considered, why }) => ({
      click_event_id: touch.clickEventId,
      click_id: touch.clickId,
      partner_code: touch.partnerCode,
      at: new Date(touch.atMs).toISOString(),
      considered,
      why,
    })),
  }
}
