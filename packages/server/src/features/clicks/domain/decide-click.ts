/** What becomes of a click, given what its code names. */

interface LinkState {
  isActive: boolean
  isPartnerActive: boolean
  isProgramActive: boolean
}

export type ClickDecision<L extends LinkState> =
  | { kind: 'record'; link: L }
  | { kind: 'link_not_found' }
  | { kind: 'link_misconfigured' }
  | { kind: 'link_inactive' }

/** A link whose program is not running is misconfigured; one switched off, or without its partner, inactive. */
export function decideClick<L extends LinkState>(link: L | undefined): ClickDecision<L> {
  if (link === undefined) return { kind: 'link_not_found' }
  if (!link.isProgramActive) return { kind: 'link_misconfigured' }
  if (!link.isActive || !link.isPartnerActive) return { kind: 'link_inactive' }
  return { kind: 'record', link }
}
