import type { EventPlace } from './event-order.ts'

/** Events of a program, as they are listed. */
interface EventBase extends EventPlace {
  /** When it was recorded. */
  createdAtMs: number
  clickId: string
}

export interface ClickEvent extends EventBase {
  kind: 'click'
  sessionId: string | null
  pageUrl: string | null
  referrerUrl: string | null
  geoCountry: string | null
  geoRegion: string | null
  geoCity: string | null
  deviceType: string | null
  deviceOs: string | null
  browserName: string | null
  /** Whether the visitor has bought. */
  converted: boolean
}

/** Its place in time is when it began to count. */
export interface LeadEvent extends EventBase {
  kind: 'lead'
  customerKey: string | null
  sessionId: string | null
  pageUrl: string | null
  converted: boolean
}

export interface ConversionEvent extends EventBase {
  kind: 'conversion'
  amountCents: number
  currency: string
  saleType: string
  refundedCents: number
  transactionId: string
  isRecurring: boolean
}

export type ProgramEvent = ClickEvent | LeadEvent | ConversionEvent
