import type { MetricsExchange, ProcessMetrics } from '../http/operations.ts'
import type { FromWorker, ToWorker, WorkerTask } from './messages.ts'

/** A worker's end of the channel to its parent. When the parent dies, node:cluster ends the worker. */
export interface ParentLink {
  task: WorkerTask
  metrics: MetricsExchange
  /** Resolves when the message has left, so that the process may end. */
  tell(message: FromWorker): Promise<void>
}

/** The parent gathers for two seconds; after this it is too busy to ask. */
const gatherTimeoutMs = 5_000

/** Asks the parent for the task. `onStop` is called when the parent wants this worker to end. */
export function joinParent(onStop: () => void): Promise<ParentLink> {
  const gathering = new Map<number, (all: ProcessMetrics[]) => void>()
  let gathered = 0
  let readOwn: () => Promise<ProcessMetrics> = async () => []

  async function gather(): Promise<ProcessMetrics[]> {
    gathered += 1
    const id = gathered
    const answer = new Promise<ProcessMetrics[]>((resolve, reject) => {
      gathering.set(id, resolve)
      setTimeout(() => reject(new Error('the parent gave no metrics')), gatherTimeoutMs).unref()
    })
    await tell({ kind: 'gather-metrics', id })
    return answer.finally(() => gathering.delete(id))
  }

  const metrics: MetricsExchange = {
    offer: (read) => {
      readOwn = read
    },
    gather,
  }
  const answerMetrics = async (id: number) =>
    tell({ kind: 'metrics', id, metrics: await readOwn().catch(() => []) })

  let hasBegun = false
  let isStopping = false
  const stop = () => {
    // Without a task there is nothing to stop, and the start that the end would wait for never comes.
    if (!hasBegun) process.exit(0)
    if (!isStopping) onStop()
    isStopping = true
  }

  return new Promise((resolve) => {
    process.on('message', (message: ToWorker) => {
      switch (message.kind) {
        case 'begin':
          hasBegun = true
          return resolve({ task: message.task, metrics, tell })
        case 'stop':
          return stop()
        case 'read-metrics':
          return void answerMetrics(message.id)
        case 'all-metrics':
          return gathering.get(message.id)?.(message.all)
      }
    })
    void tell({ kind: 'hello' })
  })
}

/** A parent that is gone hears nothing more, and this process is about to end. */
function tell(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) return resolve()
    process.send(message, undefined, undefined, () => resolve())
  })
}
