import type { LeadQuestion } from './record-leads.ts'

/** What the benchmarks and their server process say to each other. */

export interface Ready {
  url: string
  /** Codes of the program's links. */
  codes: string[]
  apiKey: string
}

export type Question =
  | { ask: 'counts' }
  | { ask: 'record_sale'; body: unknown; apiKey: string }
  | { ask: 'fill_program'; clicks: number }
  | { ask: 'make_program' }
  | { ask: 'import_file'; programId: number; file: string }
  | { ask: 'copy_clicks'; programId: number }
  | ({ ask: 'record_leads' } & LeadQuestion)

export type Request = Question & { id: number }

export interface Answer {
  id: number
  result?: unknown
  error?: string
}

export interface MadeProgram {
  programId: number
  codes: string[]
}

export interface LeadResult {
  seconds: number
  leads: number
}

export interface ImportResult {
  seconds: number
  events: number
}

/** Rows stored, test events included. */
export interface Counts {
  clicks: number
  sales: number
}
