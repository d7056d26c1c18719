import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sendAndAHalf } from '../harness/half-request.ts'
import { startServer, temporaryDirectory } from '../harness/server-command.ts'
import { createEmptyDatabase } from '../harness/test-database.ts'

const stopMaxMs = 10_000

async function start(t: TestContext) {
  const { url, drop } = await createEmptyDatabase()
  t.after(drop)
  return startServer(t, {
    DATABASE_URL: url,
    AFFITOR_DATA_DIR: temporaryDirectory(t),
    AFFITOR_SECRET: 'a secret of at least thirty-two characters',
  })
}

const halves = {
  'three bytes of a body':
    'POST /api/v1/track/click HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{"a',
  'half of its headers': 'POST /api/v1/track/click HTTP/1.1\r\nHost: shop\r\nContent-Ty',
}
for (const [name, half] of Object.entries(halves)) {
  test(`a request of which only ${name} came does not keep the server from stopping`, async (t) => {
    const server = await start(t)
    const { url } = await server.ready
    const socket = await sendAndAHalf(t, url, half)
    const hungUp = new Promise((resolve) => socket.on('close', resolve))
    const beganMs = performance.now()
    server.signal('SIGTERM')
    const { code, stderr } = await server.ended
    const tookMs = performance.now() - beganMs
    assert.equal(code, 0, stderr)
    assert.ok(tookMs < stopMaxMs, `stopped after ${tookMs} ms`)
    await hungUp
  })
}
