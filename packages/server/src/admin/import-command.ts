import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { createSharing } from '../db/sharing.ts'
import { createVisitTools, openCountryDatabase } from '../features/clicks/index.ts'
import { createLeadWriter, createSaleWriter } from '../features/conversions/index.ts'
import { type ImportCounts, type ImportOutcome, importFile } from '../features/imports/index.ts'
import { StartError } from '../shared/errors.ts'
import type { AdminAnswer, AdminWork } from './commands.ts'
import { wholeNumber } from './provision-options.ts'
import { createProgressView } from './show-progress.ts'

/** The options of `admin import` as typed. */
export interface ImportOptions {
  program: string
  file: string
  rejects?: string
  strict?: boolean
}

/** Events from a file, at their own times. With --strict it is not ok when a line was rejected. */
export function importCommand(options: ImportOptions): AdminWork {
  const programId = wholeNumber('--program', options.program, 1, Number.MAX_SAFE_INTEGER)
  const { file } = options
  checkFile(file)
  const rejectsFile = options.rejects ?? `${file.replace(/\.ndjson$/, '')}.rejects.ndjson`
  if (resolve(rejectsFile) === resolve(file)) {
    throw new StartError('--rejects must be another file than --file')
  }
  return async ({ installation: { database, pepper }, clock }) => {
    const interruption = new AbortController()
    // Only the first: a second one ends the process at once, and even then nothing is lost.
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.once(name, () => interruption.abort())
    }
    const visitTools = createVisitTools({ country: openCountryDatabase(), pepper })
    const nowMs = () => performance.now()
    const sharing = createSharing(nowMs)
    const leadWriter = createLeadWriter(database, nowMs, sharing)
    const saleWriter = createSaleWriter(database, nowMs, sharing)
    const view = createProgressView(process.stderr)
    const { signal } = interruption
    const tools = { database, clock, visitTools, leadWriter, saleWriter, pepper }
    const request = { programId, file, rejectsFile, signal, onProgress: view.show }
    const outcome = await importFile(tools, request).catch(fileAsError)
    view.end()
    return toAnswer(outcome, programId, rejectsFile, options.strict === true)
  }
}

function checkFile(file: string): void {
  const stat = statSync(file, { throwIfNoEntry: false })
  if (stat === undefined) throw new StartError(`--file ${file} does not exist`)
  if (!stat.isFile()) throw new StartError(`--file ${file} is not a file`)
}

/** A file that cannot be read or written is for the operator to mend. */
function fileAsError(error: unknown): never {
  const isFileError = error instanceof Error && 'path' in error && 'code' in error
  throw isFileError ? new StartError(`The import stopped: ${error.message}`) : error
}

function toAnswer(
  outcome: ImportOutcome,
  programId: number,
  rejectsFile: string,
  isStrict: boolean,
): AdminAnswer {
  switch (outcome.kind) {
    case 'program_not_found':
      throw new StartError(`--program ${programId} names no program`)
    case 'program_inactive':
      throw new StartError(`Program ${programId} is not active`)
    case 'busy':
      throw new StartError(`Another import into program ${programId} is running`)
    default: {
      const { counts, lines, resumedAfterLine } = outcome
      const isFinished = outcome.kind === 'finished'
      const json = {
        program_id: programId,
        finished: isFinished,
        lines,
        resumed_after_line: resumedAfterLine,
        ...toJson(counts),
        rejects_file: counts.rejected > 0 ? rejectsFile : null,
      }
      const ok = isFinished && (counts.rejected === 0 || !isStrict)
      return { json, text: summary(outcome, rejectsFile), ok }
    }
  }
}

function toJson({ clicks, leads, sales, refunds, rejected }: ImportCounts) {
  return {
    clicks: { imported: clicks.imported, already_there: clicks.alreadyThere, late: clicks.late },
    leads: { imported: leads.imported, already_there: leads.alreadyThere },
    sales: {
      imported: sales.imported,
      already_there: sales.alreadyThere,
      outside_window: sales.outsideWindow,
    },
    refunds: { imported: refunds.imported, already_there: refunds.alreadyThere },
    rejected,
  }
}

function summary(
  { kind, counts, lines, resumedAfterLine }: Extract<ImportOutcome, { lines: number }>,
  rejectsFile: string,
): string {
  const { clicks, leads, sales, refunds, rejected } = counts
  const row = (name: string, one: { imported: number; alreadyThere: number }, more = '') =>
    `${name.padEnd(8)} ${one.imported} imported, ${one.alreadyThere} already there${more}`
  return [
    ...(resumedAfterLine > 0 ? [`Went on after line ${resumedAfterLine}.`] : []),
    row('clicks', clicks, clicks.late > 0 ? `, ${clicks.late} too late for earlier verdicts` : ''),
    row('leads', leads),
    row('sales', sales, `, ${sales.outsideWindow} outside the window`),
    row('refunds', refunds),
    rejected > 0 ? `rejected ${rejected}, see ${rejectsFile}` : 'rejected 0',
    kind === 'finished'
      ? `${lines} lines are done.`
      : `Interrupted after line ${lines}: the same command goes on from there.`,
  ].join('\n')
}
