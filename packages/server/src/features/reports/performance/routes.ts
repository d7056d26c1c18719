import type { FastifyInstance } from 'fastify'
import type { Static } from 'typebox'
import { ApiError } from '../../../contract/error-codes.ts'
import { performanceQuery, performanceReport } from '../../../contract/performance.ts'
import type { Db } from '../../../db/database.ts'
import type { Clock } from '../../../shared/clock.ts'
import { toMajorUnits } from '../../../shared/currency.ts'
import { type Money, trendOf } from '../domain/performance.ts'
import { isUnusable } from '../domain/period.ts'
import { type Reading, readingRoute } from '../reading-route.ts'
import { type PerformanceReport, readPerformance } from './read-performance.ts'

export function registerPerformance(
  app: FastifyInstance,
  deps: { db: Db; clock: Clock; onRequest: Reading['onRequest'] },
): void {
  readingRoute(app, {
    name: 'performance',
    operationId: 'readPerformance',
    summary: 'Clicks to commissions, by day',
    description:
      "A row for each UTC day, with totals, and trends against the equally long time before. Sales and commissions count on the day of the sale, before refunds; refunds on their own day. Single amounts are in the program's currency; `currencies` has all of them.",
    querystring: performanceQuery,
    answer: performanceReport,
    onRequest: deps.onRequest,
    read: async (programId, query) => {
      const { period, dateFrom, dateTo } = query as Static<typeof performanceQuery>
      const question = { period, dateFrom, dateTo }
      const report = await readPerformance(deps.db, programId, question, deps.clock.nowMs())
      if (isUnusable(report)) throw new ApiError('invalid_request', report.sentence)
      return toApiPerformance(report)
    },
  })
}

function toApiPerformance(report: PerformanceReport) {
  const { period, dateFrom, dateTo, previousPeriod } = report.period
  const major = (cents: number) => toMajorUnits(cents, report.currency)
  return {
    data: report.days.map((one) => ({
      date: one.day,
      period: one.day,
      clicks: one.clicks,
      leads: one.leads,
      conversions: one.conversions,
      revenue: major(one.revenueCents),
      partners: one.partners,
      sales: one.sales,
      commission: major(one.commissionCents),
      ...toApiCents(one),
    })),
    metrics: toApiMetrics(report, major),
    meta: { period, dateFrom, dateTo, previousPeriod },
  }
}

function toApiMetrics(report: PerformanceReport, major: (cents: number) => number) {
  const { totals, previous, currencies } = report
  return {
    totalClicks: totals.clicks,
    totalLeads: totals.leads,
    totalConversions: totals.conversions,
    totalRevenue: major(totals.revenueCents),
    conversionRate: report.conversionRate,
    averageOrderValue: major(report.averageOrderValueCents),
    totalPartners: totals.partners,
    totalSales: totals.sales,
    totalPartnersCommission: major(totals.commissionCents),
    clicksTrend: trendOf(totals.clicks, previous.clicks),
    leadsTrend: trendOf(totals.leads, previous.leads),
    conversionsTrend: trendOf(totals.conversions, previous.conversions),
    revenueTrend: trendOf(totals.revenueCents, previous.revenueCents),
    partnersTrend: trendOf(totals.partners, previous.partners),
    salesTrend: trendOf(totals.sales, previous.sales),
    commissionTrend: trendOf(totals.commissionCents, previous.commissionCents),
    totalRevenueCents: totals.revenueCents,
    totalRefundedCents: totals.refundedCents,
    averageOrderValueCents: report.averageOrderValueCents,
    totalPartnersCommissionCents: totals.commissionCents,
    totalCommissionReversedCents: totals.commissionReversedCents,
    currencies: currencies.map((one) => ({
      currency: one.currency,
      sales: one.sales,
      ...toApiCents(one),
    })),
  }
}

function toApiCents(money: Money) {
  return {
    revenue_cents: money.revenueCents,
    refunded_cents: money.refundedCents,
    commission_cents: money.commissionCents,
    commission_reversed_cents: money.commissionReversedCents,
  }
}
