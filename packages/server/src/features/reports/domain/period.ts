import { DAY_MS, utcDay } from '../../../shared/calendar.ts'

/** Whole UTC days, both included, as YYYY-MM-DD. */
export interface DayRange {
  dateFrom: string
  dateTo: string
}

export type PeriodName = '7d' | '30d' | '90d' | 'all'

export interface PeriodQuestion {
  period: PeriodName | undefined
  /** A date or a moment, as sent. With either of the two, `period` does not count. */
  dateFrom: string | undefined
  dateTo: string | undefined
}

export interface Period extends DayRange {
  period: PeriodName | 'custom'
  /** The equally long time before. */
  previousPeriod: DayRange
}

/** What is wrong, as a sentence that names the field. */
export interface Unusable {
  kind: 'unusable'
  sentence: string
}

/** Ten years: an answer has a row a day. */
const periodDaysMax = 3_653

const daysOf = { '7d': 7, '30d': 30, '90d': 90 } as const

/** Moments between which events are asked for. */
export interface TimeRange {
  fromMs: number
  /** The first moment that is not in it. */
  untilMs: number
}

const earliestMs = Date.UTC(1970, 0, 1)
const latestMs = Date.UTC(9999, 11, 31)

/** The days of a report. `firstDay` is where the program begins, for `all`. */
export function resolvePeriod(
  question: PeriodQuestion,
  today: string,
  firstDay: string,
): Period | Unusable {
  const from = readMoment('dateFrom', question.dateFrom)
  const to = readMoment('dateTo', question.dateTo)
  if (isUnusable(from)) return from
  if (isUnusable(to)) return to
  if (from === null && to === null) {
    const name = question.period ?? '7d'
    const days =
      name === 'all' ? Math.min(periodDaysMax, daysBetween(firstDay, today)) : daysOf[name]
    return withPrevious(name, addDays(today, 1 - Math.max(1, days)), today)
  }
  const dateTo = to === null ? today : utcDay(to.atMs)
  const dateFrom = from === null ? addDays(dateTo, 1 - daysOf['7d']) : utcDay(from.atMs)
  if (dateFrom > dateTo) return unusable('dateFrom must not be after dateTo')
  if (daysBetween(dateFrom, dateTo) > periodDaysMax) {
    return unusable(`dateFrom must be at most ${periodDaysMax} days before dateTo`)
  }
  return withPrevious('custom', dateFrom, dateTo)
}

/** The time that events are asked for; without limits it is all time. */
export function resolveTimeRange(
  dateFrom: string | undefined,
  dateTo: string | undefined,
): TimeRange | Unusable {
  const from = readMoment('dateFrom', dateFrom)
  const to = readMoment('dateTo', dateTo)
  if (isUnusable(from)) return from
  if (isUnusable(to)) return to
  const fromMs = from?.atMs ?? earliestMs
  const untilMs = to === null ? latestMs : to.atMs + (to.isDay ? DAY_MS : 1)
  return fromMs < untilMs ? { fromMs, untilMs } : unusable('dateFrom must not be after dateTo')
}

/** Every day of a range, oldest first. */
export function listDays({ dateFrom, dateTo }: DayRange): string[] {
  return Array.from({ length: daysBetween(dateFrom, dateTo) }, (_, i) => addDays(dateFrom, i))
}

export function addDays(day: string, days: number): string {
  return utcDay(Date.parse(day) + days * DAY_MS)
}

export function isUnusable(value: object | null): value is Unusable {
  return value !== null && 'kind' in value && value.kind === 'unusable'
}

function withPrevious(period: Period['period'], dateFrom: string, dateTo: string): Period {
  const days = daysBetween(dateFrom, dateTo)
  const previousPeriod = { dateFrom: addDays(dateFrom, -days), dateTo: addDays(dateFrom, -1) }
  return { period, dateFrom, dateTo, previousPeriod }
}

/** Both days included. */
function daysBetween(dateFrom: string, dateTo: string): number {
  return Math.round((Date.parse(dateTo) - Date.parse(dateFrom)) / DAY_MS) + 1
}

/** A date is the whole day; a moment without a time zone is in UTC. Null when nothing was sent. */
function readMoment(
  field: string,
  text: string | undefined,
): { atMs: number; isDay: boolean } | Unusable | null {
  if (text === undefined) return null
  const match =
    /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$/.exec(text)
  const [, day = '', time, , , zone] = match ?? []
  const atMs = Date.parse(time !== undefined && zone === undefined ? `${text}Z` : text)
  // Date.parse lets 31 February be 3 March.
  const isReal = utcDayOrNull(Date.parse(day)) === day
  if (!isReal || Number.isNaN(atMs) || atMs < earliestMs || atMs >= latestMs) {
    return unusable(`${field} must be a date such as 2026-03-31, or an ISO 8601 time`)
  }
  return { atMs, isDay: time === undefined }
}

function utcDayOrNull(atMs: number): string | null {
  return Number.isNaN(atMs) ? null : utcDay(atMs)
}

function unusable(sentence: string): Unusable {
  return { kind: 'unusable', sentence }
}
