import { createRequire } from 'node:module'
import { Readable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Database } from '../packages/server/src/db/database.ts'
import type { CountryReader } from '../packages/server/src/features/clicks/index.ts'
import type { ImportResult } from './server-messages.ts'
import {
  createLeadWriter,
  createSaleWriter,
  createSharing,
  createVisitTools,
  importFile,
  systemClock,
} from './server-parts.ts'

/** pg-copy-streams is the server's, found as the server finds it. */
const { from: copyFrom, to: copyTo } = createRequire(
  new URL('../packages/server/', import.meta.url),
)('pg-copy-streams') as Record<'from' | 'to', (text: string) => Transform & { submit(): void }>

const copyBlockBytes = 256 * 1024

/** What the admin command does, in this process, so that no start of a process is measured with it. */
export async function importEvents(
  tools: { database: Database; country: CountryReader; pepper: Buffer },
  { programId, file }: { programId: number; file: string },
): Promise<ImportResult> {
  const { database, country, pepper } = tools
  const visitTools = createVisitTools({ country, pepper })
  const nowMs = () => performance.now()
  const sharing = createSharing(nowMs)
  const leadWriter = createLeadWriter(database, nowMs, sharing)
  const saleWriter = createSaleWriter(database, nowMs, sharing)
  const startedMs = performance.now()
  const outcome = await importFile(
    { database, clock: systemClock, visitTools, leadWriter, saleWriter, pepper },
    {
      ...{ programId, file, rejectsFile: `${file}.rejects`, onProgress: () => undefined },
      signal: new AbortController().signal,
    },
  )
  const seconds = (performance.now() - startedMs) / 1_000
  if (outcome.kind !== 'finished') throw new Error(`The import ended: ${outcome.kind}`)
  const { clicks, leads, sales, rejected } = outcome.counts
  if (rejected > 0) throw new Error(`${rejected} lines were rejected`)
  return { seconds, events: clicks.imported + leads.imported + sales.imported }
}

/**
 * The program's stored clicks through COPY into a table with the same indexes, in one durable transaction:
 * the least that bringing them into PostgreSQL can cost.
 */
export async function copyClicks(database: Database, programId: number): Promise<ImportResult> {
  return database.exclusively(async (client) => {
    const stored = client.query(
      copyTo(
        `copy (select * from affiliate_click_events where program_id = ${programId}) to stdout`,
      ),
    )
    const rows: Buffer[] = []
    for await (const part of stored) rows.push(part as Buffer)
    const bytes = Buffer.concat(rows)
    await client.query('create table bench_copy (like affiliate_click_events including indexes)')
    const startedMs = performance.now()
    await client.query('begin')
    await pipeline(
      Readable.from(blocks(bytes)),
      client.query(copyFrom('copy bench_copy from stdin')),
    )
    await client.query('commit')
    const seconds = (performance.now() - startedMs) / 1_000
    const { rows: counted } = await client.query<{ events: number }>(
      'select count(*)::integer as events from bench_copy',
    )
    await client.query('drop table bench_copy')
    return { seconds, events: counted[0]?.events ?? 0 }
  })
}

function* blocks(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += copyBlockBytes) {
    yield bytes.subarray(at, at + copyBlockBytes)
  }
}
