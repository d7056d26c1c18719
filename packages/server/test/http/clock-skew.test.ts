import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { addPartner, clickThrough, readSale, sell } from '../harness/journeys.ts'
import { testStartMs } from '../harness/test-database.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

/** Servers that share a database have clocks of their own. Five minutes between them change nobody's pay. */
let server: TestServer
before(async () => {
  server = await startTestServer()
})
beforeEach(() => server.clock.set(testStartMs))
after(() => server.close())

const skewMaxMs = 5 * 60_000

/** Two clicks of a customer and a sale, each stamped so long after the start; who gets the sale. */
async function play(stamps: { secondClickMs: number; saleMs: number }) {
  server.clock.set(testStartMs)
  const program = await server.provision()
  const second = (await addPartner(server, program, `second-${program.programId}`)).codes[0] ?? ''
  const click_id = await clickThrough(server, program)
  server.clock.set(testStartMs + stamps.secondClickMs)
  const affiliate_url = program.landing(second)
  const kept = await clickThrough(server, program, { affiliate_url, existing_click_id: click_id })
  assert.equal(kept, click_id)
  server.clock.set(testStartMs + stamps.saleMs)
  const sale = await sell(server, program, { transaction_id: 't1', click_id })
  assert.equal(sale.status, 200, JSON.stringify(sale.body))
  const winner = sale.body.partner_code === second ? 'second' : 'first'
  return { winner, program, sale }
}

test('a later click wins though its server’s clock is 20 seconds behind', async () => {
  const { winner, program } = await play({ secondClickMs: -20_000, saleMs: 60_000 })
  assert.equal(winner, 'second')
  const { touches } = (await readSale(server, program, 't1')).body.data.attribution
  assert.deepEqual(
    touches.map((touch: { why: string }) => touch.why),
    ['superseded_by_later_click', 'last_click'],
  )
})

test('a click stamped 60 seconds ahead of the sale wins', async () => {
  const { winner } = await play({ secondClickMs: 70_000, saleMs: 10_000 })
  assert.equal(winner, 'second')
})

test('a sale stamped before the customer’s only click is attributed', async () => {
  const program = await server.provision()
  const click_id = await clickThrough(server, program)
  server.clock.advance(-skewMaxMs)
  const sale = await sell(server, program, { transaction_id: 't1', click_id })
  assert.equal(sale.body.partner_code, program.code)
})

test('gaps of up to five minutes are evened out, larger ones are not', async () => {
  const saleMs = 10_000
  const winners = []
  for (const secondClickMs of [saleMs + skewMaxMs, saleMs + skewMaxMs + 1]) {
    winners.push((await play({ secondClickMs, saleMs })).winner)
  }
  assert.deepEqual(winners, ['second', 'first'])
  const behind = []
  for (const secondClickMs of [-skewMaxMs, -skewMaxMs - 1]) {
    behind.push((await play({ secondClickMs, saleMs })).winner)
  }
  assert.deepEqual(behind, ['second', 'first'])
})

test('a program made by a server 100 seconds ahead takes a sale of a server behind it', async () => {
  server.clock.advance(100_000)
  const program = await server.provision()
  server.clock.set(testStartMs)
  const click_id = await clickThrough(server, program)
  const sale = await sell(server, program, { transaction_id: 't1', click_id })
  assert.equal(sale.status, 200, JSON.stringify(sale.body))
  assert.deepEqual([sale.body.partner_code, sale.body.commission_cents], [program.code, 3_000])
})
