import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { chrome, clickThrough } from '../harness/journeys.ts'
import { rowCounts } from '../harness/tables.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

/** A browser that forbids tracking says so with every request. */
let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

const headers = { 'sec-gpc': '1', 'user-agent': chrome }
const refused = {
  success: false,
  message: 'The browser forbids tracking (Global Privacy Control)',
}

test('its clicks and signups are answered and not stored', async () => {
  const program = await server.provision()
  const click_id = await clickThrough(server, program)
  const before = await rowCounts(server.db)
  for (const base of ['/api/v1/track', '/api/tracking']) {
    const click = await server.post(
      `${base}/click`,
      { affiliate_url: program.landing() },
      { headers },
    )
    const lead = await server.post(`${base}/lead`, { click_id, email: 'a@b.example' }, { headers })
    for (const { status, body } of [click, lead]) {
      assert.equal(status, 200)
      assert.deepEqual(body, refused)
    }
  }
  assert.deepEqual(await rowCounts(server.db), before)
})

test("a program's own server is not a visitor's browser, and 0 forbids nothing", async () => {
  const program = await server.provision()
  const click_id = await clickThrough(server, program)
  const lead = await server.post(
    '/api/v1/track/lead',
    { click_id },
    { key: program.apiKey, headers },
  )
  assert.equal(lead.body.success, true)
  const click = await server.post(
    '/api/v1/track/click',
    { affiliate_url: program.landing() },
    { headers: { ...headers, 'sec-gpc': '0' } },
  )
  assert.equal(click.body.success, true)
})
