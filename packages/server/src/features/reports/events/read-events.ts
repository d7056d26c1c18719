import type { Db } from '../../../db/database.ts'
import { DAY_MS } from '../../../shared/calendar.ts'
import type { ProgramEvent } from '../domain/event.ts'
import {
  boundOf,
  type Cursor,
  compareEvents,
  type EventKind,
  eventKinds,
  type PageStart,
} from '../domain/event-order.ts'
import type { TimeRange } from '../domain/period.ts'
import { countEvents, findPlaceInDay, readEventsOf } from './store.ts'

export interface EventsQuestion {
  programId: number
  /** Null: all kinds. */
  kind: EventKind | null
  range: TimeRange
  page: number
  pageSize: number
  /** Where it is given, `page` does not count. */
  cursor: Cursor | null
}

export interface EventsPage {
  events: ProgramEvent[]
  page: number
  total: number
  next: Cursor | null
}

/**
 * A page of events, newest first. A page by number is found by the daily counts and then within its
 * day, so that its cost is bounded by one day however deep it lies; a cursor costs the page alone.
 */
export async function readEvents(db: Db, question: EventsQuestion): Promise<EventsPage> {
  const { programId, kind, range, pageSize, cursor } = question
  const page = cursor?.page ?? question.page
  const offset = (page - 1) * pageSize
  const counted = countEvents(db, programId, kind, range, cursor === null ? offset : 0)
  if (cursor !== null) {
    const [{ total }, found] = await Promise.all([counted, readFrom(db, question, cursor)])
    return toPage(found, page, pageSize, total)
  }
  if (offset === 0) {
    const [{ total }, found] = await Promise.all([
      counted,
      readFrom(db, question, { beforeMs: range.untilMs }),
    ])
    return toPage(found, page, pageSize, total)
  }
  const { total, day, before } = await counted
  if (day === null) return { events: [], page, total, next: null }
  const start = await findStart(db, question, day, offset - before)
  return toPage(await readFrom(db, question, start), page, pageSize, total)
}

async function findStart(
  db: Db,
  { programId, kind, range }: EventsQuestion,
  day: string,
  offsetInDay: number,
): Promise<PageStart> {
  const endMs = Math.min(range.untilMs, Date.parse(day) + DAY_MS)
  if (offsetInDay === 0) return { beforeMs: endMs }
  const last = await findPlaceInDay(db, programId, kind, range, { day, offset: offsetInDay - 1 })
  // Fewer events than were counted: a month that is just being dropped.
  return last === null ? { beforeMs: Date.parse(day) } : { after: last }
}

/** One more than a page, to know whether another follows. */
async function readFrom(
  db: Db,
  { programId, kind, range, pageSize }: EventsQuestion,
  start: PageStart,
): Promise<ProgramEvent[]> {
  const kinds = kind === null ? eventKinds : [kind]
  const lists = await Promise.all(
    kinds.map((one) => {
      const bound = boundOf(one, start)
      // A cursor of another question may begin after the time that is asked for.
      const within = bound.atMs < range.untilMs ? bound : { atMs: range.untilMs, idBelow: 0 }
      return readEventsOf(db, programId, one, range.fromMs, within, pageSize + 1)
    }),
  )
  return lists
    .flat()
    .sort(compareEvents)
    .slice(0, pageSize + 1)
}

function toPage(found: ProgramEvent[], page: number, pageSize: number, total: number): EventsPage {
  const events = found.slice(0, pageSize)
  const last = found.length > pageSize ? events.at(-1) : undefined
  const after = last && { kind: last.kind, atMs: last.atMs, id: last.id }
  return { events, page, total, next: after === undefined ? null : { after, page: page + 1 } }
}
