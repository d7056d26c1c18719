import { OverloadError } from '../shared/errors.ts'
import { createFairQueue } from './fair-queue.ts'
import { nobodysLane, type Sharing } from './sharing.ts'

/** What `process` answers for a job that must wait for the commit of another in its batch. */
export const later = Symbol('later')

export interface BatcherOptions<Job, Result> {
  /** Handles all jobs in one commit, answering in their order. It rejects when nothing was committed. */
  process: (jobs: Job[]) => Promise<(Result | typeof later)[]>
  /**
   * Whether an error means that the database refused the batch, so that nothing of it was committed.
   * After a lost connection that is not known, and trying again could store a job twice.
   */
  isRefusal: (error: unknown) => boolean
  jobsPerBatchMax: number
  batchesInFlightMax: number
  /** Jobs that may wait. Beyond it `submit` rejects with OverloadError. */
  queueMax: number
  /** A job that waits longer is not begun any more and rejects with OverloadError: its caller has given up. */
  waitMaxMs: number
  /** Milliseconds on a clock that never goes back. */
  nowMs: () => number
  /** Without lanes, first come is first served. */
  lanes?: Lanes<Job>
}

/** Whom jobs are for. Where many wait, each gets its share of every batch. */
export interface Lanes<Job> {
  of: (job: Job) => number
  /** How many of the jobs that may wait may be of one lane. */
  queueMax: number
  /** Who else is at work in this process. */
  sharing: Sharing
  /**
   * How many jobs a flood may have in batches at any time while others are at work, and how many waiting
   * ones earn it one more: what it is held back by must not fill its queue, because then it loses jobs.
   */
  floodInFlightMin: number
  floodWaitingPerInFlight: number
}

export interface Batcher<Job, Result> {
  /** Resolves after the commit that holds the job. */
  submit(job: Job): Promise<Result>
  /** Jobs waiting for a batch. */
  waiting(): number
  /** Resolves once everything submitted so far, and meanwhile, has been answered. */
  idle(): Promise<void>
}

/** A lane that asks for so many times what all others ask for together is a flood. */
const floodFactor = 2

interface Waiting<Job, Result> {
  job: Job
  lane: number
  sinceMs: number
  resolve: (result: Result) => void
  reject: (error: unknown) => void
}

/**
 * Group commit: jobs that arrive while earlier commits are under way share the next one. There is no
 * timer, so a lone job goes at once. When the database refuses a batch, each of its jobs is tried again
 * alone, so that a row which the database refuses fails by itself and its neighbours do not.
 */
export function createBatcher<Job, Result>(
  options: BatcherOptions<Job, Result>,
): Batcher<Job, Result> {
  const { lanes } = options
  const queue = createFairQueue<Waiting<Job, Result>>()
  let inFlight = 0
  /** Jobs in flight, of all lanes and of each. */
  let jobsInFlight = 0
  const inFlightOf = new Map<number, number>()
  let onIdle: (() => void)[] = []

  function pump(): void {
    while (queue.size() > 0 && inFlight < options.batchesInFlightMax) {
      const taken = queue.take(options.jobsPerBatchMax, laneMax)
      // All that wait are of a flood, which has its part in flight: what ends it pumps again.
      if (taken.length === 0) break
      const batch = taken.filter(isInTime)
      if (batch.length === 0) continue
      inFlight += 1
      noteInFlight(batch, 1)
      void run(batch).finally(() => {
        inFlight -= 1
        noteInFlight(batch, -1)
        pump()
      })
    }
    if (inFlight > 0) return
    for (const resolve of onIdle) resolve()
    onIdle = []
  }

  /**
   * A flood that fits into the batches would never wait, and its every answer brings its next request:
   * then it is the process, not the queue, in which others wait for it. Held back in its lane, it leaves
   * the process to them. Alone it has everything.
   */
  function laneMax(lane: number): number {
    if (lanes === undefined || !lanes.sharing.isShared()) return options.jobsPerBatchMax
    const own = inFlightOf.get(lane) ?? 0
    const waiting = queue.sizeOf(lane)
    const asked = waiting + own
    const askedByOthers = queue.size() + jobsInFlight - asked
    if (asked <= floodFactor * askedByOthers) return options.jobsPerBatchMax
    // The second batch is for whoever comes next.
    if (inFlight > 0 && waiting === queue.size()) return 0
    const earned = Math.floor(waiting / lanes.floodWaitingPerInFlight)
    return Math.max(0, Math.max(lanes.floodInFlightMin, earned) - own)
  }

  function noteInFlight(batch: Waiting<Job, Result>[], sign: 1 | -1): void {
    jobsInFlight += sign * batch.length
    if (lanes === undefined) return
    for (const { lane } of batch) {
      const count = (inFlightOf.get(lane) ?? 0) + sign
      if (count === 0) inFlightOf.delete(lane)
      else inFlightOf.set(lane, count)
    }
  }

  /** Asked before each attempt. Batches in flight end by the database's own time limit, so that is in time. */
  function isInTime(waiting: Waiting<Job, Result>): boolean {
    if (options.nowMs() - waiting.sinceMs <= options.waitMaxMs) return true
    waiting.reject(busy())
    return false
  }

  async function run(batch: Waiting<Job, Result>[]): Promise<void> {
    try {
      const results = await options.process(batch.map((waiting) => waiting.job))
      if (results.length !== batch.length) throw new Error('A batch must answer each of its jobs')
      settle(batch, results)
    } catch (error) {
      if (batch.length > 1 && options.isRefusal(error)) {
        // One may take as long as a lock is waited for, so the last may be too late by now.
        for (const waiting of batch) if (isInTime(waiting)) await run([waiting])
      } else {
        for (const waiting of batch) waiting.reject(error)
      }
    }
  }

  function settle(batch: Waiting<Job, Result>[], results: (Result | typeof later)[]): void {
    // Backwards, because each goes to the front of its lane: whoever came first is first again.
    for (let i = batch.length - 1; i >= 0; i -= 1) {
      const waiting = batch[i]
      const result = results[i]
      if (waiting === undefined) continue
      if (result === later) queue.putBack(waiting.lane, waiting)
      else waiting.resolve(result as Result)
    }
  }

  return {
    submit(job) {
      const lane = lanes?.of(job) ?? nobodysLane
      lanes?.sharing.note(lane)
      const waitMax = lanes?.queueMax ?? options.queueMax
      if (queue.size() >= options.queueMax || queue.sizeOf(lane) >= waitMax) {
        return Promise.reject(busy())
      }
      return new Promise((resolve, reject) => {
        queue.put(lane, { job, lane, sinceMs: options.nowMs(), resolve, reject })
        pump()
      })
    },
    waiting: () => queue.size(),
    idle: () =>
      new Promise((resolve) => {
        onIdle.push(resolve)
        pump()
      }),
  }
}

function busy(): OverloadError {
  return new OverloadError('The server is busy, try again shortly', 1)
}
