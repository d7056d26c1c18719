/** A brand's affiliate program, as far as tracking needs it. */
export interface Program {
  programId: number
  name: string
  domain: string
  /** Only an active program takes clicks. */
  status: 'draft' | 'active' | 'paused'
  /** ISO 4217; what a sale without a currency is in. */
  currency: string
  attributionModel: 'last_click'
  /**
   * What the window measures. `click`: the credited click to the sale. `signup`: the click to the
   * signup, after which the customer belongs to the partner.
   */
  attributionBinding: 'click' | 'signup'
  attributionWindowDays: number
  /** How long browsers keep the click id. */
  cookieWindowDays: number
  /** `server_required`: a lead from a browser counts only once the backend, or a sale, confirms it. */
  leadAuth: 'open' | 'server_required'
  /** URL parameters besides `aff` that carry a code of this program. */
  linkParameters: string[]
}

export type NewProgram = Omit<Program, 'programId'>
