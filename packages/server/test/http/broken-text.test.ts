import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { chrome, sell, signUp } from '../harness/journeys.ts'
import { rowCounts } from '../harness/tables.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

/** Bytes that are no UTF-8 would be replaced, and two ids of a Latin-1 client become one. */
let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

const mark = 'BYTES'

/** The JSON with bytes in place of the mark. */
function withBytes(body: object, bytes: number[]): Buffer {
  const [before = '', behind = ''] = JSON.stringify(body).split(mark)
  return Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(behind)])
}

const broken: Record<string, number[]> = {
  'Latin-1': [0xe9],
  'half a character': [0xe2, 0x82],
  'a lone continuation': [0x80],
  'an overlong slash': [0xc0, 0xaf],
  'a surrogate': [0xed, 0xa0, 0x80],
  'beyond Unicode': [0xf5, 0x80, 0x80, 0x80],
}

test('a body that is no UTF-8 is malformed and leaves nothing behind', async () => {
  const program = await server.provision()
  await signUp(server, program, 'u1')
  await sell(server, program, { transaction_id: 't1', customer_key: 'u1' })
  const requests: [string, object, boolean][] = [
    ['click', { affiliate_url: program.landing(), user_agent: chrome, page_title: mark }, false],
    ['lead', { customer_key: 'u1', event_name: mark }, true],
    ['sale', { transaction_id: mark, customer_key: 'u1', amount_cents: 1_000 }, true],
    ['refund', { transaction_id: 't1', refund_id: mark, refund_amount_cents: 100 }, true],
  ]
  const before = await rowCounts(server.db)
  for (const [route, body, hasKey] of requests) {
    for (const [name, bytes] of Object.entries(broken)) {
      const answer = await server.send('POST', `/api/v1/track/${route}`, {
        rawBody: withBytes(body, bytes),
        ...(hasKey ? { key: program.apiKey } : {}),
      })
      const told = [answer.status, answer.body.code]
      assert.deepEqual(told, [400, 'malformed_json'], `${route}: ${name}`)
    }
  }
  assert.deepEqual(await rowCounts(server.db), before)
})

test('every character that UTF-8 has arrives as it was sent', async () => {
  const program = await server.provision()
  await signUp(server, program, 'u1')
  const transaction_id = 'café €\u{1F600}\u{10FFFF}'
  const sale = await sell(server, program, { transaction_id, customer_key: 'u1' })
  assert.equal(sale.body.success, true)
  const stored = await server.db.sql(
    'select transaction_id from affiliate_sale_transactions where program_id = $1',
    [program.programId],
  )
  assert.deepEqual(stored, [{ transaction_id }])
})
