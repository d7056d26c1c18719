import { type Static, Type } from 'typebox'
import { AMOUNT_MAX } from '../shared/money.ts'
import {
  additionalData,
  amountCents,
  choice,
  currency,
  flag,
  identifier,
  programId,
  text,
} from './fields.ts'

/**
 * The bodies of the four tracking calls. Every field is optional here, because test mode needs none:
 * what a real call must have is checked by its route, with the contract's own sentence.
 */

const clickExamples = {
  visit: {
    summary: 'A visitor lands on a partner link',
    value: {
      affiliate_url: 'https://example.com/pricing?aff=EXAMPLE',
      page_url: 'https://example.com/pricing?aff=EXAMPLE',
      page_title: 'Pricing',
      referrer_url: 'https://news.example.org/',
      user_agent:
        'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36',
      screen_resolution: '1920x1080',
      viewport_size: '1280x720',
      language: 'en-US',
      timezone: 'Europe/Berlin',
    },
  },
  test: {
    summary: 'A test event, stored and counted nowhere',
    value: { additional_data: { test_mode: true, program_id: 1 } },
  },
}

export const clickBody = Type.Object(
  {
    affiliate_url: Type.Optional(
      text(
        'affiliate_url',
        'Required outside test mode. The landing URL, with the partner code in `?aff=`.',
      ),
    ),
    page_url: Type.Optional(text('page_url', 'The page that was opened.')),
    page_title: Type.Optional(text('page_title', "The page's title.")),
    referrer_url: Type.Optional(text('referrer_url', 'Where the visitor came from.')),
    session_id: Type.Optional(text('session_id', "Your own id of the visitor's session.")),
    user_agent: Type.Optional(
      text('user_agent', "The visitor's user agent. Default: the request's own header."),
    ),
    screen_resolution: Type.Optional(
      text('screen_resolution', 'Width x height in pixels, such as `1920x1080`.'),
    ),
    viewport_size: Type.Optional(text('viewport_size', 'Width x height in pixels.')),
    language: Type.Optional(text('language', 'BCP 47 tag, such as `en-US`.')),
    timezone: Type.Optional(text('timezone', 'IANA name, such as `Europe/Berlin`.')),
    existing_click_id: Type.Optional(
      text(
        'existing_click_id',
        'The click id that the visitor already has. When it names a customer of the same program, it is kept and this click is added to it.',
      ),
    ),
    additional_data: Type.Optional(additionalData),
  },
  { additionalProperties: true, 'x-examples': clickExamples },
)

const clickIdsError = 'click_ids must be a list of at most 20 strings'

const leadExamples = {
  server: {
    summary: 'Your backend reports a signup',
    value: {
      click_id: 'CLICK_ID',
      customer_key: 'user_42',
      email: 'ada@example.com',
      event_name: 'signup',
    },
  },
  key_only: {
    summary: 'The customer is already known by your own key',
    value: { customer_key: 'user_42' },
  },
  test: {
    summary: 'A test event, stored and counted nowhere',
    value: { additional_data: { test_mode: true, program_id: 1 } },
  },
}

export const leadBody = Type.Object(
  {
    click_id: Type.Optional(identifier('click_id', 'The click id that the click call answered.')),
    customer_key: Type.Optional(
      identifier(
        'customer_key',
        'Your own, stable id of the customer. It, `click_id` or `click_ids` is required outside test mode.',
      ),
    ),
    email: Type.Optional(
      text('email', 'Stored as a keyed hash and a mask, never in the clear.', { maxLength: 1_000 }),
    ),
    session_id: Type.Optional(text('session_id', "Your own id of the visitor's session.")),
    page_url: Type.Optional(text('page_url', 'The page on which it happened.')),
    click_ids: Type.Optional(
      Type.Array(Type.String({ 'x-error': clickIdsError }), {
        maxItems: 20,
        description: 'Candidates, newest last: the newest that names a customer counts.',
        'x-error': clickIdsError,
      }),
    ),
    event_name: Type.Optional(text('event_name', 'A name for the event, such as `signup`.')),
    program_id: Type.Optional(programId('program_id')),
    has_attribution: Type.Optional(
      flag('has_attribution', 'Whether the tracker saw a partner code. Informative.'),
    ),
    debug_mode: Type.Optional(flag('debug_mode', "The tracker's debug switch. Informative.")),
    additional_data: Type.Optional(additionalData),
  },
  { additionalProperties: true, 'x-examples': leadExamples },
)

const saleExamples = {
  payment: {
    summary: 'A payment of 49.00 USD',
    value: {
      transaction_id: 'in_1001',
      customer_key: 'user_42',
      amount_cents: 4900,
      currency: 'USD',
    },
  },
  subscription: {
    summary: 'The first payment of a monthly subscription',
    value: {
      transaction_id: 'in_1002',
      click_id: 'CLICK_ID',
      customer_key: 'user_42',
      amount_cents: 2900,
      currency: 'usd',
      sale_type: 'subscription',
      is_recurring: true,
      subscription_id: 'sub_7',
      subscription_interval: 'monthly',
      product_id: 'pro',
      line_items: [{ sku: 'pro-monthly', quantity: 1 }],
    },
  },
  test: {
    summary: 'A test event, stored and counted nowhere',
    value: { additional_data: { test_mode: true } },
  },
}

export const saleBody = Type.Object(
  {
    transaction_id: Type.Optional(
      identifier(
        'transaction_id',
        'Required outside test mode: your invoice or payment id. It is the idempotency key: unique within the program, for ever, compared exactly.',
        'transaction_id is required and must be a string',
      ),
    ),
    amount_cents: Type.Optional(amountCents),
    customer_key: Type.Optional(
      identifier('customer_key', 'Your own id of the customer. Looked up first.'),
    ),
    click_id: Type.Optional(
      identifier(
        'click_id',
        'Used when the key is missing or unknown; its customer then gets the key.',
      ),
    ),
    currency: Type.Optional(currency),
    sale_type: Type.Optional(
      choice('sale_type', ['payment', 'subscription'], 'Default `payment`.'),
    ),
    is_recurring: Type.Optional(flag('is_recurring', 'Default false.')),
    subscription_id: Type.Optional(
      identifier(
        'subscription_id',
        'A renewal of a subscription whose first sale was attributed goes to the same partner, whatever the window.',
      ),
    ),
    subscription_interval: Type.Optional(
      choice(
        'subscription_interval',
        ['monthly', 'quarterly', 'annual'],
        'How often it is billed.',
      ),
    ),
    product_id: Type.Optional(identifier('product_id', "Your product's id.")),
    line_items: Type.Optional(
      Type.Unknown({
        description:
          'Any JSON of at most 16 KiB, stored as JSON values: numbers as doubles, control characters dropped.',
      }),
    ),
    email: Type.Optional(
      text('email', 'Stored as a keyed hash and a mask, never in the clear.', { maxLength: 1_000 }),
    ),
    event_name: Type.Optional(text('event_name', 'A name for the event.')),
    additional_data: Type.Optional(additionalData),
  },
  { additionalProperties: true, 'x-examples': saleExamples },
)

const refundExamples = {
  whole: { summary: 'The whole sale', value: { transaction_id: 'in_1001' } },
  total_so_far: {
    summary: 'The total refunded so far, as payment providers report it',
    value: { transaction_id: 'in_1001', refund_amount_cents: 1000 },
  },
  own_id: {
    summary: 'One refund with its own id and amount',
    value: {
      transaction_id: 'in_1001',
      refund_id: 're_1',
      refund_amount_cents: 500,
      refund_reason: 'requested_by_customer',
    },
  },
  test: {
    summary: 'A test event, stored and counted nowhere',
    value: { additional_data: { test_mode: true } },
  },
}

export const refundBody = Type.Object(
  {
    transaction_id: Type.Optional(
      identifier(
        'transaction_id',
        'Required outside test mode: the transaction id of the sale.',
        'transaction_id is required and must be a string',
      ),
    ),
    refund_amount_cents: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: AMOUNT_MAX,
        description:
          'Omitted or 0: everything. Without `refund_id`: the total refunded so far on that sale, so that the same call twice changes nothing. With `refund_id`: the amount of this refund alone.',
        'x-error': 'refund_amount_cents must be a whole number of cents that is not negative',
        'x-error-maximum': `refund_amount_cents must be at most ${AMOUNT_MAX}`,
      }),
    ),
    refund_id: Type.Optional(
      identifier('refund_id', "This refund's own id. Each counts once on its sale."),
    ),
    refund_reason: Type.Optional(text('refund_reason', 'Why, in your words.')),
    additional_data: Type.Optional(additionalData),
  },
  { additionalProperties: true, 'x-examples': refundExamples },
)

export type ClickBody = Static<typeof clickBody>
export type LeadBody = Static<typeof leadBody>
export type SaleBody = Static<typeof saleBody>
export type RefundBody = Static<typeof refundBody>
