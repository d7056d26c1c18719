import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import UserAgent from 'user-agents'
import { type BenchServer, startBenchServer } from './bench-server.ts'
import { compareRounds, medianRatio, roundsMin, summary } from './compare-rounds.ts'

const userAgents = 500
const visitEveryMs = 250
const historyStartMs = Date.UTC(2024, 0, 1)
/** In a mixed file one visitor in so many signs up and buys. */
const buyerEvery = 50
/** A mixed file is shorter, because each of its sales is a commit. */
const mixedShare = 10

export interface ImportSetting {
  /** A directory for a database of its own. */
  dataDir: string
  /** For the files to import. */
  directory: string
  clicks: number
  signal: AbortSignal
}

/**
 * Files of clicks through the import against the same rows through COPY alone, and files in which some
 * visitors sign up and buy. Each round has a program and a file of its own.
 */
export async function measureImport(setting: ImportSetting) {
  const server = await startBenchServer(setting.dataDir)
  try {
    let lastProgramId = 0
    const importOf = (events: number, hasSales: boolean) => async () => {
      setting.signal.throwIfAborted()
      const { programId, codes } = await server.makeProgram()
      const file = join(setting.directory, `import-${programId}.ndjson`)
      await writeEvents(file, { programId, codes, events, hasSales })
      const told = await server.importFile(programId, file)
      await rm(file)
      if (told.events !== events) throw new Error(`${told.events} of ${events} were imported`)
      if (!hasSales) lastProgramId = programId
      return { perSecond: told.events / told.seconds }
    }
    const clicks = importOf(setting.clicks, false)
    // Needs the rows that a first import made; and what is not compiled yet is not measured.
    await clicks()
    const figures = await compareRounds(
      {
        clicks,
        copy: () => copied(server, lastProgramId),
        mixed: importOf(Math.ceil(setting.clicks / mixedShare), true),
      },
      'import',
    )
    return {
      ratio_to_copy_alone: medianRatio(figures.clicks, figures.copy),
      rounds: roundsMin,
      clicks_a_round: setting.clicks,
      clicks: summary(figures.clicks),
      copy_alone: summary(figures.copy),
      [`mixed_every_${buyerEvery}th_visitor_buys`]: summary(figures.mixed),
    }
  } finally {
    await server.stop()
  }
}

async function copied(server: BenchServer, programId: number) {
  const { events, seconds } = await server.copyClicks(programId)
  return { perSecond: events / seconds }
}

interface History {
  programId: number
  codes: string[]
  events: number
  hasSales: boolean
}

/** As another system would write its history out: every visitor with an id, in the order of time. */
async function writeEvents(file: string, history: History): Promise<void> {
  const agents = Array.from({ length: userAgents }, () => new UserAgent().toString())
  const out = createWriteStream(file)
  let written = 0
  const write = async (event: Record<string, unknown>) => {
    written += 1
    const isTaken = out.write(`${JSON.stringify(event)}\n`)
    if (!isTaken) await once(out, 'drain')
  }
  for (let i = 0; written < history.events; i += 1) {
    const timestamp = new Date(historyStartMs + i * visitEveryMs).toISOString()
    const visitor = `old_${history.programId}_${i}`
    await write(clickLine(history.codes, agents, i, visitor, timestamp))
    if (!history.hasSales || i % buyerEvery !== 0 || written + 2 > history.events) continue
    await write({ type: 'lead', timestamp, click_id: visitor, customer_key: visitor })
    const sale = { transaction_id: visitor, customer_key: visitor, amount_cents: 4_900 }
    await write({ type: 'sale', timestamp, ...sale })
  }
  out.end()
  await once(out, 'close')
}

function clickLine(
  codes: string[],
  agents: string[],
  i: number,
  visitor: string,
  timestamp: string,
) {
  const landing = `https://example.com/pricing?aff=${codes[i % codes.length]}&utm_source=news`
  return {
    ...{ type: 'click', timestamp, click_id: visitor, affiliate_url: landing, page_url: landing },
    page_title: 'Pricing',
    referrer_url: `https://news${i % 50}.example.org/`,
    user_agent: agents[i % agents.length],
    language: 'en-US',
    timezone: 'Europe/Berlin',
    ip: `81.${i % 200}.${(i >> 8) % 200}.${i % 250}`,
  }
}
