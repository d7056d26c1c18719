import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTick } from 'node:timers/promises'
import fc from 'fast-check'
import { OverloadError } from '../shared/errors.ts'
import { createBatcher, later } from './batcher.ts'
import { createSharing, nobodysLane, type Sharing } from './sharing.ts'

class RefusalError extends Error {}
class LostConnectionError extends Error {}

interface Job {
  id: number
  /** The database refuses this row, and with it the batch that holds it. */
  isBad: boolean
  /** Whom it is for. */
  lane: number
  /** How often it has to wait for another one's commit before it can be decided. */
  postponed: number
}

/** What the database does with a batch that it does not refuse. */
type Fate = 'commit' | 'lost before commit' | 'lost after commit'

interface Story {
  /** How many jobs arrive, which of them are bad, whom they are for, and how long until the next arrive. */
  waves: { bad: boolean[]; pauseTicks: number; lane?: number; postponed?: number }[]
  /** One for each call of the database, over and over. */
  calls: { fate: Fate; ticks: number }[]
  jobsPerBatchMax: number
  floodInFlightMin: number
  floodWaitingPerInFlight: number
  batchesInFlightMax: number
  queueMax: number
  laneMax: number
  /** In ticks. */
  waitMax: number
}

interface Attempt {
  ids: number[]
  /** Those of them that are in the database now. */
  stored: number[]
  result: Fate | 'refused'
}

type Answer = { kind: 'done'; result: string } | { kind: 'refused' | 'lost' | 'overload' }

test('a job that comes alone goes at once and alone', async () => {
  const { run, attempts } = tell({ ...calm, waves: [{ bad: [false], pauseTicks: 0 }] })
  assert.deepEqual(await run(), [{ kind: 'done', result: 'done 0' }])
  assert.deepEqual(attempts, [{ ids: [0], stored: [0], result: 'commit' }])
})

test('jobs that arrive while a commit is under way share the next one', async () => {
  const { run, attempts } = tell({ ...calm, waves: [{ bad: Array(6).fill(false), pauseTicks: 0 }] })
  await run()
  assert.deepEqual(
    attempts.map((one) => one.ids),
    [[0], [1, 2, 3, 4], [5]],
  )
})

test('a row that the database refuses fails alone, its neighbours are committed', async () => {
  const bad = [false, false, true, false, false]
  const { run, attempts } = tell({ ...calm, waves: [{ bad, pauseTicks: 0 }] })
  const kinds = (await run()).map((answer) => answer.kind)
  assert.deepEqual(kinds, ['done', 'done', 'refused', 'done', 'done'])
  assert.deepEqual(
    attempts.map((one) => one.ids),
    [[0], [1, 2, 3, 4], [1], [2], [3], [4]],
  )
})

test('after a lost connection nothing is tried again: it may have been committed', async () => {
  const calls: Story['calls'] = [
    { fate: 'commit', ticks: 1 },
    { fate: 'lost after commit', ticks: 1 },
    { fate: 'commit', ticks: 1 },
  ]
  const waves = [{ bad: Array(6).fill(false), pauseTicks: 0 }]
  const { run, attempts } = tell({ ...calm, waves, calls })
  const kinds = (await run()).map((answer) => answer.kind)
  assert.deepEqual(kinds, ['done', 'lost', 'lost', 'lost', 'lost', 'done'])
  assert.deepEqual(
    attempts.map((one) => one.ids),
    [[0], [1, 2, 3, 4], [5]],
  )
})

test('beyond the queue jobs are turned away at once, with when to come back', async () => {
  const waves = [{ bad: Array(13).fill(false), pauseTicks: 0 }]
  const { run, turnedAway } = tell({ ...calm, waves })
  const kinds = (await run()).map((answer) => answer.kind)
  // One is under way and ten wait.
  assert.deepEqual(kinds, [...Array(11).fill('done'), 'overload', 'overload'])
  assert.deepEqual(
    turnedAway.map((error) => error.retryAfterSeconds),
    [1, 1],
  )
})

test('an answer for each job is demanded: a batch that answers fewer fails whole', async () => {
  const batcher = createBatcher<number, number>({
    process: async (jobs) => jobs.slice(1),
    isRefusal: () => false,
    jobsPerBatchMax: 4,
    batchesInFlightMax: 1,
    queueMax: 10,
    waitMaxMs: 1_000,
    nowMs: () => 0,
  })
  await assert.rejects(batcher.submit(1), /must answer each of its jobs/)
})

test('a job that another one of its batch must be committed before goes first into the next', async () => {
  const waves = [
    { bad: [false], pauseTicks: 0 },
    { bad: [false, false], pauseTicks: 0, postponed: 1 },
    { bad: [false, false, false], pauseTicks: 0 },
  ]
  const { run, attempts } = tell({ ...calm, waves })
  assert.equal((await run()).filter((answer) => answer.kind === 'done').length, 6)
  assert.deepEqual(
    attempts.map((one) => one.ids),
    [[0], [1, 2, 3, 4], [1, 2, 5]],
  )
})

test('who floods fills his own lane: others are accepted, and share the next batch', async () => {
  const flood = { bad: Array(9).fill(false), pauseTicks: 0, lane: 1 }
  const other = { bad: [false, false], pauseTicks: 0, lane: 2 }
  const story = { ...calm, waves: [flood, other], laneMax: 6 }
  const { run, attempts } = tell(story)
  const kinds = (await run()).map((answer) => answer.kind)
  // One under way and six waiting; the last two of the flood are turned away.
  assert.deepEqual(kinds, [...Array(7).fill('done'), ...Array(2).fill('overload'), 'done', 'done'])
  assert.deepEqual(
    attempts.map((one) => one.ids.toSorted((a, b) => a - b)),
    [[0], [1, 2, 9, 10], [3, 4, 5, 6]],
  )
})

test('while others are at work a flood has few jobs in flight, and alone it has everything', async () => {
  const flood = { bad: Array(9).fill(false), pauseTicks: 0, lane: 1 }
  const other = { bad: [false], pauseTicks: 0, lane: 2 }
  const told = tell({ ...calm, waves: [flood, other], floodInFlightMin: 2 })
  await told.run()
  const sizes = (lane: number) =>
    told.attempts.map(({ ids }) => ids.filter((id) => told.jobs[id]?.lane === lane).length)
  assert.deepEqual(sizes(1), [1, 2, 2, 2, 2])
  assert.deepEqual(sizes(2), [0, 1, 0, 0, 0])
  const alone = tell({ ...calm, waves: [flood], floodInFlightMin: 2 })
  await alone.run()
  assert.deepEqual(
    alone.attempts.map(({ ids }) => ids.length),
    [1, 4, 4],
  )
})

test('a flood leaves a batch to whoever comes next', async () => {
  const sharing = createSharing(() => 0)
  sharing.note(2)
  const flood = { bad: Array(9).fill(false), pauseTicks: 1, lane: 1 }
  const other = { bad: [false], pauseTicks: 0, lane: 2 }
  const story = { ...calm, batchesInFlightMax: 2, calls: slow, floodInFlightMin: 2 }
  const told = tell({ ...story, waves: [flood, other] }, sharing)
  await told.run()
  const lanes = told.attempts.map(({ ids }) => ids.map((id) => told.jobs[id]?.lane).sort())
  // The flood's first is under way when the other one comes, which begins at once with one more of the flood.
  assert.deepEqual(lanes.slice(0, 2), [[1], [1, 2]])
})

test('the more of a flood waits, the more of it is in flight: held back, it does not lose what it need not', async () => {
  const flood = { bad: Array(9).fill(false), pauseTicks: 0, lane: 1 }
  const other = { bad: [false], pauseTicks: 0, lane: 2 }
  const story = { ...calm, floodInFlightMin: 1, floodWaitingPerInFlight: 2 }
  const told = tell({ ...story, waves: [flood, other] })
  await told.run()
  const sizes = told.attempts.map(({ ids }) => ids.filter((id) => told.jobs[id]?.lane === 1).length)
  assert.deepEqual(sizes, [1, 3, 2, 1, 1, 1])
})

test('who is at work in another writer counts too', async () => {
  const sharing = createSharing(() => 0)
  const flood = { bad: Array(9).fill(false), pauseTicks: 0, lane: 1 }
  const told = tell({ ...calm, waves: [flood], floodInFlightMin: 2 }, sharing)
  sharing.note(2)
  await told.run()
  assert.deepEqual(
    told.attempts.map(({ ids }) => ids.length),
    [1, 2, 2, 2, 2],
  )
})

test('work whose program nobody knows makes nobody share', () => {
  let nowMs = 0
  const sharing = createSharing(() => nowMs)
  for (const lane of [1, nobodysLane, 1]) sharing.note(lane)
  assert.equal(sharing.isShared(), false)
  sharing.note(2)
  assert.equal(sharing.isShared(), true)
  nowMs += 999
  sharing.note(2)
  assert.equal(sharing.isShared(), true)
  nowMs += 1
  assert.equal(sharing.isShared(), false)
})

test('a job that has waited too long is turned away and never tried', async () => {
  const waves = [{ bad: Array(3).fill(false), pauseTicks: 0 }]
  const calls: Story['calls'] = [{ fate: 'commit', ticks: 6 }]
  const { run, attempts } = tell({ ...calm, waves, calls, jobsPerBatchMax: 1, waitMax: 8 })
  const kinds = (await run()).map((answer) => answer.kind)
  assert.deepEqual(kinds, ['done', 'done', 'overload'])
  assert.deepEqual(
    attempts.map((one) => one.ids),
    [[0], [1]],
  )
})

test('of a batch that was refused, those that have waited too long by their turn are not tried alone', async () => {
  const waves = [{ bad: [false, true, false, false, false], pauseTicks: 0 }]
  const calls: Story['calls'] = [{ fate: 'commit', ticks: 3 }]
  const { run, attempts } = tell({ ...calm, waves, calls, waitMax: 10 })
  const kinds = (await run()).map((answer) => answer.kind)
  assert.deepEqual(kinds, ['done', 'refused', 'done', 'overload', 'overload'])
  assert.deepEqual(
    attempts.map((one) => one.ids),
    [[0], [1, 2, 3, 4], [1], [2]],
  )
})

test('idle waits for all that was accepted, and for nothing when there is nothing', async () => {
  const { run, batcher, attempts } = tell({
    ...calm,
    waves: [{ bad: Array(6).fill(false), pauseTicks: 0 }],
  })
  await batcher.idle()
  const running = run()
  await batcher.idle()
  assert.deepEqual(
    attempts.flatMap((one) => one.ids),
    [0, 1, 2, 3, 4, 5],
  )
  await running
})

test('whatever the database does, every job is answered once and truly, within all limits', async () => {
  await fc.assert(
    fc.asyncProperty(stories, async (story) => {
      const told = tell(story)
      const answers = await told.run()
      assertLimits(story, told)
      assertAnswers(told.jobs, answers, told.attempts)
      assertOrder(told.jobs, told.attempts)
      assert.equal(told.batcher.waiting(), 0)
    }),
    { numRuns: 500 },
  )
})

type Telling = ReturnType<typeof tell>

function assertLimits(story: Story, { attempts, peak }: Telling): void {
  assert.ok(peak.inFlight <= story.batchesInFlightMax, `${peak.inFlight} batches at once`)
  // Jobs that were accepted and have to wait for others come back on top.
  const putBackMax = story.jobsPerBatchMax * story.batchesInFlightMax
  assert.ok(peak.waiting <= story.queueMax + putBackMax, `${peak.waiting} jobs waiting`)
  for (const { ids } of attempts) {
    assert.ok(ids.length >= 1 && ids.length <= story.jobsPerBatchMax, `a batch of ${ids.length}`)
  }
}

function assertAnswers(jobs: Job[], answers: Answer[], attempts: Attempt[]): void {
  assert.equal(answers.length, jobs.length)
  for (const [i, job] of jobs.entries()) {
    const answer = answers[i]
    const tries = attempts.filter((attempt) => attempt.ids.includes(job.id))
    const last = tries.at(-1)
    const commits = tries.filter((one) => one.stored.includes(job.id))
    assert.ok(commits.length <= 1, `job ${job.id} was committed twice`)
    // Tried again only alone, and only after a refusal that it shared with others, or when it had to wait.
    const postponements = tries.slice(0, -1).filter((one) => one.result === 'commit')
    assert.ok(
      postponements.length <= job.postponed,
      `job ${job.id} waited more often than it had to`,
    )
    const again = tries.slice(0, -1).filter((one) => one.result !== 'commit')
    for (const one of again) {
      assert.equal(one.result, 'refused')
      assert.ok(one.ids.length > 1)
    }
    switch (answer?.kind) {
      case 'done':
        assert.equal(answer.result, `done ${job.id}`, 'the answer is that of another job')
        assert.equal(last?.result, 'commit')
        break
      case 'refused':
        assert.ok(job.isBad, `job ${job.id} failed for another one`)
        assert.equal(last?.ids.length, 1)
        break
      case 'lost':
        assert.match(String(last?.result), /^lost/)
        break
      case 'overload':
        assert.equal(commits.length, 0, 'a job that was turned away was stored')
        for (const { result, ids } of job.postponed === 0 ? tries : []) {
          assert.equal(result, 'refused', 'a job turned away was tried')
          assert.ok(ids.length > 1, 'a job turned away was tried alone')
        }
        break
      default:
        assert.fail(`job ${job.id} was not answered`)
    }
  }
}

/** Within a lane, jobs go to the database first come, first served. */
function assertOrder(jobs: Job[], attempts: Attempt[]): void {
  const seen = new Set<number>()
  const firsts = attempts.flatMap(({ ids }) => ids.filter((id) => !seen.has(id) && seen.add(id)))
  for (const lane of new Set(jobs.map((job) => job.lane))) {
    const own = firsts.filter((id) => jobs[id]?.lane === lane)
    assert.deepEqual(
      own,
      own.toSorted((a, b) => a - b),
    )
  }
}

/** A batcher over a database that does what the story says. */
function tell(story: Story, shared: Sharing | null = null) {
  const attempts: Attempt[] = []
  const jobs: Job[] = []
  const turnedAway: OverloadError[] = []
  const peak = { inFlight: 0, waiting: 0 }
  let inFlight = 0
  let calls = 0
  let ticks = 0
  const batcher = createBatcher<Job, string>({
    lanes: {
      of: (job) => job.lane,
      queueMax: story.laneMax,
      sharing: shared ?? createSharing(() => ticks),
      floodInFlightMin: story.floodInFlightMin,
      floodWaitingPerInFlight: story.floodWaitingPerInFlight,
    },
    waitMaxMs: story.waitMax,
    nowMs: () => ticks,
    jobsPerBatchMax: story.jobsPerBatchMax,
    batchesInFlightMax: story.batchesInFlightMax,
    queueMax: story.queueMax,
    isRefusal: (error) => error instanceof RefusalError,
    async process(batch) {
      const call = story.calls[calls % story.calls.length] ?? { fate: 'commit', ticks: 1 }
      calls += 1
      inFlight += 1
      peak.inFlight = Math.max(peak.inFlight, inFlight)
      const attempt: Attempt = { ids: batch.map((job) => job.id), stored: [], result: call.fate }
      attempts.push(attempt)
      if (batch.some((job) => job.isBad)) attempt.result = 'refused'
      for (let tick = 0; tick < call.ticks; tick += 1) {
        ticks += 1
        await nextTick()
      }
      inFlight -= 1
      const ready = batch.filter((job) => job.postponed <= triesOf(job).length - 1)
      if (attempt.result === 'commit' || attempt.result === 'lost after commit') {
        attempt.stored = ready.map((job) => job.id)
      }
      if (attempt.result === 'refused') throw new RefusalError()
      if (attempt.result !== 'commit') throw new LostConnectionError()
      return batch.map((job) => (ready.includes(job) ? `done ${job.id}` : later))
    },
  })
  const triesOf = (job: Job) => attempts.filter((attempt) => attempt.ids.includes(job.id))
  const submit = async (job: Job): Promise<Answer> => {
    try {
      return { kind: 'done', result: await batcher.submit(job) }
    } catch (error) {
      if (error instanceof RefusalError) return { kind: 'refused' }
      if (error instanceof LostConnectionError) return { kind: 'lost' }
      assert.ok(error instanceof OverloadError, String(error))
      turnedAway.push(error)
      return { kind: 'overload' }
    }
  }
  const run = async (): Promise<Answer[]> => {
    const answers: Promise<Answer>[] = []
    for (const { bad, pauseTicks, lane = 1, postponed = 0 } of story.waves) {
      for (const isBad of bad) {
        const job = { id: jobs.length, isBad, lane, postponed }
        jobs.push(job)
        answers.push(submit(job))
        peak.waiting = Math.max(peak.waiting, batcher.waiting())
      }
      for (let tick = 0; tick < pauseTicks; tick += 1) await nextTick()
    }
    return Promise.all(answers)
  }
  return { batcher, run, attempts, jobs, turnedAway, peak }
}

const calm: Story = {
  waves: [],
  calls: [{ fate: 'commit', ticks: 1 }],
  jobsPerBatchMax: 4,
  floodInFlightMin: 4,
  floodWaitingPerInFlight: 1_000,
  batchesInFlightMax: 1,
  queueMax: 10,
  laneMax: 10,
  waitMax: 1_000,
}

const slow: Story['calls'] = [{ fate: 'commit', ticks: 5 }]

const rarely = fc.nat(9).map((n) => n === 0)
const stories: fc.Arbitrary<Story> = fc.record({
  waves: fc.array(
    fc.record({
      bad: fc.array(rarely, { maxLength: 12 }),
      pauseTicks: fc.nat(3),
      lane: fc.nat(2),
      postponed: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(2)),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  calls: fc.array(
    fc.record({
      fate: fc.oneof(
        { weight: 6, arbitrary: fc.constant('commit' as const) },
        { weight: 1, arbitrary: fc.constant('lost before commit' as const) },
        { weight: 1, arbitrary: fc.constant('lost after commit' as const) },
      ),
      ticks: fc.nat(5),
    }),
    { minLength: 1, maxLength: 10 },
  ),
  jobsPerBatchMax: fc.integer({ min: 1, max: 5 }),
  floodInFlightMin: fc.integer({ min: 1, max: 5 }),
  floodWaitingPerInFlight: fc.integer({ min: 1, max: 5 }),
  batchesInFlightMax: fc.integer({ min: 1, max: 3 }),
  queueMax: fc.integer({ min: 1, max: 15 }),
  laneMax: fc.integer({ min: 1, max: 15 }),
  waitMax: fc.integer({ min: 5, max: 200 }),
})
