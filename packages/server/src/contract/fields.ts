import { type TSchemaOptions, Type } from 'typebox'
import { currencyCodes } from '../shared/currency.ts'
import { AMOUNT_MAX } from '../shared/money.ts'

/**
 * The fields of requests. `x-error` is the sentence a caller gets when the value is wrong:
 * it names the field and says what it must be.
 */
const identifierCharsMax = 255

/** An identifier: stored and compared exactly, so a value that cannot be stored is refused, not cleaned. */
export function identifier(name: string, description: string, error?: string) {
  const tooLong = `${name} must be a string of at most ${identifierCharsMax} characters`
  return Type.String({
    description,
    maxLength: identifierCharsMax,
    'x-error': error ?? tooLong,
    'x-error-maxLength': tooLong,
    'x-identifier': true,
  })
}

/** Free text from the public: cleaned and cut, never refused for its content. */
export function text(name: string, description: string, options: TSchemaOptions = {}) {
  return Type.String({ description, 'x-error': `${name} must be a string`, ...options })
}

export function flag(name: string, description: string) {
  return Type.Boolean({ description, 'x-error': `${name} must be true or false` })
}

/** Clients send the program's id as a number or, read from an HTML attribute, as its digits. */
export function programId(name: string) {
  return Type.Union(
    [
      Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
      Type.String({ pattern: '^[1-9][0-9]{0,14}$' }),
    ],
    { description: "The program's id.", 'x-error': `${name} must be a whole number` },
  )
}

export function choice<const Values extends string[]>(
  name: string,
  values: readonly [...Values],
  description: string,
) {
  return Type.Enum(values, {
    description,
    'x-error': `${name} must be one of ${values.join(', ')}`,
  })
}

export const amountCents = Type.Integer({
  minimum: 1,
  maximum: AMOUNT_MAX,
  description: "The amount in the currency's smallest unit: 4900 is 49.00 USD, and 4900 JPY.",
  'x-error': 'amount_cents is required and must be a positive integer',
  'x-error-maximum': `amount_cents must be at most ${AMOUNT_MAX}`,
})

export const currency = Type.String({
  description: `ISO 4217 code in any case, one of ${currencyCodes.length}. Default: the program's currency.`,
  'x-currency': true,
  'x-error': 'currency must be an ISO 4217 code, such as USD',
})

export const additionalData = Type.Object(
  {
    test_mode: Type.Optional(
      flag(
        'additional_data.test_mode',
        'True stores a test event: it touches no attribution, customer, commission, counter or metric.',
      ),
    ),
    program_id: Type.Optional(programId('additional_data.program_id')),
    event_name: Type.Optional(text('additional_data.event_name', 'A name for the event.')),
  },
  {
    additionalProperties: true,
    description: 'Test mode and notes. Unknown fields are ignored.',
    'x-error': 'additional_data must be an object',
  },
)
