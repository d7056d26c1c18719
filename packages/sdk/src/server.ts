import type { paths } from './api-types.ts'
import { attempt } from './attempt.ts'
import { toFields } from './fields.ts'
import type { CallOptions, ClickInput, LeadInput, RefundInput, SaleInput } from './inputs.ts'
import type { Readiness } from './readiness.ts'
import { repeat } from './repeat.ts'
import { failure, type Result } from './result.ts'

export type { CallOptions, ClickInput, LeadInput, RefundInput, SaleInput } from './inputs.ts'
export type { Readiness } from './readiness.ts'
export type { CallError, Failure, Result, Success } from './result.ts'

export interface AffitorOptions {
  /** The program's key. It belongs on a server: whoever has it can record sales. */
  apiKey: string
  /** The address of your Affitor server, such as `https://affitor.example.com`. */
  baseUrl: string
  /** How long each attempt may take, in ms. Default 10,000. */
  timeoutMs?: number
  /** How often a failed call is tried again where that is safe. Default 2. */
  retries?: number
  fetch?: typeof globalThis.fetch
}

type Answer<Path extends keyof paths> = paths[Path] extends {
  post: { responses: { 200: { content: { 'application/json': infer Body } } } }
}
  ? Body
  : never

export type ClickAnswer = Answer<'/api/v1/track/click'>
export type LeadAnswer = Answer<'/api/v1/track/lead'>
export type SaleAnswer = Answer<'/api/v1/track/sale'> | DuplicateSale
export type RefundAnswer = Answer<'/api/v1/track/refund'>

/** A sale that was recorded before, with the ids it got then. */
export interface DuplicateSale {
  success: true
  duplicate: true
  sale_id: number | null
  commission_id: number | null
}

type Call = 'click' | 'lead' | 'sale' | 'refund'

/**
 * Talks to the tracking API from your server. A call never throws: it answers `{ ok, status, data, error }`.
 * Leads, sales and refunds are tried again when the network or the server fails, because they count once
 * however often they are sent. Clicks are not.
 */
export class Affitor {
  readonly #options: Required<AffitorOptions>

  /** Throws TypeError when the key or the address cannot be right. */
  constructor(options: AffitorOptions) {
    const { apiKey, baseUrl, timeoutMs = 10_000, retries = 2 } = options
    if (typeof apiKey !== 'string' || !/^\S+$/.test(apiKey)) {
      throw new TypeError('apiKey is required')
    }
    if (!/^https?:\/\/\S+$/.test(baseUrl)) {
      throw new TypeError('baseUrl must be an address such as https://affitor.example.com')
    }
    const fetch = options.fetch ?? globalThis.fetch.bind(globalThis)
    this.#options = { apiKey, baseUrl: baseUrl.replace(/\/+$/, ''), timeoutMs, retries, fetch }
  }

  /** A visitor came through a partner's link. Browsers usually say so themselves. */
  trackClick(input: ClickInput, options: CallOptions = {}): Promise<Result<ClickAnswer>> {
    return this.#track<ClickAnswer>('click', input, options)
  }

  /** A visitor signed up. */
  trackLead(input: LeadInput, options: CallOptions = {}): Promise<Result<LeadAnswer>> {
    return this.#track<LeadAnswer>('lead', input, options)
  }

  /** A customer paid. A `transactionId` counts once, whatever happens in between. */
  trackSale(input: SaleInput, options: CallOptions = {}): Promise<Result<SaleAnswer>> {
    return this.#track<SaleAnswer>('sale', input, options)
  }

  /** A customer got money back. */
  trackRefund(input: RefundInput, options: CallOptions = {}): Promise<Result<RefundAnswer>> {
    return this.#track<RefundAnswer>('refund', input, options)
  }

  /** How far the program's integration is, gate by gate. */
  readiness(options: CallOptions & { forceRecheck?: boolean } = {}): Promise<Result<Readiness>> {
    const query = options.forceRecheck ? '?force_recheck=true' : ''
    const path = `/api/v1/programs/me/readiness${query}`
    return this.#send<Readiness>('GET', path, undefined, this.#options.retries, options)
  }

  async #track<Data>(call: Call, input: object, options: CallOptions): Promise<Result<Data>> {
    const read = toFields(input, call)
    if (read.kind === 'conflict') return failure(0, 'invalid_input', read.message)
    const { fields } = read
    const isTest = (fields.additional_data as { test_mode?: unknown })?.test_mode === true
    // Sent twice, a click is two clicks, and a test event two rows.
    const retries = call === 'click' || isTest ? 0 : this.#options.retries
    const body = toJson(fields)
    if (body === null) return failure(0, 'invalid_input', 'The input cannot be written as JSON')
    return this.#send<Data>('POST', `/api/v1/track/${call}`, body, retries, options)
  }

  async #send<Data>(
    method: 'GET' | 'POST',
    path: string,
    body: string | undefined,
    retries: number,
    { signal }: CallOptions,
  ): Promise<Result<Data>> {
    const { apiKey, baseUrl, timeoutMs, fetch } = this.#options
    const headers = {
      authorization: `Bearer ${apiKey}`,
      'content-type': 'application/json',
      accept: 'application/json',
    }
    const once = () =>
      attempt({ url: baseUrl + path, method, headers, body, timeoutMs, fetch, signal })
    return (await repeat(once, retries, signal)) as Result<Data>
  }
}

function toJson(fields: object): string | null {
  try {
    return JSON.stringify(fields)
  } catch {
    return null
  }
}
