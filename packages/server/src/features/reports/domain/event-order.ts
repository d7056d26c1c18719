/**
 * The one order of all events: newest first, at the same moment clicks before leads before
 * conversions, and of each kind the later id first.
 */
export const eventKinds = ['click', 'lead', 'conversion'] as const
export type EventKind = (typeof eventKinds)[number]

/** An event's place in the order. */
export interface EventPlace {
  kind: EventKind
  atMs: number
  id: number
}

/** Events of one kind that follow: at `atMs` with an id below `idBelow`, or before `atMs`. */
export interface Bound {
  atMs: number
  idBelow: number
}

/** Where a page begins: after an event, or with all that is older than a moment. */
export type PageStart = { after: EventPlace } | { beforeMs: number }

export interface Cursor {
  after: EventPlace
  /** The number of the page that begins there. */
  page: number
}

export function boundOf(kind: EventKind, start: PageStart): Bound {
  if ('beforeMs' in start) return { atMs: start.beforeMs, idBelow: 0 }
  const { after } = start
  const side = eventKinds.indexOf(kind) - eventKinds.indexOf(after.kind)
  if (side === 0) return { atMs: after.atMs, idBelow: after.id }
  return { atMs: after.atMs, idBelow: side < 0 ? 0 : Number.MAX_SAFE_INTEGER }
}

/** Negative when `a` comes first. */
export function compareEvents(a: EventPlace, b: EventPlace): number {
  return b.atMs - a.atMs || eventKinds.indexOf(a.kind) - eventKinds.indexOf(b.kind) || b.id - a.id
}

/** Opaque to clients: they hand it back as it is. */
export function writeCursor({ after, page }: Cursor): string {
  const parts = [after.atMs, eventKinds.indexOf(after.kind), after.id, page]
  return Buffer.from(parts.join('.')).toString('base64url')
}

/** Null when it is none of ours. */
export function readCursor(text: string): Cursor | null {
  const match = /^(\d{1,15})\.([0-2])\.(\d{1,15})\.(\d{1,9})$/.exec(
    Buffer.from(text, 'base64url').toString('latin1'),
  )
  if (match === null) return null
  const [atMs = 0, kindIndex = 0, id = 0, page = 0] = match.slice(1).map(Number)
  const kind = eventKinds[kindIndex]
  // Later than any time that the database can hold.
  if (kind === undefined || atMs > Date.UTC(9999, 11, 31)) return null
  return { after: { kind, atMs, id }, page }
}
