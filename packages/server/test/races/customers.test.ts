import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { assertRecount } from './recount.ts'
import { newCustomers, numbers, tally, together } from './together.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

const rounds = 5

test('50 leads of one customer at once, from browser and backend, make one lead event', async () => {
  const program = await server.provision()
  for (const clickId of await newCustomers(server, () => program.landing(), rounds)) {
    const answers = await together(50, (n) =>
      server.post(
        '/api/v1/track/lead',
        { click_id: clickId },
        n % 2 === 0 ? { key: program.apiKey } : {},
      ),
    )
    assert.deepEqual(
      tally(answers, ({ status, body }) => `${status} ${body.already_tracked ?? false}`),
      { '200 false': 1, '200 true': 49 },
    )
    const events = await server.db.sql('select from affiliate_lead_events where click_id = $1', [
      clickId,
    ])
    assert.equal(events.length, 1)
  }
  await assertRecount(server.db)
})

for (const call of ['lead', 'sale'] as const) {
  test(`a customer_key that 20 customers claim at once by a ${call} is bound to one`, async () => {
    const program = await server.provision()
    for (const round of numbers(rounds)) {
      const customerKey = `${call} ${round}`
      const clickIds = await newCustomers(server, () => program.landing(), 20)
      const answers = await together(20, (n) =>
        server.post(
          `/api/v1/track/${call}`,
          {
            click_id: clickIds[n],
            customer_key: customerKey,
            ...(call === 'sale'
              ? { transaction_id: `${customerKey} ${n}`, amount_cents: 900 }
              : {}),
          },
          { key: program.apiKey },
        ),
      )
      assert.deepEqual(
        tally(answers, ({ status }) => status),
        { 200: 20 },
      )
      const owners = await server.db.sql(
        'select click_id from affiliate_customers where program_id = $1 and customer_key = $2',
        [program.programId, customerKey],
      )
      const bound = await server.db.sql(
        `select c.click_id from affiliate_customer_keys k
          join affiliate_customers c on c.program_id = k.program_id and c.id = k.customer_id
          where k.program_id = $1 and k.customer_key = $2`,
        [program.programId, customerKey],
      )
      assert.equal(owners.length, 1)
      assert.deepEqual(bound, owners)
    }
    await assertRecount(server.db)
  })
}

test('20 sales of one customer at once under a one-time policy make exactly one commission', async () => {
  const program = await server.provision({ policy: { duration: { type: 'one_time' } } })
  for (const [round, clickId] of (
    await newCustomers(server, () => program.landing(), rounds)
  ).entries()) {
    const answers = await together(20, (n) =>
      server.post(
        '/api/v1/track/sale',
        { transaction_id: `once ${round} ${n}`, click_id: clickId, amount_cents: 1_000 },
        { key: program.apiKey },
      ),
    )
    assert.deepEqual(
      tally(answers, ({ status, body }) => `${status} ${body.reason ?? 'commission'}`),
      { '200 commission': 1, '200 not_first_sale': 19 },
    )
  }
  const [count] = await server.db.sql(
    `select count(*)::int as sales, count(*) filter (where is_first_sale)::int as firsts
      from affiliate_sale_events where program_id = $1`,
    [program.programId],
  )
  assert.deepEqual(count, { sales: 20 * rounds, firsts: rounds })
  await assertRecount(server.db)
})

test('clicks, leads, sales and refunds of many customers at once leave totals equal to a recount', async () => {
  const program = await server.provision({ partner: { links: 3 } })
  const key = program.apiKey
  const failed: unknown[] = []
  await together(60, async (n) => {
    const affiliate_url = program.landing(program.codes[n % 3])
    const click = await server.post('/api/v1/track/click', { affiliate_url })
    const customer_key = `mixed ${n % 20}`
    const steps: [string, object][] = [
      ['click', { affiliate_url, existing_click_id: click.body.click_id }],
      ['lead', { click_id: click.body.click_id, customer_key }],
      [
        'sale',
        {
          transaction_id: `mixed ${n}`,
          click_id: click.body.click_id,
          customer_key,
          amount_cents: 777,
        },
      ],
      ['refund', { transaction_id: `mixed ${n}`, refund_amount_cents: 100 + n }],
    ]
    for (const [path, body] of steps) {
      const answer = await server.post(`/api/v1/track/${path}`, body, { key })
      if (answer.status !== 200) failed.push(answer.body)
    }
    return click
  })
  assert.deepEqual(failed, [])
  await assertRecount(server.db)
})
