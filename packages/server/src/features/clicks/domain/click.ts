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
  /** HMAC under the day's key, in hex. */
  ipHash: string
}

export interface ClickRequest {
  /** The partner code in the landing URL. */
  code: string
  /** The click id the visitor already has, if any. */
  existingClickId: string | null
  atMs: number
  visit: Visit
}

/** A click that is to be stored. */
export interface ClickRow {
  programId: number
  linkId: number
  partnerId: number
  /** Null makes a new customer. */
  customerId: number | null
  clickId: string
  atMs: number
  visit: Visit
}
