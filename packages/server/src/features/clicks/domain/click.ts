/** What is known of the visitor behind a click, cleaned and cut for storage. */
export interface Visit {
  affiliateUrl: string | null
  pageUrl: string | null
  pageTitle: string | null
  referrerUrl: string | null
  sessionId: string | null
  userAgent: string | null
  screenResolution: string | null
  viewportSize: string | null
  language: string | null
  timezone: string | null
  geoCountry: string | null
  deviceType: string
  deviceOs: string | null
  browserName: string | null
  /** Bots are stored and flagged, and counted nowhere. Their click id still works: a misjudged buyer pays the partner. */
  isBot: boolean
  /** /24 or /48, for display. */
  ipTruncated: string | null
  /** HMAC under the day's key, in hex. Null where no address is known. */
  ipHash: string | null
}

export interface ClickRequest {
  /** The partner code in the landing URL. */
  code: string
  /** The click id the visitor already has, if any. */
  existingClickId: string | null
  atMs: number
  visit: Visit
}

/** A click as it goes to the database, which knows its link and customer. */
export interface NewClick extends Visit {
  /** The code as links are looked up by; null when it cannot be one. */
  codeKey: string | null
  existingClickId: string | null
  atMs: number
  /** The secret part of the click id, should a new one be made, in hex. */
  random: string
}

/** What the database found and did. */
export interface RecordedClick {
  /** Null when no link has the code. */
  link: LinkState | null
  /** Null when the click was not stored. */
  clickId: string | null
}

export interface LinkState {
  programId: number
  /** In its own spelling. */
  code: string
  isActive: boolean
  isPartnerActive: boolean
  isProgramActive: boolean
  cookieWindowDays: number
}
