import { setTimeout as pause } from 'node:timers/promises'
import { ApiError } from '../../contract/error-codes.ts'
import { type Database, isRefusedForContent } from '../../db/database.ts'
import { OverloadError, unreachable } from '../../shared/errors.ts'
import {
  type LeadWriter,
  type SaleWriter,
  toLeadRequest,
  toRefundRequest,
  toSaleRequest,
  trackRefund,
  trackSale,
} from '../conversions/index.ts'
import type { ParsedEvent } from './parse-line.ts'

export type ParsedConversion = Exclude<ParsedEvent, { type: 'click' }>

export interface ConversionTools {
  database: Database
  leadWriter: LeadWriter
  saleWriter: SaleWriter
  /** The installation's secret. */
  pepper: Buffer
}

export type Applied =
  | { kind: 'imported' }
  | { kind: 'already_there' }
  | { kind: 'outside_window' }
  | { kind: 'rejected'; error: string }

/** Somebody holds what an event needs for a moment: a live call would come back as well. */
const busyTriesMax = 30
const busyPauseMs = 1_000

/**
 * A lead, sale or refund through the use case of the live call, at the event's own time. Each is a
 * transaction of its own and does nothing the second time.
 */
export async function applyConversion(
  tools: ConversionTools,
  programId: number,
  conversion: ParsedConversion,
): Promise<Applied> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await applyOnce(tools, programId, conversion)
    } catch (error) {
      if (!(error instanceof OverloadError) || tries >= busyTriesMax) throw error
      await pause(busyPauseMs)
    }
  }
}

async function applyOnce(
  tools: ConversionTools,
  programId: number,
  conversion: ParsedConversion,
): Promise<Applied> {
  try {
    switch (conversion.type) {
      case 'lead':
        return await applyLead(tools, programId, conversion)
      case 'sale':
        return await applySale(tools, programId, conversion)
      case 'refund':
        return await applyRefund(tools, programId, conversion)
      default:
        return unreachable(conversion)
    }
  } catch (error) {
    if (error instanceof ApiError) return rejected(error.message)
    // Nothing else says that the event is bad: a rejected one is passed over for good.
    if (isRefusedForContent(error)) return rejected('The database refused the event')
    throw error
  }
}

type Of<Type> = Extract<ParsedConversion, { type: Type }>

async function applyLead(
  { leadWriter, pepper }: ConversionTools,
  programId: number,
  { body, atMs }: Of<'lead'>,
): Promise<Applied> {
  const outcome = await leadWriter.submit(toLeadRequest(body, programId, pepper, atMs))
  switch (outcome.kind) {
    case 'customer_not_found':
      return rejected('Customer not found. Provide a valid click_id or customer_key.')
    case 'customer_foreign':
      return rejected('Customer does not belong to this program')
    case 'tracked':
      return { kind: outcome.step === 'already_tracked' ? 'already_there' : 'imported' }
    default:
      return unreachable(outcome)
  }
}

async function applySale(
  { database, saleWriter: writer, pepper }: ConversionTools,
  programId: number,
  { body, atMs }: Of<'sale'>,
): Promise<Applied> {
  const request = toSaleRequest(body, programId, pepper, atMs)
  const outcome = await trackSale(database, writer, request)
  switch (outcome.kind) {
    case 'sale':
      return { kind: 'imported' }
    case 'window_expired':
      return { kind: 'outside_window' }
    case 'duplicate':
      return outcome.isMismatch
        ? rejected('transaction_id is taken by a sale of another amount or currency')
        : { kind: 'already_there' }
    case 'customer_not_found':
      return rejected('Customer not found. Provide customer_key or click_id.')
    case 'no_attribution':
      return rejected('No affiliate attribution found for this customer in this program')
    case 'no_partner':
      return rejected('No partner-program relationship found for this customer')
    default:
      return unreachable(outcome)
  }
}

async function applyRefund(
  { database }: ConversionTools,
  programId: number,
  { body, atMs }: Of<'refund'>,
): Promise<Applied> {
  const outcome = await trackRefund(database, toRefundRequest(body, programId, atMs))
  switch (outcome.kind) {
    case 'sale_not_found':
      return rejected('Sale not found for transaction_id')
    case 'exceeds_sale':
      return rejected('refund_amount_cents exceeds what is left of the sale')
    case 'nothing_new':
      return { kind: 'already_there' }
    case 'no_commission':
      return { kind: outcome.isNew ? 'imported' : 'already_there' }
    case 'taken_back':
      return { kind: 'imported' }
    default:
      return unreachable(outcome)
  }
}

function rejected(error: string): Applied {
  return { kind: 'rejected', error }
}
