import { setTimeout as delay } from 'node:timers/promises'
import { type Db, isLockTimeout } from '../../db/database.ts'
import { ensurePartitionsBetween } from '../../db/partitions.ts'
import { DAY_MS } from '../../shared/calendar.ts'
import { clockSkewMaxMs } from '../customers/index.ts'
import type { ParsedConversion } from './apply-conversion.ts'
import { addRow, type CopyRows, emptyRows } from './copy-rows.ts'
import { parseLine } from './parse-line.ts'
import type { FileLine } from './read-lines.ts'
import type { ClickStager } from './stage-click.ts'
import type { Reject } from './write-rejects.ts'

/** What is to be done one after the other, in the order of the file. */
export type Step =
  /** Clicks that follow one another, as rows for COPY. */
  | { kind: 'clicks'; rows: CopyRows }
  | { kind: 'conversion'; line: number; conversion: ParsedConversion }

/** So many lines as are imported before progress is noted. */
export interface Chunk {
  steps: Step[]
  rejects: Reject[]
  /** Days of which events are among them, as days since 1970. */
  days: Set<number>
  lines: number
  conversions: number
  endByte: number
}

const chunkLinesMax = 20_000
/** Each is a transaction of its own, and an interruption waits for the chunk. */
const chunkConversionsMax = 500
const partitionTriesMax = 60

export function emptyChunk(): Chunk {
  const nothing = { lines: 0, conversions: 0, endByte: 0 }
  return { steps: [], rejects: [], days: new Set(), ...nothing }
}

export function isFull(chunk: Chunk): boolean {
  return chunk.lines >= chunkLinesMax || chunk.conversions >= chunkConversionsMax
}

/** Reads a line and adds what is to be done. */
export function addLine(chunk: Chunk, line: FileLine, stager: ClickStager, nowMs: number): void {
  chunk.lines += 1
  chunk.endByte = line.endByte
  const reject = (error: string, event: unknown) =>
    chunk.rejects.push({ line: line.number, error, event })
  if (line.text === null) {
    reject(line.error ?? 'The line cannot be read', null)
    return
  }
  if (line.text.trim() === '') return
  const parsed = parseLine(line.text, nowMs)
  if (parsed.type === 'bad') {
    reject(parsed.error, parsed.event)
    return
  }
  chunk.days.add(Math.floor(parsed.atMs / DAY_MS))
  if (parsed.type !== 'click') {
    // A decision evens out the clocks of servers, so it may end up in the next day.
    chunk.days.add(Math.floor((parsed.atMs + clockSkewMaxMs) / DAY_MS))
    chunk.steps.push({ kind: 'conversion', line: line.number, conversion: parsed })
    chunk.conversions += 1
    return
  }
  const staged = stager.stage(parsed)
  if ('error' in staged) reject(staged.error, parsed.event)
  else addClick(chunk, staged.row)
}

function addClick(chunk: Chunk, row: string): void {
  const last = chunk.steps.at(-1)
  if (last?.kind === 'clicks') {
    addRow(last.rows, row)
    return
  }
  const rows = emptyRows()
  addRow(rows, row)
  chunk.steps.push({ kind: 'clicks', rows })
}

/** Makes the partitions that the chunk's events need, but for those of `made`, to which they are added. */
export async function ensureMonths(db: Db, chunk: Chunk, made: Set<string>): Promise<void> {
  for (const day of chunk.days) {
    const month = new Date(day * DAY_MS).toISOString().slice(0, 7)
    if (made.has(month)) continue
    for (let attempt = 1; ; attempt += 1) {
      try {
        await ensurePartitionsBetween(db, day * DAY_MS, day * DAY_MS)
        break
      } catch (error) {
        // Somebody reads for long just now; a new partition waits only half a second for them.
        if (!isLockTimeout(error) || attempt >= partitionTriesMax) throw error
        await delay(500)
      }
    }
    made.add(month)
  }
}
