import cluster from 'node:cluster'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { firstProgramPlan, firstProgramText } from './boot/first-program.ts'
import { type Installation, openInstallation } from './boot/installation.ts'
import { connectionsOfParent, connectionsOfWorker, readWorkers } from './boot/options.ts'
import { type ProcessLife, runProcess } from './boot/run-process.ts'
import { type Config, readConfig } from './config.ts'
import { provisionFirstProgram } from './features/onboarding/index.ts'
import { startPartitionUpkeep } from './jobs/partition-upkeep.ts'
import { type Serving, serve } from './serve.ts'
import { systemClock as clock } from './shared/clock.ts'
import { systemRandomness as randomness } from './shared/random.ts'
import { startWorker } from './worker.ts'
import { startWorkers } from './workers/start-workers.ts'

/** Servers on one database do not know how many they are; an installation has a few of them. */
const processesAssumed = 4

if (cluster.isWorker) await runProcess(startWorker, { leavesSignals: true })
else await runProcess(startServer)

async function startServer({ stops, fail }: ProcessLife): Promise<void> {
  const workers = readWorkers(process.argv.slice(2))
  const config = readConfig()
  const log = pino({ level: config.logLevel }, pino.destination(2))
  const installation = await openInstallation({
    config,
    mode: 'serve',
    connectionsMax: workers > 1 ? connectionsOfParent : undefined,
    clock,
    randomness,
    log,
    onFatal: fail,
  })
  stops.push(() => installation.close())
  const { database, pepper, connection } = installation
  stops.push(
    startPartitionUpkeep({
      database,
      clock,
      retentionDays: config.retentionDays,
      onError: (error) => log.error({ error: String(error) }, 'partition upkeep failed'),
      onArchived: (months) => log.info({ months }, 'archived the clicks of these months'),
      onPostponed: () => log.warn('partitions are busy and will be looked after in the next round'),
    }),
  )
  const task = { config, connection, connectionsMax: connectionsOfWorker(workers), pepper, workers }
  const mainFile = fileURLToPath(import.meta.url)
  const serving =
    workers > 1
      ? await startWorkers({ task, mainFile, log, onFatal: fail })
      : await serve({
          ...{ config, database, clock, randomness, pepper, log },
          // Nobody else can be at the built-in database.
          limitingProcesses: config.databaseUrl === null ? undefined : processesAssumed,
        })
  stops.push(serving.stop)
  await greet(installation, config, serving)
}

/** Tells the operator where the server is, and on an empty database how to try it. */
async function greet({ database }: Installation, config: Config, { url }: Serving): Promise<void> {
  const program = await provisionFirstProgram({ database, clock, randomness }, firstProgramPlan)
  if (program !== null) {
    process.stdout.write(`${firstProgramText(program, config.publicUrl ?? url)}\n`)
  }
  process.stdout.write(`Affitor listening on ${url}\n`)
}
