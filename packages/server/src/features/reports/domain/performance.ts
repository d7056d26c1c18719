import { mulDivHalfUp } from '../../../shared/money.ts'
import { type DayRange, listDays } from './period.ts'

/** A day's counts. */
export interface DayTraffic {
  day: string
  clicks: number
  leads: number
  conversions: number
}

/** A day's money in one currency, in minor units. */
export interface DayMoney extends Money {
  day: string
  currency: string
}

export interface Money {
  sales: number
  revenueCents: number
  refundedCents: number
  commissionCents: number
  commissionReversedCents: number
}

export interface DayPartners {
  day: string
  partners: number
}

/** What is known of the days of a period and of the equally long time before; days without anything may be missing. */
export interface Days {
  traffic: DayTraffic[]
  money: DayMoney[]
  partners: DayPartners[]
}

/** Money is in the program's currency, but `sales` counts those in all currencies. */
export interface Figures extends Money {
  clicks: number
  leads: number
  conversions: number
  partners: number
}

export interface Trend {
  /** Percent, without a sign, one decimal. */
  trend: number
  trendDirection: 'up' | 'down' | 'stable'
}

export interface Performance {
  days: ({ day: string } & Figures)[]
  totals: Figures
  previous: Figures
  /** Percent, two decimals; 0 without clicks. */
  conversionRate: number
  /** Of the sales in the program's currency, rounded half up to the minor unit. */
  averageOrderValueCents: number
  /** All currencies in which anything happened, by code. */
  currencies: ({ currency: string } & Money)[]
}

const noMoney: Money = {
  sales: 0,
  revenueCents: 0,
  refundedCents: 0,
  commissionCents: 0,
  commissionReversedCents: 0,
}
const nothing: Figures = { ...noMoney, clicks: 0, leads: 0, conversions: 0, partners: 0 }

/** Puts the days of a period together, with its totals and those of the time before. */
export function summarise(
  found: Days,
  currency: string,
  range: DayRange,
  previousRange: DayRange,
): Performance {
  const byDay = figuresByDay(found, currency)
  const figuresOf = (day: string) => byDay.get(day) ?? nothing
  const days = listDays(range).map((day) => ({ day, ...figuresOf(day) }))
  const totals = sum(days)
  const currencies = sumCurrencies(found.money, range)
  const own = currencies.find((one) => one.currency === currency)
  return {
    days,
    totals,
    previous: sum(listDays(previousRange).map(figuresOf)),
    conversionRate: percent(totals.conversions, totals.clicks, 2),
    averageOrderValueCents:
      own === undefined || own.sales === 0 ? 0 : mulDivHalfUp(own.revenueCents, 1, own.sales),
    currencies,
  }
}

/** From nothing to something is 100 up, from nothing to nothing 0 and stable. */
export function trendOf(current: number, previous: number): Trend {
  if (current === previous) return { trend: 0, trendDirection: 'stable' }
  const trendDirection = current > previous ? 'up' : 'down'
  if (previous === 0) return { trend: 100, trendDirection }
  return { trend: percent(Math.abs(current - previous), previous, 1), trendDirection }
}

function figuresByDay({ traffic, money, partners }: Days, currency: string) {
  const byDay = new Map<string, Figures>()
  const at = (day: string): Figures => {
    const figures = byDay.get(day) ?? { ...nothing }
    byDay.set(day, figures)
    return figures
  }
  for (const { day, clicks, leads, conversions } of traffic) {
    Object.assign(at(day), { clicks, leads, conversions })
  }
  for (const row of money) {
    const figures = at(row.day)
    figures.sales += row.sales
    if (row.currency === currency) addMoney(figures, { ...row, sales: 0 })
  }
  for (const { day, partners: joined } of partners) at(day).partners = joined
  return byDay
}

function sumCurrencies(money: DayMoney[], { dateFrom, dateTo }: DayRange) {
  const sums = new Map<string, Money>()
  for (const row of money) {
    if (row.day < dateFrom || row.day > dateTo) continue
    const sumOfOne = sums.get(row.currency) ?? { ...noMoney }
    addMoney(sumOfOne, row)
    sums.set(row.currency, sumOfOne)
  }
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, of]) => ({ currency: code, ...of }))
}

function addMoney(to: Money, more: Money): void {
  to.sales += more.sales
  to.revenueCents += more.revenueCents
  to.refundedCents += more.refundedCents
  to.commissionCents += more.commissionCents
  to.commissionReversedCents += more.commissionReversedCents
}

function sum(figures: Figures[]): Figures {
  const total = { ...nothing }
  for (const one of figures) {
    addMoney(total, one)
    total.clicks += one.clicks
    total.leads += one.leads
    total.conversions += one.conversions
    total.partners += one.partners
  }
  return total
}

/** part ÷ whole × 100, rounded half up to `digits` decimals; 0 where the whole is 0. */
function percent(part: number, whole: number, digits: number): number {
  if (whole === 0) return 0
  const scale = 10 ** digits
  return mulDivHalfUp(part, 100 * scale, whole) / scale
}
