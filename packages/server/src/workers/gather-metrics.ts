import type { Worker } from 'node:cluster'
import { AggregatorRegistry } from 'prom-client'
import type { ProcessMetrics } from '../http/operations.ts'
import type { ToWorker } from './messages.ts'

/** A worker that has not answered by then counts with what it told last. */
const answerTimeoutMs = 2_000
/** What only grows, so that it must not shrink with the worker that counted it. */
const growing = new Set(['counter', 'histogram', 'summary'])

export interface MetricsGatherer {
  /** The metrics of all workers, and what those that died had counted when they were asked last. */
  gather(workers: Worker[]): Promise<ProcessMetrics[]>
  /** A worker's answer to `read-metrics`. */
  take(workerId: number, id: number, metrics: ProcessMetrics): void
  /** A worker has died. */
  retire(workerId: number): void
}

export function createMetricsGatherer(): MetricsGatherer {
  let asked = 0
  const answers = new Map<string, () => void>()
  const latest = new Map<number, ProcessMetrics>()
  // One after the other, so that of two workers that die at once neither is forgotten.
  let retired: Promise<ProcessMetrics> = Promise.resolve([])

  async function ask(worker: Worker, id: number): Promise<void> {
    const name = `${worker.id} ${id}`
    await new Promise<void>((resolve) => {
      answers.set(name, resolve)
      setTimeout(resolve, answerTimeoutMs).unref()
      const question: ToWorker = { kind: 'read-metrics', id }
      worker.send(question, (error) => error && resolve())
    })
    answers.delete(name)
  }

  return {
    async gather(workers) {
      asked += 1
      const id = asked
      await Promise.all(workers.map((worker) => ask(worker, id)))
      const lost = await retired
      return [...latest.values(), lost]
    },
    take(workerId, id, metrics) {
      latest.set(workerId, metrics)
      answers.get(`${workerId} ${id}`)?.()
    },
    retire(workerId) {
      const last = latest.get(workerId)
      latest.delete(workerId)
      if (last === undefined) return
      const counted = last.filter((metric) => growing.has(String(metric.type)))
      retired = retired.then((before) =>
        AggregatorRegistry.aggregate([before, counted]).getMetricsAsJSON(),
      )
    },
  }
}
