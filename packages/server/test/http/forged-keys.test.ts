import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { verify } from '../../src/features/verification/index.ts'
import { addPartner, clickThrough, lead, sell } from '../harness/journeys.ts'
import { startTestServer, type TestProgram, type TestServer } from '../harness/test-server.ts'

/** A browser can guess a key. What it says about it gives way to what the backend says. */
let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

/** A program with an honest partner and one who guesses the keys of others' customers. */
async function start() {
  const program = await server.provision()
  const thief = (await addPartner(server, program, `thief-${program.programId}`)).codes[0] ?? ''
  return {
    program,
    thief,
    honestClick: () => clickThrough(server, program),
    async forge(customer_key: string) {
      const click_id = await thiefClick(program, thief)
      const answer = await server.post('/api/v1/track/lead', { click_id, customer_key })
      assert.equal(answer.status, 200)
      return click_id
    },
  }
}

function thiefClick(program: TestProgram, code: string) {
  return clickThrough(server, program, { affiliate_url: program.landing(code) })
}

async function paidBy(program: TestProgram, transaction_id: string, fields: object) {
  const answer = await sell(server, program, { transaction_id, ...fields })
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return answer.body.partner_code
}

test('a key that a browser claimed goes to whom the backend names, and so does the sale', async () => {
  const { program, honestClick, forge } = await start()
  await forge('user_43')
  const click_id = await honestClick()
  const answer = await lead(server, program, { click_id, customer_key: 'user_43' })
  assert.equal(answer.body.success, true)
  assert.equal(await paidBy(program, 't1', { customer_key: 'user_43' }), program.code)
  assert.equal(await paidBy(program, 't2', { customer_key: 'user_43', click_id }), program.code)
})

test('the lead counts for the customer whom the backend named, and the forger no longer shows the key', async () => {
  const { program, honestClick, forge } = await start()
  const forged = await forge('user_43')
  const click_id = await honestClick()
  await lead(server, program, { click_id, customer_key: 'user_43' })
  const shown = await server.db.sql(
    'select click_id, status, customer_key from affiliate_customers where program_id = $1 order by id',
    [program.programId],
  )
  assert.deepEqual(shown, [
    { click_id: forged, status: 'lead', customer_key: null },
    { click_id, status: 'lead', customer_key: 'user_43' },
  ])
})

test('the books are in order after a key has moved from a customer with another one', async () => {
  const { program, honestClick, forge } = await start()
  await lead(server, program, { click_id: await forge('user_43'), customer_key: 'user_44' })
  await lead(server, program, { click_id: await honestClick(), customer_key: 'user_43' })
  const { checks } = await verify(server.db.database)
  assert.deepEqual(
    checks.filter((check) => check.differences > 0),
    [],
  )
})

test('a key that the backend bound by a lead moves for nobody', async () => {
  const { program, thief, honestClick, forge } = await start()
  await lead(server, program, { click_id: await honestClick(), customer_key: 'user_43' })
  await forge('user_43')
  const click_id = await thiefClick(program, thief)
  assert.equal((await lead(server, program, { click_id, customer_key: 'user_43' })).status, 200)
  assert.equal(await paidBy(program, 't1', { customer_key: 'user_43' }), program.code)
})

test('a key that a sale bound moves for nobody', async () => {
  const { program, thief, honestClick, forge } = await start()
  const click_id = await honestClick()
  assert.equal(await paidBy(program, 't1', { click_id, customer_key: 'user_43' }), program.code)
  await forge('user_43')
  await lead(server, program, {
    click_id: await thiefClick(program, thief),
    customer_key: 'user_43',
  })
  assert.equal(await paidBy(program, 't2', { customer_key: 'user_43' }), program.code)
})

test('a rebound key is the backend’s: a later lead with another click does not move it again', async () => {
  const { program, thief, honestClick, forge } = await start()
  await forge('user_43')
  await lead(server, program, { click_id: await honestClick(), customer_key: 'user_43' })
  await lead(server, program, {
    click_id: await thiefClick(program, thief),
    customer_key: 'user_43',
  })
  assert.equal(await paidBy(program, 't1', { customer_key: 'user_43' }), program.code)
})

test('a key that the browser claimed is kept when the backend names nobody else', async () => {
  const { program } = await start()
  const click_id = await clickThrough(server, program)
  await server.post('/api/v1/track/lead', { click_id, customer_key: 'user_43' })
  assert.equal((await lead(server, program, { customer_key: 'user_43' })).status, 200)
  assert.equal(await paidBy(program, 't1', { customer_key: 'user_43' }), program.code)
})

test('of a sale’s key and click id the key decides, whoever bound it', async () => {
  const { program, thief, honestClick, forge } = await start()
  await forge('user_43')
  const click_id = await honestClick()
  assert.equal(await paidBy(program, 't1', { click_id, customer_key: 'user_43' }), thief)
})
