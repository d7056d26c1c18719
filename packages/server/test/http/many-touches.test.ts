import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { addPartner, clickThrough, readSale, sell, signUp } from '../harness/journeys.ts'
import { startTestServer, type TestProgram, type TestServer } from '../harness/test-server.ts'

/** Clicks cost nothing: a flood of them must not bury the one that counts, nor fill a receipt. */
let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

const touchesMax = 50
const clicks = 250

async function flood(program: TestProgram, click_id: string, code: string) {
  const affiliate_url = program.landing(code)
  for (let sent = 0; sent < clicks; sent += 50) {
    server.clock.advance(1_000)
    const batch = Array.from({ length: 50 }, () =>
      clickThrough(server, program, { affiliate_url, existing_click_id: click_id }),
    )
    assert.deepEqual(new Set(await Promise.all(batch)), new Set([click_id]))
  }
}

async function storedTouches(program: TestProgram): Promise<number> {
  const [row] = await server.db.sql(
    `select jsonb_array_length(attribution -> 'touches') as touches
      from affiliate_sale_transactions where program_id = $1`,
    [program.programId],
  )
  return row?.touches
}

// At once, when a clock could be to blame for the order, and long after.
for (const minutes of [0, 10]) {
  test(`under signup binding 250 clicks from ${minutes} minutes after the lead on bury nothing`, async () => {
    const program = await server.provision({ program: { attributionBinding: 'signup' } })
    const rival = await addPartner(server, program, `rival-${program.programId}`)
    const click_id = await signUp(server, program, 'u1')
    server.clock.advance(minutes * 60_000)
    await flood(program, click_id, rival.codes[0] ?? '')
    const sale = await sell(server, program, { transaction_id: 't1', customer_key: 'u1' })
    assert.equal(sale.body.partner_code, program.code, JSON.stringify(sale.body))
    const { touches } = (await readSale(server, program, 't1')).body.data.attribution
    const won = touches.filter((touch: { considered: boolean }) => touch.considered)
    assert.deepEqual(
      won.map((touch: { partner_code: string; why: string }) => [touch.partner_code, touch.why]),
      [[program.code, 'last_click']],
    )
    assert.ok((await storedTouches(program)) <= touchesMax)
  })
}

test('under click binding the last of 250 clicks wins, and the receipt stays short', async () => {
  const program = await server.provision()
  const rival = await addPartner(server, program, `rival-${program.programId}`)
  const click_id = await signUp(server, program, 'u1')
  await flood(program, click_id, rival.codes[0] ?? '')
  const sale = await sell(server, program, { transaction_id: 't1', customer_key: 'u1' })
  assert.equal(sale.body.partner_code, rival.codes[0])
  assert.ok((await storedTouches(program)) <= touchesMax)
})

test('a renewal of a much clicked customer stays with the first sale’s partner', async () => {
  const program = await server.provision()
  const rival = await addPartner(server, program, `rival-${program.programId}`)
  const click_id = await signUp(server, program, 'u1')
  const subscription = { click_id, subscription_id: 'sub_1' }
  await sell(server, program, { transaction_id: 'in_0', ...subscription })
  await flood(program, click_id, rival.codes[0] ?? '')
  const renewal = await sell(server, program, { transaction_id: 'in_1', ...subscription })
  assert.equal(renewal.body.partner_code, program.code)
})
