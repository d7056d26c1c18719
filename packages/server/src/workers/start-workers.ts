import cluster, { type Worker } from 'node:cluster'
import type { Logger } from 'pino'
import { StartError } from '../shared/errors.ts'
import { createMetricsGatherer } from './gather-metrics.ts'
import type { FromWorker, ToWorker, WorkerTask } from './messages.ts'

/** 64 of them take half a minute on two processors. */
const startTimeoutMs = 180_000
const deathsPerMinuteMax = 5
/** A worker cuts off what is left of its requests after 4 seconds. The database is still to be stopped after it. */
const stopTimeoutMs = 6_000

export interface WorkersOptions {
  task: WorkerTask
  /** The module that each worker runs. */
  mainFile: string
  log: Logger
  /** Called at most once, when workers die again and again and are not replaced any more. */
  onFatal: (error: Error) => void
}

export interface Workers {
  /** Where they can be reached. */
  url: string
  /** Lets them finish what was accepted. */
  stop(): Promise<void>
}

/**
 * Starts workers that share a port, and replaces those that die. Resolves when all of them listen.
 * Throws StartError when one cannot start.
 */
export async function startWorkers(options: WorkersOptions): Promise<Workers> {
  // The system's own way of sharing a port gives most connections to a few of the processes.
  cluster.schedulingPolicy = cluster.SCHED_RR
  cluster.setupPrimary({ exec: options.mainFile, args: [], serialization: 'advanced' })
  let herd: Herd | null = null
  try {
    const url = await new Promise<string>((resolve, reject) => {
      const tooLate = new StartError(`The workers did not start within ${startTimeoutMs / 1000} s`)
      setTimeout(() => reject(tooLate), startTimeoutMs).unref()
      herd = keepWorkers(options, resolve, reject)
    })
    return { url, stop: () => stopHerd(herd, options.log) }
  } catch (error) {
    await stopHerd(herd, options.log)
    throw error
  }
}

/** The living workers, until `isStopping`. */
interface Herd {
  workers: Set<Worker>
  isStopping: boolean
}

/**
 * Keeps the number of workers. Calls `onListening` once when all of them listen; what keeps them from
 * it goes to `onRefused`.
 */
function keepWorkers(
  { task, log, onFatal }: WorkersOptions,
  onListening: (url: string) => void,
  onRefused: (error: Error) => void,
): Herd {
  const herd: Herd = { workers: new Set(), isStopping: false }
  const listening = new Set<Worker>()
  const metrics = createMetricsGatherer()
  const areTooMany = deathCounter()
  let knownUrl: string | null = null
  let isUp = false

  function add(): void {
    const worker = cluster.fork()
    herd.workers.add(worker)
    worker.on('message', (message: FromWorker) => hear(worker, message))
    worker.on('exit', (code, signal) => bury(worker, code, signal))
    worker.on('error', (error) => log.warn({ error: error.message }, 'a worker was not reached'))
  }

  function hear(worker: Worker, message: FromWorker): void {
    switch (message.kind) {
      case 'hello':
        tell(worker, herd.isStopping ? { kind: 'stop' } : { kind: 'begin', task })
        break
      case 'listening':
        notice(worker, message.url)
        break
      case 'refused':
        log.warn(
          { workerPid: worker.process.pid, reason: message.message },
          'a worker cannot start',
        )
        if (!isUp) onRefused(new StartError(message.message))
        break
      case 'gather-metrics':
        void metrics
          .gather([...herd.workers].filter((one) => one.isConnected()))
          .then((all) => tell(worker, { kind: 'all-metrics', id: message.id, all }))
        break
      case 'metrics':
        metrics.take(worker.id, message.id, message.metrics)
    }
  }

  function notice(worker: Worker, url: string): void {
    knownUrl ??= url
    // With PORT=0, after all workers have died at once: nobody would find the new port.
    if (url !== knownUrl) giveUp(`The address ${knownUrl} was lost: set PORT to a number`)
    listening.add(worker)
    if (isUp || listening.size < task.workers) return
    isUp = true
    onListening(url)
  }

  function bury(worker: Worker, code: number | null, signal: string | null): void {
    herd.workers.delete(worker)
    listening.delete(worker)
    metrics.retire(worker.id)
    if (herd.isStopping) return
    log.warn({ workerPid: worker.process.pid, code, signal }, 'a worker died')
    if (areTooMany()) giveUp(`Workers died more than ${deathsPerMinuteMax} times in a minute`)
    else add()
  }

  function giveUp(reason: string): void {
    if (herd.isStopping) return
    herd.isStopping = true
    if (isUp) onFatal(new StartError(reason))
    else onRefused(new StartError(reason))
  }

  for (let n = 0; n < task.workers; n += 1) add()
  return herd
}

/** Counts one death each time it is asked: whether there were too many in the last minute. */
function deathCounter(): () => boolean {
  const deathsAtMs: number[] = []
  return () => {
    const nowMs = performance.now()
    while ((deathsAtMs[0] ?? nowMs) < nowMs - 60_000) deathsAtMs.shift()
    deathsAtMs.push(nowMs)
    return deathsAtMs.length > deathsPerMinuteMax
  }
}

async function stopHerd(herd: Herd | null, log: Logger): Promise<void> {
  if (herd === null) return
  herd.isStopping = true
  const living = [...herd.workers]
  const timer = setTimeout(() => {
    log.warn({ count: herd.workers.size }, 'workers do not end and are killed')
    for (const worker of herd.workers) worker.process.kill('SIGKILL')
  }, stopTimeoutMs)
  await Promise.all(
    living.map((worker) => {
      const gone = new Promise((resolve) => worker.once('exit', resolve))
      tell(worker, { kind: 'stop' })
      return gone
    }),
  )
  clearTimeout(timer)
}

function tell(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message, () => undefined)
}
