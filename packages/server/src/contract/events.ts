import { type TSchema, Type } from 'typebox'
import { choice } from './fields.ts'
import { dateField } from './performance.ts'

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const text = () => nullable(Type.String())

export const eventsQuery = Type.Object({
  page: Type.Optional(
    Type.String({
      description: 'From 1. Default 1.',
      pattern: '^[1-9][0-9]{0,8}$',
      examples: ['2'],
      'x-error': 'page must be a whole number from 1 to 999999999',
    }),
  ),
  pageSize: Type.Optional(
    Type.String({
      description: '1 to 100. Default 10.',
      pattern: '^([1-9][0-9]?|100)$',
      examples: ['50'],
      'x-error': 'pageSize must be a whole number from 1 to 100',
    }),
  ),
  eventType: Type.Optional(
    choice('eventType', ['click', 'lead', 'conversion'], 'Default: all of them.'),
  ),
  dateFrom: Type.Optional(
    dateField('dateFrom', 'Events from this UTC day or moment on, by `timestamp`.'),
  ),
  dateTo: Type.Optional(
    dateField('dateTo', 'Events up to this moment; a date without a time includes that UTC day.'),
  ),
  cursor: Type.Optional(
    Type.String({
      description:
        '`meta.pagination.nextCursor` of the page before, with the same filters. New events never move it. With it `page` does not count.',
      pattern: '^[A-Za-z0-9_-]{1,80}$',
      'x-error': 'cursor must be the nextCursor of an earlier answer',
    }),
  ),
})

const times = {
  timestamp: Type.String({
    format: 'date-time',
    description: 'When it counts. A lead that waited for confirmation counts from then on.',
  }),
  click_id: Type.String({ description: "The visitor's click id." }),
}
const createdAt = Type.String({ format: 'date-time', description: 'When it was recorded.' })
const converted = Type.Boolean({ description: 'Whether this visitor has bought by now.' })

const click = Type.Object(
  {
    id: Type.Integer(),
    event_type: Type.Literal('click'),
    ...times,
    session_id: text(),
    page_url: text(),
    referrer_url: text(),
    geo_country: text(),
    geo_region: text(),
    geo_city: text(),
    device_type: text(),
    device_os: text(),
    browser_name: text(),
    converted,
    createdAt,
  },
  { title: 'Click' },
)

const lead = Type.Object(
  {
    id: Type.Integer(),
    event_type: Type.Literal('lead'),
    ...times,
    customer_key: text(),
    session_id: text(),
    page_url: text(),
    converted,
    createdAt,
  },
  { title: 'Lead' },
)

const conversion = Type.Object(
  {
    id: Type.Integer({ description: 'The sale_id.' }),
    event_type: Type.Literal('conversion'),
    ...times,
    amount_cents: Type.Integer({ description: "In the currency's smallest unit." }),
    currency: Type.String(),
    sale_type: Type.String(),
    payment_status: Type.Union(
      [Type.Literal('paid'), Type.Literal('partially_refunded'), Type.Literal('refunded')],
      { description: 'As it is now.' },
    ),
    processor_event_id: Type.String({
      description: 'The transaction id, by which the sale can be read.',
    }),
    is_recurring: Type.Boolean(),
    createdAt,
  },
  { title: 'Conversion', description: 'An attributed sale; renewals too.' },
)

export const eventsReport = Type.Object(
  {
    data: Type.Array(Type.Union([click, lead, conversion]), {
      description: 'Newest first. Without test events, bots, and leads that wait for confirmation.',
    }),
    meta: Type.Object({
      pagination: Type.Object({
        page: Type.Integer(),
        pageSize: Type.Integer(),
        pageCount: Type.Integer(),
        total: Type.Integer({ description: 'How many events the filters let through.' }),
        nextCursor: nullable(Type.String({ description: 'For the next page; null at the end.' })),
      }),
    }),
  },
  { description: 'A page of events.' },
)
