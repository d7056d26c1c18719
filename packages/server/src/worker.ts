import { pino } from 'pino'
import { openPool } from './boot/open-database.ts'
import type { ProcessLife } from './boot/run-process.ts'
import { serve } from './serve.ts'
import { systemClock } from './shared/clock.ts'
import { StartError } from './shared/errors.ts'
import { systemRandomness } from './shared/random.ts'
import { joinParent, type ParentLink } from './workers/parent-link.ts'

/** One of several processes that serve one port. The parent has opened and migrated the database. */
export async function startWorker({ stops, end }: ProcessLife): Promise<void> {
  const parent = await joinParent(end)
  try {
    const url = await serveFor(parent, stops)
    await parent.tell({ kind: 'listening', url })
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    // Every worker meets the same obstacle, and one line of it is enough: the parent prints it.
    await parent.tell({ kind: 'refused', message: error.message })
    process.exit(1)
  }
}

async function serveFor(parent: ParentLink, stops: ProcessLife['stops']): Promise<string> {
  const { config, connection, connectionsMax, pepper, workers } = parent.task
  const log = pino({ level: config.logLevel }, pino.destination(2))
  const database = openPool(connection, connectionsMax, log)
  stops.push(() => database.close())
  const serving = await serve({
    config,
    database,
    clock: systemClock,
    randomness: systemRandomness,
    pepper,
    log,
    limitingProcesses: workers,
    metrics: parent.metrics,
  })
  stops.push(serving.stop)
  return serving.url
}
