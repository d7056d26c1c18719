import { type TSchema, Type } from 'typebox'

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** What every test event answers. */
const testEvent = Type.Object(
  {
    success: Type.Literal(true),
    message: Type.String({ examples: ['Test click event tracked successfully'] }),
    data: Type.Object({
      eventId: Type.Integer(),
      programId: Type.Integer(),
      test_mode: Type.Literal(true),
    }),
  },
  { title: 'Test event', description: 'In test mode.' },
)

export const refusedByBrowser = 'The browser forbids tracking (Global Privacy Control)'

const notTracked = Type.Object(
  { success: Type.Literal(false), message: Type.Literal(refusedByBrowser) },
  {
    title: 'Not tracked',
    description: 'The browser sent `Sec-GPC: 1`. Nothing was stored.',
  },
)

export const clickAnswer = Type.Union(
  [
    Type.Object(
      {
        success: Type.Literal(true),
        click_id: Type.String({
          description: "The visitor's click id. Opaque; keep it as long as the cookie window says.",
        }),
        partner_code: Type.String({ description: "The link's code in its own spelling." }),
        cookie_window_days: Type.Integer(),
      },
      { title: 'Click tracked' },
    ),
    Type.Object(
      { success: Type.Literal(false), message: Type.Literal('Referral link is inactive') },
      {
        title: 'Inactive link',
        description: 'The link is switched off, or its partner left the program.',
      },
    ),
    notTracked,
    testEvent,
  ],
  { description: 'The click is on disk, or a reason why it is not.' },
)

export const leadAnswer = Type.Union(
  [
    Type.Object(
      {
        success: Type.Literal(true),
        message: Type.String({ examples: ['Lead tracked successfully'] }),
        already_tracked: Type.Optional(
          Type.Boolean({
            description: 'True when this customer had a lead before: nothing was added.',
          }),
        ),
        provisional: Type.Optional(
          Type.Boolean({
            description:
              'True when the program lets only its backend settle a lead: this one counts once that call, or a sale, arrives.',
          }),
        ),
      },
      { title: 'Lead tracked' },
    ),
    notTracked,
    testEvent,
  ],
  { description: 'The lead is on disk, or a reason why it is not.' },
)

export const saleAnswer = Type.Union(
  [
    Type.Object(
      {
        success: Type.Literal(true),
        sale_id: Type.Integer(),
        commission_id: nullable(Type.Integer()),
        message: Type.Literal('Sale tracked successfully'),
        attributed: Type.Literal(true),
        partner_code: Type.String(),
        commission_cents: Type.Integer({
          description:
            "In the smallest unit of the sale's currency, or of a fixed commission's own.",
        }),
        reason: Type.Optional(
          Type.String({
            description:
              'Why there is no commission: `policy_pays_nothing`, `rounds_to_zero`, `duration_ended` or `not_first_sale`.',
          }),
        ),
      },
      { title: 'Attributed' },
    ),
    Type.Object(
      {
        success: Type.Literal(true),
        attributed: Type.Literal(false),
        reason: Type.Literal('attribution_window_expired'),
        click_age_days: Type.Integer(),
        window_days: Type.Integer(),
        sale_id: Type.Null(),
        commission_id: Type.Null(),
      },
      {
        title: 'Window expired',
        description: 'No sale and no commission was created. The decision can still be read.',
      },
    ),
    testEvent,
  ],
  { description: 'The sale is on disk, or its window had expired.' },
)

const deduction = {
  deductionAmount: Type.Number({ description: 'What this call took back, in major units.' }),
  deduction_amount_cents: Type.Integer({ description: 'The same, exact, in minor units.' }),
  commission_id: Type.Integer(),
}

export const refundAnswer = Type.Union(
  [
    Type.Object(
      {
        success: Type.Literal(true),
        status: Type.Union([Type.Literal('reversed'), Type.Literal('refunded')], {
          description: '`reversed`: the whole sale is refunded. `refunded`: a part of it.',
        }),
        ...deduction,
      },
      { title: 'Commission taken back' },
    ),
    Type.Object(
      {
        success: Type.Literal(true),
        status: Type.Literal('skipped'),
        reason: Type.Literal('already reversed'),
        commission_id: Type.Integer(),
      },
      { title: 'Nothing new' },
    ),
    Type.Object(
      {
        success: Type.Literal(true),
        status: Type.Literal('no_commission'),
        message: Type.Literal('Sale has no commission to reverse'),
      },
      { title: 'Sale without commission' },
    ),
    testEvent,
  ],
  { description: 'What the refund took back.' },
)

/** The error envelope of the tracking paths. */
export const trackingError = Type.Object(
  {
    error: Type.String({ description: 'One sentence.' }),
    code: Type.String({ description: 'Stable, snake_case.' }),
    request_id: Type.String({ description: 'Equal to the X-Request-Id header.' }),
  },
  { title: 'Error', additionalProperties: true },
)

export const duplicateSaleError = Type.Object(
  {
    error: Type.Literal('Duplicate transaction_id. This sale has already been recorded.'),
    code: Type.Union([
      Type.Literal('duplicate_transaction'),
      Type.Literal('transaction_mismatch', {
        description: 'Amount or currency differ from the first call.',
      }),
    ]),
    request_id: Type.String(),
    sale_id: nullable(Type.Integer()),
    commission_id: nullable(Type.Integer()),
  },
  { title: 'Duplicate', description: "With the first sale's ids." },
)

const errorMeanings: Record<number, string> = {
  400: 'Something in the request is wrong; the sentence names it.',
  401: 'The key is missing, malformed, unknown, revoked or expired.',
  404: 'There is no such sale in this program.',
  413: 'The body is over 64 KiB.',
  415: 'The body is not `application/json`.',
  429: 'Too many requests; `Retry-After` says when to come back.',
  500: 'It failed on our side. Sales, refunds and leads can be sent again: what was stored is not stored twice.',
  503: 'The server has more work than it may queue; nothing was stored. Try again after `Retry-After` seconds.',
}

/** The error answers of a tracking call, by status. */
export function trackingErrors(...statuses: number[]) {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      Type.Unsafe({ ...trackingError, description: errorMeanings[status] ?? 'Error' }),
    ]),
  )
}
