import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { clickThrough, sell, signUp } from '../harness/journeys.ts'
import { startTestServer, type TestProgram, type TestServer } from '../harness/test-server.ts'

/** How far an integration is, as the developer who builds it asks. */
let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

async function status(program: TestProgram) {
  const { apiKey: key, programId } = program
  const mine = await server.send('GET', '/api/v1/programs/me/status', { key })
  const byId = await server.send('GET', `/api/tracking/status/${programId}`, { key })
  assert.equal(mine.status, 200)
  assert.deepEqual(mine.body, byId.body)
  return mine.body.data
}

function check(program: TestProgram, body: object) {
  return server.post('/api/tracking/check-test-events', body, { key: program.apiKey })
}

async function sendTest(program: TestProgram, call: 'click' | 'lead' | 'sale') {
  const answer = await server.post(
    `/api/v1/track/${call}`,
    { additional_data: { test_mode: true } },
    { key: program.apiKey },
  )
  assert.equal(answer.status, 200)
  return Number(answer.body.data.eventId)
}

const noTests = { testEventCount: 0, hasTestEvents: false, latestTestEvent: null }

test('a new program waits for everything, and has the partner it was made with', async () => {
  const program = await server.provision()
  assert.deepEqual(await status(program), {
    programId: String(program.programId),
    stepStatuses: { pageview: 'pending', referrals: 'pending', payments: 'pending' },
    statistics: {
      pageview: noTests,
      referrals: noTests,
      payments: {
        stripeConnectionStatus: 'not_connected',
        isStripeConnected: false,
        stripeAccountId: null,
        chargesEnabled: false,
        payoutsEnabled: false,
        detailsSubmitted: false,
        connectionDate: null,
      },
    },
    hasPartners: true,
    lastUpdated: new Date(server.clock.nowMs()).toISOString(),
  })
})

test('a test event completes its step, and the newest is shown', async () => {
  const program = await server.provision()
  await sendTest(program, 'click')
  server.clock.advance(60_000)
  const id = await sendTest(program, 'click')
  const at = new Date(server.clock.nowMs()).toISOString()
  const { stepStatuses, statistics } = await status(program)
  assert.deepEqual(stepStatuses, {
    pageview: 'complete',
    referrals: 'pending',
    payments: 'pending',
  })
  assert.deepEqual(statistics.pageview, {
    testEventCount: 2,
    hasTestEvents: true,
    latestTestEvent: { id, timestamp: at, createdAt: at },
  })
  await sendTest(program, 'lead')
  await sendTest(program, 'sale')
  assert.deepEqual((await status(program)).stepStatuses, {
    ...{ pageview: 'complete', referrals: 'complete', payments: 'complete' },
  })
})

test('real events complete the steps too, each its own', async () => {
  const program = await server.provision()
  await clickThrough(server, program)
  assert.equal((await status(program)).stepStatuses.pageview, 'complete')
  assert.equal((await status(program)).stepStatuses.referrals, 'pending')
  await signUp(server, program, 'u1')
  assert.equal((await status(program)).stepStatuses.payments, 'pending')
  await sell(server, program, { transaction_id: 't1', customer_key: 'u1' })
  const { stepStatuses, statistics } = await status(program)
  assert.deepEqual(Object.values(stepStatuses), ['complete', 'complete', 'complete'])
  assert.deepEqual(statistics.pageview, noTests)
})

test('ten test events are counted and no more', async () => {
  const program = await server.provision()
  for (let n = 0; n < 12; n += 1) await sendTest(program, 'lead')
  assert.equal((await status(program)).statistics.referrals.testEventCount, 10)
})

test('who waits for a test event is told of each step, or of the one asked for', async () => {
  const program = await server.provision()
  const { programId } = program
  await sendTest(program, 'sale')
  const latest = new Date(server.clock.nowMs()).toISOString()
  const all = await check(program, { program_id: programId })
  const none = { received: false, count: 0, latest: null }
  const payments = { received: true, count: 1, latest }
  assert.deepEqual(all.body, {
    success: true,
    data: { programId, steps: { pageview: none, referrals: none, payments } },
  })
  const one = await check(program, { program_id: String(programId), step: 'payments' })
  assert.deepEqual(one.body.data.steps, { payments })
})

test('another program is like none, and a wrong step is named', async () => {
  const program = await server.provision()
  const other = await server.provision()
  for (const program_id of [other.programId, 999_999]) {
    const answer = await check(program, { program_id })
    assert.equal(answer.status, 404)
    assert.equal(answer.body.error, 'Program not found')
  }
  const foreign = await server.send('GET', `/api/tracking/status/${other.programId}`, {
    key: program.apiKey,
  })
  assert.equal(foreign.status, 404)
  const wrong = await check(program, { program_id: program.programId, step: 'clicks' })
  assert.equal(wrong.status, 400)
  assert.equal(wrong.body.error, 'step must be one of pageview, referrals, payments')
  const nothing = await check(program, {})
  assert.equal(nothing.status, 400)
  const anonymous = await server.post('/api/tracking/check-test-events', {
    program_id: program.programId,
  })
  assert.equal(anonymous.status, 401)
})
