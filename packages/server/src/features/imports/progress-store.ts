import type { Db } from '../../db/database.ts'
import type { ImportCounts } from './domain/counts.ts'

/** How far a file has been imported. */
export interface Progress {
  nextByte: number
  linesDone: number
  rejectsBytes: number
  counts: ImportCounts
}

const selectProgress = {
  name: 'import_progress',
  text: `select next_byte, lines_done, rejects_bytes, counts from imports
    where program_id = $1 and file_sha256 = $2 and finished_at is null`,
}

/** A file that was finished begins anew: what was rejected may be accepted now. */
const restart = {
  name: 'import_restart',
  text: `insert into imports (program_id, file_sha256, counts, started_at) values ($1, $2, $3, $4)
    on conflict (program_id, file_sha256) do update set next_byte = 0, lines_done = 0, rejects_bytes = 0,
      counts = excluded.counts, started_at = excluded.started_at, finished_at = null`,
}

const updateProgress = {
  name: 'import_update',
  text: `update imports set next_byte = $3, lines_done = $4, rejects_bytes = $5, counts = $6, finished_at = $7
    where program_id = $1 and file_sha256 = $2`,
}

/** Where an interrupted import stands; null where there is none. */
export async function findProgress(
  db: Db,
  programId: number,
  sha256: Buffer,
): Promise<Progress | null> {
  const [row] = await db.query<{
    next_byte: number
    lines_done: number
    rejects_bytes: number
    counts: ImportCounts
  }>(selectProgress, [programId, sha256])
  if (row === undefined) return null
  const { counts } = row
  const [nextByte, linesDone, rejectsBytes] = [row.next_byte, row.lines_done, row.rejects_bytes]
  return { nextByte, linesDone, rejectsBytes, counts }
}

export async function startProgress(
  db: Db,
  programId: number,
  sha256: Buffer,
  counts: ImportCounts,
  nowMs: number,
): Promise<void> {
  await db.query(restart, [programId, sha256, JSON.stringify(counts), new Date(nowMs)])
}

export async function saveProgress(
  db: Db,
  programId: number,
  sha256: Buffer,
  progress: Progress,
  finishedAtMs: number | null,
): Promise<void> {
  await db.query(updateProgress, progressValues(programId, sha256, progress, finishedAtMs))
}

/** For whoever notes progress in a transaction of its own. */
export function progressUpdate(programId: number, sha256: Buffer, progress: Progress) {
  return { ...updateProgress, values: progressValues(programId, sha256, progress, null) }
}

function progressValues(
  programId: number,
  sha256: Buffer,
  progress: Progress,
  finishedAtMs: number | null,
): unknown[] {
  return [
    programId,
    sha256,
    progress.nextByte,
    progress.linesDone,
    progress.rejectsBytes,
    JSON.stringify(progress.counts),
    finishedAtMs === null ? null : new Date(finishedAtMs),
  ]
}
