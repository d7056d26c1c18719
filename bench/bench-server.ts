import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { LeadQuestion } from './record-leads.ts'
import type { Step } from './record-statements.ts'
import { serverEnvironment } from './run-program.ts'
import type {
  Answer,
  Counts,
  ImportResult,
  LeadResult,
  MadeProgram,
  Question,
  Ready,
} from './server-messages.ts'

const script = fileURLToPath(new URL('./server.ts', import.meta.url))
const answerTimeoutMs = 60_000
/** Ten million rows, also on a slow disk. */
const fillTimeoutMs = 30 * 60_000

/** The benchmarks' server process, see server.ts. */
export interface BenchServer extends Ready {
  counts(): Promise<Counts>
  recordSale(body: unknown): Promise<Step[]>
  /** A further program with so many clicks in its last 90 days. Returns its API key. */
  fillProgram(clicks: number): Promise<string>
  /** A further program with links and nothing else. */
  makeProgram(): Promise<MadeProgram>
  importFile(programId: number, file: string): Promise<ImportResult>
  /** The program's clicks once more, through COPY alone. */
  copyClicks(programId: number): Promise<ImportResult>
  /** Signups by new visitors, see record-leads.ts. */
  recordLeads(question: LeadQuestion): Promise<LeadResult>
  /** Resolves when the process and its PostgreSQL have ended. */
  stop(): Promise<void>
}

export async function startBenchServer(dataDir: string): Promise<BenchServer> {
  const child = fork(script, {
    execArgv: ['--import', 'tsx'],
    env: serverEnvironment(dataDir),
    // Standard output is for the result alone.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit')
  const ready = await Promise.race([
    once(child, 'message').then(([message]) => message as Ready),
    ended.then(() => null),
  ])
  if (ready === null) throw new Error('The server ended before it listened')
  const ask = asker(child)
  return {
    ...ready,
    counts: () => ask<Counts>({ ask: 'counts' }),
    recordSale: (body) => ask<Step[]>({ ask: 'record_sale', body, apiKey: ready.apiKey }),
    fillProgram: (clicks) => ask<string>({ ask: 'fill_program', clicks }, fillTimeoutMs),
    makeProgram: () => ask<MadeProgram>({ ask: 'make_program' }),
    importFile: (programId, file) =>
      ask<ImportResult>({ ask: 'import_file', programId, file }, fillTimeoutMs),
    copyClicks: (programId) => ask<ImportResult>({ ask: 'copy_clicks', programId }, fillTimeoutMs),
    recordLeads: (question) => ask<LeadResult>({ ask: 'record_leads', ...question }),
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

function asker(child: ChildProcess) {
  let lastId = 0
  return async <Result>(question: Question, timeoutMs = answerTimeoutMs): Promise<Result> => {
    lastId += 1
    const id = lastId
    const answer = await new Promise<Answer>((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer)
        child.off('message', onMessage)
        child.off('exit', onExit)
      }
      const onMessage = (message: Answer) => {
        if (message.id !== id) return
        settle()
        resolve(message)
      }
      const onExit = () => {
        settle()
        reject(new Error('The server ended'))
      }
      const timer = setTimeout(() => {
        settle()
        reject(new Error(`The server did not answer ${question.ask}`))
      }, timeoutMs)
      child.on('message', onMessage)
      child.once('exit', onExit)
      child.send({ ...question, id })
    })
    if (answer.error !== undefined) throw new Error(`The server: ${answer.error}`)
    return answer.result as Result
  }
}
