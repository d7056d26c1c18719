import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { testStartMs } from '../harness/test-database.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { type Action, actionsOf, reordered, type Story, stories } from './history.ts'
import { type EndState, endState, openStage, perform } from './play.ts'
import { assertRecount } from './recount.ts'

const numRuns = Number(process.env.AFFITOR_TEST_RUNS ?? 12)
const seed = Number(process.env.AFFITOR_TEST_SEED ?? randomInt(2 ** 31))
const limits = { numRuns, seed, interruptAfterTimeLimit: 120_000, markInterruptAsFailure: true }

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

test('whatever order the contract lets requests arrive in, the end state is the same', async () => {
  console.log(`seed ${seed}`)
  const picks = fc.infiniteStream(fc.nat())
  await fc.assert(
    fc.asyncProperty(stories, fc.tuple(picks, picks), async (story, orders) => {
      const actions = actionsOf(story, testStartMs)
      const inTime = [...actions].sort((a, b) => a.atMs - b.atMs)
      const expected = await tell(story, inTime)
      for (const order of orders) {
        const shuffled = reordered(actions, (choices) => Number(order.next().value) % choices)
        assertSame(await tell(story, shuffled), expected, shuffled)
      }
    }),
    limits,
  )
  await assertRecount(server.db)
})

test('customers who act at the same moment end as they would one after the other', async () => {
  console.log(`seed ${seed}`)
  await fc.assert(
    fc.asyncProperty(stories, async (story) => {
      const actions = actionsOf(story, testStartMs).map((one) => ({ ...one, atMs: testStartMs }))
      // Clicks of one millisecond count in the order in which they came, so they come first and alone.
      const isClick = (action: Action) => action.send.kind === 'click'
      const clicks = actions.filter(isClick)
      const others = actions.filter((action) => !isClick(action))
      const expected = await tell(story, [...clicks, ...others])
      assertSame(await tellAtOnce(story, clicks, others), expected, actions)
    }),
    limits,
  )
  await assertRecount(server.db)
})

/** The requests one by one, each at its own time, whether or not that lies before the last one's. */
async function tell(story: Story, actions: Action[]): Promise<EndState> {
  const stage = await openStage(server, story)
  for (const action of actions) {
    server.clock.set(action.atMs)
    await perform(stage, action)
  }
  server.clock.set(testStartMs)
  return endState(stage)
}

/** After the clicks all requests that wait for no other at once; then those that waited for them. */
async function tellAtOnce(story: Story, clicks: Action[], others: Action[]): Promise<EndState> {
  const stage = await openStage(server, story)
  server.clock.set(testStartMs)
  for (const action of clicks) await perform(stage, action)
  const arrived = new Set(clicks.map((action) => action.name))
  let waiting = others
  while (waiting.length > 0) {
    const ready = waiting.filter((action) => action.after.every((name) => arrived.has(name)))
    await Promise.all(ready.map((action) => perform(stage, action)))
    for (const { name } of ready) arrived.add(name)
    waiting = waiting.filter((action) => !arrived.has(action.name))
  }
  return endState(stage)
}

/** Names the first part in which two end states differ, and the order that led there. */
function assertSame(actual: EndState, expected: EndState, actions: Action[]): void {
  for (const [part, rows] of Object.entries(expected)) {
    const order = actions.map((action) => action.name).join(', ')
    const [is, shouldBe] = [JSON.stringify(actual[part]), JSON.stringify(rows)]
    assert.equal(is, shouldBe, `${part}: ${is}\ninstead of: ${shouldBe}\nafter: ${order}`)
  }
}
