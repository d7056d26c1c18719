import { DAY_MS, utcDay } from '../../../shared/calendar.ts'
import { addDays, type DayRange, type TimeRange } from './period.ts'

export interface CutDay extends TimeRange {
  day: string
}

/**
 * A range as the whole days in it and the one or two days that it cuts: whole days are counted by their
 * totals, a part of a day only by its events. Without a whole day `dateFrom` is after `dateTo`.
 */
export function splitDays({ fromMs, untilMs }: TimeRange): { whole: DayRange; cut: CutDay[] } {
  const firstWholeMs = Math.ceil(fromMs / DAY_MS) * DAY_MS
  const afterWholeMs = Math.floor(untilMs / DAY_MS) * DAY_MS
  const whole = {
    dateFrom: utcDay(firstWholeMs),
    dateTo: addDays(utcDay(afterWholeMs), -1),
  }
  if (firstWholeMs > afterWholeMs) {
    return { whole, cut: [{ day: utcDay(fromMs), fromMs, untilMs }] }
  }
  const parts = [
    { fromMs, untilMs: firstWholeMs },
    { fromMs: afterWholeMs, untilMs },
  ]
  const cut = parts
    .filter((part) => part.fromMs < part.untilMs)
    .map((part) => ({ day: utcDay(part.fromMs), ...part }))
  return { whole, cut }
}
