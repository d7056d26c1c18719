import { Type } from 'typebox'
import { choice } from './fields.ts'

const dateSentence = (name: string) =>
  `${name} must be a date such as 2026-03-31, or an ISO 8601 time`

/** A limit in time. Which dates exist is not a matter of their form, and is looked at with the calendar. */
export const dateField = (name: string, description: string) =>
  Type.String({
    description,
    maxLength: 40,
    'x-error': dateSentence(name),
    examples: ['2026-03-01'],
  })

export const performanceQuery = Type.Object({
  period: Type.Optional(
    choice(
      'period',
      ['7d', '30d', '90d', 'all'],
      'Today and the days before it, in UTC; `all` begins with the program, at most ten years ago. Default `7d`. With `dateFrom` or `dateTo` it does not count.',
    ),
  ),
  dateFrom: Type.Optional(
    dateField(
      'dateFrom',
      'The first UTC day; of a time, its day. Default: six days before `dateTo`.',
    ),
  ),
  dateTo: Type.Optional(
    dateField('dateTo', 'The last UTC day, included; of a time, its day. Default: today.'),
  ),
})

const count = (description: string) => Type.Integer({ description })
const major = (description: string) => Type.Number({ description })
const day = (description: string) => Type.String({ format: 'date', description })

const trend = Type.Object({
  trend: Type.Number({
    description:
      'Percent without a sign, one decimal. From 0 to more it is 100, from 0 to 0 it is 0.',
  }),
  trendDirection: Type.Union([Type.Literal('up'), Type.Literal('down'), Type.Literal('stable')]),
})

const dayRow = Type.Object({
  date: day('The UTC day.'),
  period: day('The same.'),
  clicks: count('Clicks of people; bots and tests are not counted.'),
  leads: count('Signups that began to count on this day.'),
  conversions: count('Customers whose first attributed sale was on this day.'),
  revenue: major("In major units of the program's currency, before refunds."),
  partners: count('Partners who joined on this day.'),
  sales: count('Paid sales, in all currencies.'),
  commission: major("In major units of the program's currency, before refunds."),
  revenue_cents: count('The revenue, exact.'),
  refunded_cents: count('Refunded on this day, whenever the sale was.'),
  commission_cents: count('The commission, exact.'),
  commission_reversed_cents: count('What the refunds of this day took back.'),
})

const metrics = Type.Object({
  totalClicks: count('Sum of the days, like all totals.'),
  totalLeads: count('Signups.'),
  totalConversions: count('New paying customers.'),
  totalRevenue: major("In major units of the program's currency, before refunds."),
  conversionRate: Type.Number({ description: 'Conversions ÷ clicks × 100, two decimals.' }),
  averageOrderValue: major("Of the sales in the program's currency, in major units."),
  totalPartners: count('Partners who joined.'),
  totalSales: count('Paid sales, in all currencies.'),
  totalPartnersCommission: major("In major units of the program's currency, before refunds."),
  clicksTrend: trend,
  leadsTrend: trend,
  conversionsTrend: trend,
  revenueTrend: trend,
  partnersTrend: trend,
  salesTrend: trend,
  commissionTrend: trend,
  totalRevenueCents: count('The revenue, exact.'),
  totalRefundedCents: count('Refunded in this time, whenever the sale was.'),
  averageOrderValueCents: count('Rounded half up to the minor unit.'),
  totalPartnersCommissionCents: count('The commission, exact.'),
  totalCommissionReversedCents: count('What the refunds of this time took back.'),
  currencies: Type.Array(
    Type.Object({
      currency: Type.String(),
      sales: Type.Integer(),
      revenue_cents: Type.Integer(),
      refunded_cents: Type.Integer(),
      commission_cents: Type.Integer(),
      commission_reversed_cents: Type.Integer(),
    }),
    { description: 'Every currency in which anything happened, by code. Nothing is converted.' },
  ),
})

const rangeFields = {
  dateFrom: day('The first day.'),
  dateTo: day('The last day, included.'),
}

export const performanceReport = Type.Object(
  {
    data: Type.Array(dayRow, {
      description: 'A row a day, oldest first; days without events are there as zeros.',
    }),
    metrics,
    meta: Type.Object({
      period: Type.String({ description: 'As asked, or `custom` with dates.' }),
      ...rangeFields,
      previousPeriod: Type.Object(rangeFields, {
        description: 'The equally long time before, with which the trends compare.',
      }),
    }),
  },
  { description: 'Days, totals and trends.' },
)
