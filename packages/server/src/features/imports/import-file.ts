import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Clock } from '../../shared/clock.ts'
import type { VisitTools } from '../clicks/index.ts'
import { findProgram } from '../programs/index.ts'
import { applyConversion, type ConversionTools } from './apply-conversion.ts'
import { addLine, type Chunk, emptyChunk, ensureMonths, isFull } from './build-chunk.ts'
import { type ImportCounts, noCounts } from './domain/counts.ts'
import { findProgress, type Progress, saveProgress, startProgress } from './progress-store.ts'
import { readLines } from './read-lines.ts'
import { createClickStager } from './stage-click.ts'
import { type ImportConnection, loadLinks, lockImports, storeClicks } from './store.ts'
import { openRejects, type RejectFile } from './write-rejects.ts'

export interface ImportTools extends ConversionTools {
  clock: Clock
  visitTools: VisitTools
}

export interface ImportRequest {
  programId: number
  file: string
  rejectsFile: string
  /** Ends the import after the chunk under way. */
  signal: AbortSignal
  onProgress: (progress: ImportProgress) => void
}

export interface ImportProgress {
  linesDone: number
  bytesDone: number
  bytesTotal: number
}

export type ImportOutcome =
  | { kind: 'program_not_found' }
  | { kind: 'program_inactive' }
  /** Another process imports into the program. */
  | { kind: 'busy' }
  | {
      kind: 'finished' | 'interrupted'
      /** Of the whole file, earlier parts of an interrupted import included. */
      counts: ImportCounts
      lines: number
      /** The lines that an earlier, interrupted import had done. */
      resumedAfterLine: number
    }

/**
 * Imports a file of events in the order of its lines, as if each had been sent when it happened. Doing it
 * again adds nothing. An interrupted import goes on where it stood.
 */
export async function importFile(
  tools: ImportTools,
  request: ImportRequest,
): Promise<ImportOutcome> {
  const program = await findProgram(tools.database, request.programId)
  if (program === null) return { kind: 'program_not_found' }
  if (program.status !== 'active') return { kind: 'program_inactive' }
  return tools.database.exclusively(async (client) => {
    const unlock = await lockImports(client, request.programId)
    if (unlock === null) return { kind: 'busy' }
    try {
      return await importLocked(client, tools, request)
    } finally {
      // Where the connection is lost the lock is too, and the first failure is the one to be told.
      await unlock().catch(() => undefined)
    }
  })
}

interface Run {
  client: ImportConnection
  tools: ImportTools
  programId: number
  sha256: Buffer
  rejects: RejectFile
  progress: Progress
  monthsMade: Set<string>
}

async function importLocked(
  client: ImportConnection,
  tools: ImportTools,
  request: ImportRequest,
): Promise<ImportOutcome> {
  const { programId, file, signal } = request
  const { database, clock } = tools
  const sha256 = await hashFile(file)
  const progress = await beginProgress(tools, programId, sha256)
  const resumedAfterLine = progress.linesDone
  const rejects = openRejects(request.rejectsFile, progress.rejectsBytes)
  const run = { client, tools, programId, sha256, rejects, progress, monthsMade: new Set<string>() }
  try {
    await importChunks(run, request)
    if (!signal.aborted) {
      await saveProgress(database, programId, sha256, run.progress, clock.nowMs())
    }
  } finally {
    rejects.close()
  }
  const { counts, linesDone: lines } = run.progress
  return { kind: signal.aborted ? 'interrupted' : 'finished', counts, lines, resumedAfterLine }
}

async function beginProgress(
  { database, clock }: ImportTools,
  programId: number,
  sha256: Buffer,
): Promise<Progress> {
  const stands = await findProgress(database, programId, sha256)
  if (stands !== null) return stands
  const counts = noCounts()
  await startProgress(database, programId, sha256, counts, clock.nowMs())
  return { nextByte: 0, linesDone: 0, rejectsBytes: 0, counts }
}

/** While the database stores a chunk, the next one is read. */
async function importChunks(run: Run, request: ImportRequest): Promise<void> {
  const { tools, programId, progress } = run
  const { visitTools, pepper } = tools
  const { file, signal, onProgress } = request
  const bytesTotal = (await stat(file)).size
  const links = await loadLinks(tools.database, programId)
  const stager = createClickStager({ programId, links, visitTools, pepper })
  let storing: Promise<void> = Promise.resolve()
  const store = async (chunk: Chunk) => {
    await storing
    if (signal.aborted) return
    storing = storeChunk(run, chunk).then(() => {
      const { linesDone, nextByte: bytesDone } = run.progress
      onProgress({ linesDone, bytesDone, bytesTotal })
    })
    // It is awaited with the next chunk; until then a failure must not end the process.
    storing.catch(() => undefined)
  }
  let chunk = emptyChunk()
  const from = { byte: progress.nextByte, linesBefore: progress.linesDone }
  for await (const lines of readLines(file, from)) {
    for (const line of lines) {
      addLine(chunk, line, stager, tools.clock.nowMs())
      if (!isFull(chunk)) continue
      await store(chunk)
      chunk = emptyChunk()
    }
    if (signal.aborted) break
  }
  if (chunk.lines > 0) await store(chunk)
  await storing
}

/**
 * Clicks that follow one another are one transaction, each conversion is one of its own. Progress is
 * noted last: with the chunk's last clicks, or by itself. Whatever of a chunk was stored before a kill is
 * found to be there when the chunk is done again.
 */
async function storeChunk(run: Run, chunk: Chunk): Promise<void> {
  const { client, tools, programId, sha256, rejects } = run
  const { database } = tools
  await ensureMonths(database, chunk, run.monthsMade)
  const counts = structuredClone(run.progress.counts)
  const refused = [...chunk.rejects]
  const noted = (): Progress => ({
    nextByte: chunk.endByte,
    linesDone: run.progress.linesDone + chunk.lines,
    rejectsBytes: rejects.bytes(),
    counts,
  })
  const finish = () => {
    counts.rejected += refused.length
    rejects.append(refused)
  }
  const last = chunk.steps.at(-1)
  for (const step of chunk.steps) {
    if (step.kind === 'clicks') {
      if (step === last) finish()
      const { rows } = step
      await storeClicks(client, programId, sha256, rows, ({ imported, late }) => {
        counts.clicks.imported += imported
        counts.clicks.alreadyThere += rows.count - imported
        counts.clicks.late += late
        return step === last ? noted() : null
      })
      continue
    }
    const { conversion, line } = step
    const applied = await applyConversion(tools, programId, conversion)
    if (applied.kind === 'rejected') {
      refused.push({ line, error: applied.error, event: conversion.event })
    } else count(counts, conversion.type, applied.kind)
  }
  if (last?.kind !== 'clicks') {
    finish()
    await saveProgress(database, programId, sha256, noted(), null)
  }
  run.progress = noted()
}

function count(
  counts: ImportCounts,
  type: 'lead' | 'sale' | 'refund',
  kind: 'imported' | 'already_there' | 'outside_window',
): void {
  if (kind === 'outside_window') counts.sales.outsideWindow += 1
  else counts[`${type}s`][kind === 'imported' ? 'imported' : 'alreadyThere'] += 1
}

async function hashFile(file: string): Promise<Buffer> {
  const hash = createHash('sha256')
  for await (const block of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
    hash.update(block as Buffer)
  }
  return hash.digest()
}
