export interface Gate {
  status: 'pass' | 'fail' | 'unknown'
  /** What to do next, in words that a person or an agent can act on. */
  next_action?: string
}

/** How far a program's integration is. */
export interface Readiness {
  program_id: number
  state: 'draft' | 'configuring' | 'ready' | 'integration_verified' | 'live_verified'
  integration_verified: boolean
  /** The first gate that fails. */
  blocker: string | null
  gates: Record<
    'profile' | 'economics' | 'payout' | 'tracking' | 'live',
    Gate & Record<string, unknown>
  >
  last_event_at: { click: string | null; lead: string | null; sale: string | null }
  counts_24h: { clicks: number; leads: number; sales: number }
  key_rotated_at: string | null
  poll: { retry_after_seconds: number }
}
