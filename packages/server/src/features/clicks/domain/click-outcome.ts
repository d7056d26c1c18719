import type { RecordedClick } from './click.ts'

export type ClickOutcome =
  | {
      kind: 'recorded'
      programId: number
      clickId: string
      partnerCode: string
      cookieWindowDays: number
    }
  | { kind: 'link_not_found' }
  | { kind: 'link_misconfigured' }
  | { kind: 'link_inactive' }

/** A link whose program is not running is misconfigured; one switched off, or without its partner, inactive. */
export function clickOutcome({ link, clickId }: RecordedClick): ClickOutcome {
  if (link === null) return { kind: 'link_not_found' }
  if (!link.isProgramActive) return { kind: 'link_misconfigured' }
  if (!link.isActive || !link.isPartnerActive || clickId === null) return { kind: 'link_inactive' }
  const { programId, code: partnerCode, cookieWindowDays } = link
  return { kind: 'recorded', programId, clickId, partnerCode, cookieWindowDays }
}
