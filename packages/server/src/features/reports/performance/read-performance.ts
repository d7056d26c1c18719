import type { Db } from '../../../db/database.ts'
import { utcDay } from '../../../shared/calendar.ts'
import { type Performance, summarise } from '../domain/performance.ts'
import {
  isUnusable,
  type Period,
  type PeriodQuestion,
  resolvePeriod,
  type Unusable,
} from '../domain/period.ts'
import { loadReportedProgram, readMoney, readPartners, readTraffic } from './store.ts'

export interface PerformanceReport extends Performance {
  kind: 'report'
  period: Period
  /** The program's, ISO 4217. */
  currency: string
}

/** A program's days, from the daily totals alone. */
export async function readPerformance(
  db: Db,
  programId: number,
  question: PeriodQuestion,
  nowMs: number,
): Promise<PerformanceReport | Unusable> {
  const { currency, firstDay } = await loadReportedProgram(db, programId)
  const period = resolvePeriod(question, utcDay(nowMs), firstDay)
  if (isUnusable(period)) return period
  const { dateTo, previousPeriod } = period
  const [traffic, money, partners] = await Promise.all([
    readTraffic(db, programId, previousPeriod.dateFrom, dateTo),
    readMoney(db, programId, previousPeriod.dateFrom, dateTo),
    readPartners(db, programId, previousPeriod.dateFrom, dateTo),
  ])
  const found = { traffic, money, partners }
  return { kind: 'report', period, currency, ...summarise(found, currency, period, previousPeriod) }
}
