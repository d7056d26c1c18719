import { type TSchema, Type } from 'typebox'
import { trackingError } from './tracking-responses.ts'

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const time = (description: string) => Type.String({ format: 'date-time', description })

export const saleParams = Type.Object({
  transaction_id: Type.String({
    description: 'The transaction id, percent-encoded. Compared exactly.',
  }),
})

const touch = Type.Object({
  click_event_id: Type.Integer(),
  click_id: Type.String(),
  partner_code: Type.String(),
  at: time('When the click happened.'),
  considered: Type.Boolean({ description: 'False: it could not have won under any model.' }),
  why: Type.String({
    description:
      'Why it won (`last_click`, `renewal_of_subscription`) or lost (`superseded_by_later_click`, `superseded_by_subscription`, `outside_window`, `after_signup`, `after_event`, `partner_removed`).',
  }),
})

export const saleReport = Type.Object(
  {
    data: Type.Object({
      sale_id: nullable(Type.Integer()),
      transaction_id: Type.String(),
      amount_cents: Type.Integer(),
      currency: Type.String(),
      refunded_cents: Type.Integer(),
      attributed: Type.Boolean(),
      reason: nullable(Type.String({ description: 'Why there is no sale, or no commission.' })),
      partner_code: nullable(Type.String()),
      click_id: Type.String(),
      customer_key: nullable(Type.String()),
      commission: nullable(
        Type.Object({
          commission_id: Type.Integer(),
          amount_cents: Type.Integer(),
          reversed_cents: Type.Integer(),
          currency: Type.String(),
          status: Type.String(),
          hold_ends_at: time('Not approved before this moment.'),
          policy_id: Type.Integer(),
          policy_version: Type.Integer(),
        }),
      ),
      attribution: Type.Object({
        model: Type.String(),
        binding: Type.String(),
        verdict: Type.String(),
        window_days: Type.Integer(),
        click_age_days: Type.Optional(Type.Integer()),
        touches: Type.Array(touch),
      }),
      created_at: time('When the sale was decided on.'),
    }),
  },
  { description: 'The sale, its commission and its verdict.' },
)

export const ledgerQuery = Type.Object({
  partner_code: Type.Optional(
    Type.String({
      description: 'Any code of the partner. Default: all partners.',
      pattern: '^[A-Za-z0-9_-]{1,64}$',
      'x-error': 'partner_code must be 1 to 64 letters, digits, dashes or underscores',
    }),
  ),
  currency: Type.Optional(
    Type.String({
      description: 'ISO 4217 code. Default: all currencies.',
      'x-currency': true,
      'x-error': 'currency must be an ISO 4217 code, such as USD',
    }),
  ),
  cursor: Type.Optional(
    Type.String({
      description: '`meta.pagination.nextCursor` of the page before.',
      pattern: '^[0-9]{1,15}$',
      'x-error': 'cursor must be the nextCursor of an earlier answer',
    }),
  ),
})

const entryFields = {
  account: Type.String({
    description:
      '`expense` (what the program gives), `pending` (on hold), `payable`, `clearing` (in a payout), `paid`, `receivable` (owed by the partner).',
  }),
  partner_code: nullable(Type.String()),
  currency: Type.String(),
}

export const ledgerReport = Type.Object(
  {
    data: Type.Object({
      accounts: Type.Array(
        Type.Object({
          ...entryFields,
          balance_cents: Type.Integer({
            description: 'The sum of all entries of the account. Positive: received.',
          }),
        }),
      ),
      transactions: Type.Array(
        Type.Object({
          id: Type.Integer(),
          at: time('When it was posted.'),
          kind: Type.String(),
          ref: Type.String({ description: 'What caused it. A kind and ref happen once.' }),
          entries: Type.Array(Type.Object({ ...entryFields, amount_cents: Type.Integer() })),
        }),
      ),
      sum_cents: Type.Record(Type.String(), Type.Integer(), {
        description: 'The sum of all accounts above, by currency: 0, or something is very wrong.',
      }),
    }),
    meta: Type.Object({
      pagination: Type.Object({ nextCursor: nullable(Type.String()) }),
    }),
  },
  { description: 'Accounts, transactions and their sum.' },
)

/** The error envelope of every path outside tracking. */
const agentError = {
  type: 'object',
  title: 'Error',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'status', 'request_id'],
      properties: {
        code: { type: 'string', description: 'Stable, snake_case.' },
        message: { type: 'string', description: 'One sentence.' },
        status: { type: 'integer' },
        retry_after_seconds: { type: 'integer' },
        request_id: { type: 'string', description: 'Equal to the X-Request-Id header.' },
      },
    },
  },
}

const errorMeanings: Record<number, string> = {
  400: 'Something in the request is wrong; the sentence names it.',
  401: 'The key is missing, malformed, unknown, revoked or expired.',
  404: 'There is nothing like that in this program.',
  414: 'The path is too long to name anything.',
  429: 'Too many requests; `Retry-After` says when to come back.',
  500: 'It failed on our side.',
  503: 'The server has more work than it may queue. Try again after `Retry-After` seconds.',
}

/** The error answers of a reading outside the tracking paths, by status. */
export function agentErrors(...statuses: number[]) {
  return errorsOf(agentError, statuses)
}

/** The error answers of a reading under the tracking paths: the same, in their form. */
export function trackingReadErrors(...statuses: number[]) {
  return errorsOf(trackingError, statuses)
}

function errorsOf(schema: object, statuses: number[]) {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      Type.Unsafe({ ...schema, description: errorMeanings[status] ?? 'Error' }),
    ]),
  )
}

export const programParams = Type.Object({
  programId: Type.String({
    description: "The program's id. Any other than that of the key's own program is 404.",
  }),
})
