import { OverloadError } from '../shared/errors.ts'

export interface BatcherOptions<Job, Result> {
  /** Handles all jobs in one commit, answering in their order. It rejects when nothing was committed. */
  process: (jobs: Job[]) => Promise<Result[]>
  /**
   * Whether an error means that the database refused the batch, so that nothing of it was committed.
   * After a lost connection that is not known, and trying again could store a job twice.
   */
  isRefusal: (error: unknown) => boolean
  jobsPerBatchMax: number
  batchesInFlightMax: number
  /** Jobs that may wait. Beyond it `submit` rejects with OverloadError. */
  queueMax: number
}

export interface Batcher<Job, Result> {
  /** Resolves after the commit that holds the job. */
  submit(job: Job): Promise<Result>
  /** Jobs waiting for a batch. */
  waiting(): number
  /** Resolves once everything submitted so far, and meanwhile, has been answered. */
  idle(): Promise<void>
}

interface Waiting<Job, Result> {
  job: Job
  resolve: (result: Result) => void
  reject: (error: unknown) => void
}

/**
 * Group commit: jobs that arrive while earlier commits are under way share the next one. There is no
 * timer, so a lone job goes at once. When the database refuses a batch, each of its jobs is tried again alone, so that
 * a row which the database refuses fails by itself and its neighbours do not.
 */
export function createBatcher<Job, Result>(
  options: BatcherOptions<Job, Result>,
): Batcher<Job, Result> {
  let queue: Waiting<Job, Result>[] = []
  let inFlight = 0
  let onIdle: (() => void)[] = []

  function pump(): void {
    while (queue.length > 0 && inFlight < options.batchesInFlightMax) {
      const batch = queue.slice(0, options.jobsPerBatchMax)
      queue = queue.slice(options.jobsPerBatchMax)
      inFlight += 1
      void run(batch).finally(() => {
        inFlight -= 1
        pump()
      })
    }
    if (inFlight > 0) return
    for (const resolve of onIdle) resolve()
    onIdle = []
  }

  async function run(batch: Waiting<Job, Result>[]): Promise<void> {
    try {
      const results = await options.process(batch.map((waiting) => waiting.job))
      if (results.length !== batch.length) throw new Error('A batch must answer each of its jobs')
      for (const [i, waiting] of batch.entries()) waiting.resolve(results[i] as Result)
    } catch (error) {
      if (batch.length > 1 && options.isRefusal(error)) {
        for (const waiting of batch) await run([waiting])
      } else {
        for (const waiting of batch) waiting.reject(error)
      }
    }
  }

  return {
    submit(job) {
      if (queue.length >= options.queueMax) {
        return Promise.reject(new OverloadError('The server is busy, try again shortly', 1))
      }
      return new Promise((resolve, reject) => {
        queue.push({ job, resolve, reject })
        pump()
      })
    },
    waiting: () => queue.length,
    idle: () =>
      new Promise((resolve) => {
        onIdle.push(resolve)
        pump()
      }),
  }
}
