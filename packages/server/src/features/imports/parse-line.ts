import { Ajv, type ValidateFunction } from 'ajv'
import { ApiError } from '../../contract/error-codes.ts'
import {
  type ClickBody,
  clickBody,
  type LeadBody,
  leadBody,
  type RefundBody,
  refundBody,
  type SaleBody,
  saleBody,
} from '../../contract/tracking-requests.ts'
import { readJsonObject } from '../../http/body.ts'
import { validationMessage, validatorOptions } from '../../http/validation.ts'
import { readTimestamp } from './domain/timestamp.ts'

/** What an imported click may have besides the fields of the wire. */
export interface ImportedClickBody extends ClickBody {
  click_id?: string
  aff?: string
  code?: string
  ip?: string
}

export type ParsedEvent = { atMs: number; event: Record<string, unknown> } & (
  | { type: 'click'; body: ImportedClickBody }
  | { type: 'lead'; body: LeadBody }
  | { type: 'sale'; body: SaleBody }
  | { type: 'refund'; body: RefundBody }
)

export type ParsedLine = ParsedEvent | { type: 'bad'; error: string; event: unknown }

const idCharsMax = 255
const ajv = new Ajv({ ...validatorOptions.customOptions, strict: false })
/** The very schemas by which live calls are validated. */
const validators: Record<string, ValidateFunction> = {
  click: ajv.compile(clickBody),
  lead: ajv.compile(leadBody),
  sale: ajv.compile(saleBody),
  refund: ajv.compile(refundBody),
}
const clickFields = ['click_id', 'aff', 'code', 'ip'] as const

/** Reads one line, or says in a sentence what is wrong with it. */
export function parseLine(text: string, nowMs: number): ParsedLine {
  let event: Record<string, unknown>
  try {
    event = unwrapped(readJsonObject(text))
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return { type: 'bad', error: error.message.replace('The body', 'The line'), event: text }
  }
  const { type } = event
  const validate = typeof type === 'string' ? validators[type] : undefined
  if (validate === undefined) {
    return { type: 'bad', error: 'type must be one of click, lead, sale, refund', event }
  }
  const time = readTimestamp(event.timestamp, nowMs)
  if (time.kind === 'wrong') return { type: 'bad', error: time.error, event }
  const error = wrongField(validate, event)
  if (error !== null) return { type: 'bad', error, event }
  // The schema of this type was just held against it.
  return { type, atMs: time.atMs, event, body: event } as unknown as ParsedEvent
}

/** A line of a reject file is its event: who mended it can import that file as it is. */
function unwrapped(line: Record<string, unknown>): Record<string, unknown> {
  const { event } = line
  const isReject = line.type === undefined && typeof line.error === 'string'
  if (!isReject || typeof event !== 'object' || event === null) return line
  return readJsonObject(JSON.stringify(event))
}

function wrongField(validate: ValidateFunction, event: Record<string, unknown>): string | null {
  if (!validate(event)) return validationMessage([...(validate.errors ?? [])])
  const notes = event.additional_data
  if (typeof notes === 'object' && notes !== null && 'test_mode' in notes && notes.test_mode) {
    return 'test events are not imported'
  }
  if (event.type !== 'click') return null
  for (const field of clickFields) {
    const value = event[field]
    if (value === undefined) continue
    if (typeof value !== 'string' || value.length > idCharsMax) {
      return `${field} must be a string of at most ${idCharsMax} characters`
    }
  }
  return null
}
