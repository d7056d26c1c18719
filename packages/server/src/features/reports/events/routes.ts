import type { FastifyInstance } from 'fastify'
import type { Static } from 'typebox'
import { ApiError } from '../../../contract/error-codes.ts'
import { eventsQuery, eventsReport } from '../../../contract/events.ts'
import type { Db } from '../../../db/database.ts'
import type { ConversionEvent, ProgramEvent } from '../domain/event.ts'
import { readCursor, writeCursor } from '../domain/event-order.ts'
import { isUnusable, resolveTimeRange } from '../domain/period.ts'
import { type Reading, readingRoute } from '../reading-route.ts'
import { type EventsPage, readEvents } from './read-events.ts'

const pageSizeUsually = 10

export function registerEvents(
  app: FastifyInstance,
  deps: { db: Db; onRequest: Reading['onRequest'] },
): void {
  readingRoute(app, {
    name: 'events',
    operationId: 'readEvents',
    summary: 'Clicks, leads and conversions, newest first',
    description:
      'What happened, a page at a time. Test events, clicks of bots and leads that still wait for confirmation are not shown and not in `total`, so that it agrees with the performance. A cursor gives pages that new events do not shift, at the same cost however deep.',
    querystring: eventsQuery,
    answer: eventsReport,
    onRequest: deps.onRequest,
    read: async (programId, sent) => {
      const query = sent as Static<typeof eventsQuery>
      const range = resolveTimeRange(query.dateFrom, query.dateTo)
      if (isUnusable(range)) throw new ApiError('invalid_request', range.sentence)
      const pageSize = Number(query.pageSize ?? pageSizeUsually)
      const page = await readEvents(deps.db, {
        programId,
        kind: query.eventType ?? null,
        range,
        page: Number(query.page ?? 1),
        pageSize,
        cursor: query.cursor === undefined ? null : cursorOf(query.cursor),
      })
      return toApiEvents(page, pageSize)
    },
  })
}

function cursorOf(text: string) {
  const cursor = readCursor(text)
  if (cursor !== null) return cursor
  throw new ApiError('invalid_request', 'cursor must be the nextCursor of an earlier answer')
}

function toApiEvents({ events, page, total, next }: EventsPage, pageSize: number) {
  return {
    data: events.map(toApiEvent),
    meta: {
      pagination: {
        page,
        pageSize,
        pageCount: Math.ceil(total / pageSize),
        total,
        nextCursor: next === null ? null : writeCursor(next),
      },
    },
  }
}

function toApiEvent(event: ProgramEvent) {
  const base = {
    id: event.id,
    event_type: event.kind,
    timestamp: new Date(event.atMs).toISOString(),
    click_id: event.clickId,
  }
  return { ...base, ...toApiDetails(event), createdAt: new Date(event.createdAtMs).toISOString() }
}

function toApiDetails(event: ProgramEvent) {
  switch (event.kind) {
    case 'click':
      return {
        session_id: event.sessionId,
        page_url: event.pageUrl,
        referrer_url: event.referrerUrl,
        geo_country: event.geoCountry,
        geo_region: event.geoRegion,
        geo_city: event.geoCity,
        device_type: event.deviceType,
        device_os: event.deviceOs,
        browser_name: event.browserName,
        converted: event.converted,
      }
    case 'lead':
      return {
        customer_key: event.customerKey,
        session_id: event.sessionId,
        page_url: event.pageUrl,
        converted: event.converted,
      }
    case 'conversion':
      return {
        amount_cents: event.amountCents,
        currency: event.currency,
        sale_type: event.saleType,
        payment_status: paymentStatus(event),
        processor_event_id: event.transactionId,
        is_recurring: event.isRecurring,
      }
  }
}

function paymentStatus({ amountCents, refundedCents }: ConversionEvent) {
  if (refundedCents === 0) return 'paid'
  return refundedCents < amountCents ? 'partially_refunded' : 'refunded'
}
