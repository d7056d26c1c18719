/** Requests a minute: by address for what the public may send, by key for the rest. */
export interface RateLimitSettings {
  click: number
  browserLead: number
  /** Server leads, sales and refunds together. */
  write: number
  read: number
  /** Test events without a key. */
  testEvent: number
}

export const defaultRateLimits: Readonly<RateLimitSettings> = {
  click: 120,
  browserLead: 60,
  write: 1_200,
  read: 300,
  testEvent: 30,
}
