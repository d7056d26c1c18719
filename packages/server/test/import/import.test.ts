import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { chrome, clickThrough } from '../harness/journeys.ts'
import { rowCounts } from '../harness/tables.ts'
import { startTestServer, type TestProgram, type TestServer } from '../harness/test-server.ts'
import { until } from '../harness/until.ts'
import { type Event, importSite, readRejects } from './harness.ts'

let server: TestServer

before(async () => {
  server = await startTestServer()
})

after(() => server.close())

const at = '2019-05-04T10:00:00+02:00'

test('the same file twice, and a second that overlaps, add nothing', async (t) => {
  const site = importSite(t, server)
  const program = await server.provision()
  const events = [
    click(program, { click_id: 'c1' }),
    // Without an id of its own it gets one, which is the same the next time.
    click(program, { page_title: 'No id' }),
    // The same visitor, moment and link: the same click.
    click(program, { click_id: 'c1', page_title: 'Told twice' }),
    { type: 'lead', timestamp: at, click_id: 'c1', customer_key: 'k1' },
    { type: 'sale', timestamp: at, transaction_id: 's1', customer_key: 'k1', amount_cents: 1_000 },
    {
      type: 'refund',
      timestamp: at,
      transaction_id: 's1',
      refund_id: 'r1',
      refund_amount_cents: 5,
    },
  ]
  const file = site.write('twice.ndjson', events)
  const first = await site.import(program.programId, file)
  assert.deepEqual(first.clicks, { imported: 2, already_there: 1, late: 0 })
  const stored = await rowCounts(server.db)
  const second = await site.import(program.programId, file)
  assert.deepEqual(second.clicks, { imported: 0, already_there: 3, late: 0 })
  assert.deepEqual(second.leads, { imported: 0, already_there: 1 })
  assert.deepEqual(second.sales, { imported: 0, already_there: 1, outside_window: 0 })
  assert.deepEqual(second.refunds, { imported: 0, already_there: 1 })
  assert.deepEqual(await rowCounts(server.db), stored)

  const late = click(program, { click_id: 'c1', timestamp: '2019-05-04T07:00:00Z' })
  const more = site.write('overlap.ndjson', [...events, late])
  const third = await site.import(program.programId, more)
  assert.deepEqual(third.clicks, { imported: 1, already_there: 3, late: 1 })
  await site.verify()
})

test('a visitor who is known is as old as the oldest click that is imported', async (t) => {
  const site = importSite(t, server)
  const program = await server.provision()
  const first = site.write('newer.ndjson', [
    click(program, { click_id: 'v1', timestamp: '2019-05-20T10:00:00Z' }),
    click(program, { click_id: 'v2', timestamp: '2019-05-20T10:00:00Z' }),
  ])
  await site.import(program.programId, first)
  const sale = (visitor: string, timestamp: string) => ({
    ...{ type: 'sale', timestamp, click_id: visitor, amount_cents: 1_000 },
    transaction_id: `${visitor} ${timestamp}`,
  })
  const older = site.write('older.ndjson', [
    click(program, { click_id: 'v1', timestamp: '2019-05-01T10:00:00Z' }),
    click(program, { click_id: 'v2', timestamp: '2019-05-25T10:00:00Z' }),
    sale('v1', '2019-05-04T10:00:00Z'),
    sale('v2', '2019-05-26T10:00:00Z'),
  ])
  const { sales, clicks } = await site.import(program.programId, older)
  assert.deepEqual(clicks, { imported: 2, already_there: 0, late: 0 })
  assert.deepEqual(sales, { imported: 2, already_there: 0, outside_window: 0 })
  const sold = await server.db.sql<{ day: string }>(
    `select (created_at at time zone 'UTC')::date::text as day from affiliate_sale_events
      where program_id = ${program.programId} order by 1`,
  )
  assert.deepEqual(
    sold.map(({ day }) => day),
    ['2019-05-04', '2019-05-26'],
  )
  await site.verify()
})

test('bad lines are told by number and kept with a sentence, and the rest is imported', async (t) => {
  const site = importSite(t, server)
  const program = await server.provision()
  const foreign = await server.provision()
  const ahead = new Date(Date.now() + 86_400_000).toISOString()
  const wrong: [Event | string, string][] = [
    ['{"type":', 'The line is not valid JSON'],
    [{ type: 'view', timestamp: at }, 'type must be one of click, lead, sale, refund'],
    [
      click(program, { timestamp: '2019-05-04T10:00:00' }),
      'timestamp must be ISO 8601 with a zone, such as 2026-03-15T12:00:00Z',
    ],
    [
      click(program, { timestamp: '2019-02-30T10:00:00Z' }),
      'timestamp must be ISO 8601 with a zone, such as 2026-03-15T12:00:00Z',
    ],
    [click(program, { timestamp: ahead }), 'timestamp is in the future'],
    [click(program, { timestamp: '1999-12-31T23:59:59Z' }), 'timestamp is before the year 2000'],
    [click(foreign, {}), 'Referral link not found in this program'],
    [{ type: 'click', timestamp: at }, 'affiliate_url, aff or code is required'],
    [
      { type: 'lead', timestamp: at, click_id: 'nobody' },
      'Customer not found. Provide a valid click_id or customer_key.',
    ],
    [
      { type: 'sale', timestamp: at, transaction_id: 'x', amount_cents: 1.5 },
      'amount_cents is required and must be a positive integer',
    ],
    [
      { type: 'sale', timestamp: at, transaction_id: 'x', click_id: 'nobody', amount_cents: 1 },
      'Customer not found. Provide customer_key or click_id.',
    ],
    [{ type: 'refund', timestamp: at, transaction_id: 'x' }, 'Sale not found for transaction_id'],
    [
      { type: 'lead', timestamp: at, additional_data: { test_mode: true } },
      'test events are not imported',
    ],
    [
      JSON.stringify(click(program, { page_title: 'x'.repeat(70_000) })),
      'The line is longer than 64 KiB',
    ],
  ]
  const good = click(program, { click_id: 'good' })
  const file = site.write('bad.ndjson', [good, ...wrong.map(([line]) => line), '', good])
  const result = await site.import(program.programId, file)
  assert.deepEqual(result.clicks, { imported: 1, already_there: 1, late: 0 })
  assert.equal(result.rejected, wrong.length)
  const rejects = readRejects(result.rejects_file)
  assert.equal(result.rejects_file, file.replace('.ndjson', '.rejects.ndjson'))
  assert.deepEqual(
    rejects.map(({ line, error }) => [line, error]),
    wrong.map(([, error], i) => [i + 2, error]),
  )
  assert.deepEqual(rejects[1]?.event, wrong[1]?.[0])
  const strict = ['import', '--program', String(program.programId), '--file', file, '--strict']
  assert.equal((await site.run(strict)).code, 1)
})

test('a reject file that was mended can be imported as it is', async (t) => {
  const site = importSite(t, server)
  const program = await server.provision()
  const sale = {
    type: 'sale',
    timestamp: at,
    transaction_id: 'm1',
    click_id: 'm',
    amount_cents: 100,
  }
  const early = site.write('early.ndjson', [sale])
  const first = await site.import(program.programId, early)
  assert.equal(first.rejected, 1)
  await site.import(
    program.programId,
    site.write('clicks.ndjson', [click(program, { click_id: 'm' })]),
  )
  const again = await site.import(program.programId, first.rejects_file)
  assert.equal(again.sales.imported, 1)
  await site.verify()
})

test('killed in the middle, the same command goes on: nothing is lost and nothing doubled', async (t) => {
  const site = importSite(t, server)
  const program = await server.provision()
  const visitors = 30_000
  const lines: (Event | string)[] = []
  for (let i = 0; i < visitors; i += 1) {
    lines.push(click(program, { click_id: `kill_${i}`, timestamp: minute(i) }))
    if (i % 3_000 === 7) lines.push('{')
    if (i % 50 === 0) {
      const sale = { transaction_id: `kill_${i}`, click_id: `kill_${i}`, amount_cents: 1_000 }
      lines.push({ type: 'sale', timestamp: minute(i), ...sale })
    }
  }
  const file = site.write('kill.ndjson', lines)
  const count = async (table: string) => {
    const text = `select count(*)::int as n from ${table} where program_id = $1`
    return (await server.db.sql<{ n: number }>(text, [program.programId]))[0]?.n ?? 0
  }
  for (const [kill, signal] of (['SIGKILL', 'SIGTERM', 'SIGKILL'] as const).entries()) {
    const child = site.spawn(program.programId, file)
    const ended = once(child, 'exit')
    const aim = 20 + kill * 180
    const giveUpAtMs = performance.now() + 120_000
    while ((await count('affiliate_sale_transactions')) < aim) {
      assert.equal(child.exitCode, null, 'it ended by itself')
      assert.ok(performance.now() < giveUpAtMs, 'it did not get on')
      await delay(5)
    }
    child.kill(signal)
    await ended
  }
  assert.ok((await count('affiliate_click_events')) < visitors, 'it was done before the last kill')
  const result = await site.import(program.programId, file)
  assert.ok(result.resumed_after_line > 0)
  assert.equal(result.lines, lines.length)
  assert.equal(result.clicks.imported + result.clicks.already_there, visitors)
  assert.equal(result.sales.imported + result.sales.already_there, visitors / 50)
  assert.equal(await count('affiliate_click_events'), visitors)
  assert.equal(await count('affiliate_customers'), visitors)
  assert.equal(await count('affiliate_sale_events'), visitors / 50)
  assert.equal(await count('affiliate_commissions'), visitors / 50)
  assert.deepEqual(
    readRejects(result.rejects_file).map(({ line }) => line),
    lines.flatMap((line, i) => (typeof line === 'string' ? [i + 1] : [])),
  )
  await site.verify()
})

test('a customer whom somebody holds for a while is waited for, and the event is imported', async (t) => {
  const program = await server.provision()
  const site = importSite(t, server)
  const click = { type: 'click', affiliate_url: program.landing(), click_id: 'held_1' }
  const clicks = site.write('clicks.ndjson', [{ ...click, timestamp: '2026-01-01T00:00:00Z' }])
  await site.import(program.programId, clicks)
  const lead = { type: 'lead', click_id: 'held_1', timestamp: '2026-01-02T00:00:00Z' }
  const leads = site.write('leads.ndjson', [lead])
  const waiters = async () => {
    const rows = await server.db.sql(
      `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    return rows.length
  }
  let importing: ReturnType<typeof site.import> = Promise.resolve()
  await server.db.database.transaction(async (tx) => {
    const text =
      'select 1 from affiliate_customers where program_id = $1 and click_id = $2 for update'
    await tx.query({ name: 'test_hold_held', text }, [program.programId, 'held_1'])
    importing = site.import(program.programId, leads)
    importing.catch(() => undefined)
    await until('the import waits for the customer', async () => (await waiters()) === 1)
    await until('it has given way', async () => (await waiters()) === 0)
  })
  const { leads: counts, rejected } = await importing
  assert.deepEqual(counts, { imported: 1, already_there: 0 })
  assert.equal(rejected, 0)
  await site.verify()
})

test('beside live traffic the totals stay those of the events', async (t) => {
  const site = importSite(t, server)
  const program = await server.provision()
  server.clock.set(Date.now() - 60_000)
  const today = new Date(server.clock.nowMs()).toISOString()
  const lines = Array.from({ length: 25_000 }, (_, i) =>
    click(program, { click_id: `mixed_${i}`, timestamp: today }),
  )
  let isDone = false
  const importing = site
    .import(program.programId, site.write('mixed.ndjson', lines))
    .finally(() => {
      isDone = true
    })
  let live = 0
  while (!isDone) {
    await clickThrough(server, program)
    live += 1
  }
  assert.equal((await importing).clicks.imported, lines.length)
  const [total] = await server.db.sql<{ clicks: string }>(
    'select sum(clicks) as clicks from affiliate_daily_traffic where program_id = $1 and link_id = 0',
    [program.programId],
  )
  assert.equal(Number(total?.clicks), lines.length + live)
  await site.verify()
})

test('wrong use is one line that says what is wrong', async (t) => {
  const site = importSite(t, server)
  const file = site.write('one.ndjson', ['{}'])
  const wrong: [string[], RegExp][] = [
    [['--program', '1', '--file', `${file}x`], /^--file .* does not exist\n$/],
    [['--program', '1', '--file', '/'], /^--file \/ is not a file\n$/],
    [['--program', '999999', '--file', file], /^--program 999999 names no program\n$/],
    [['--program', 'one', '--file', file], /^--program must be a whole number .*\n$/],
    [
      ['--program', '1', '--file', file, '--rejects', file],
      /^--rejects must be another file .*\n$/,
    ],
    [['--file', file], /^required option '--program <id>' not specified\n$/],
  ]
  for (const [args, message] of wrong) {
    const ended = await site.run(['import', ...args])
    assert.equal(ended.code, 1)
    assert.match(ended.stderr, message)
    assert.equal(ended.stdout, '')
  }
  assert.ok(!existsSync(file.replace('.ndjson', '.rejects.ndjson')))
})

test('a reject file that may not be written is one clear line, and a file in use by another import too', async (t) => {
  const site = importSite(t, server)
  const program = await server.provision()
  const file = site.write('bad.ndjson', ['{'])
  const command = ['import', '--program', String(program.programId), '--file', file]
  const ended = await site.run([...command, '--rejects', '/proc/none/rejects'])
  assert.equal(ended.code, 1)
  assert.match(ended.stderr, /^The import stopped: .*\n$/)
  await server.db.database.exclusively(async (client) => {
    const lock = "select pg_advisory_lock(hashtext('import'), $1)"
    await client.query(lock, [program.programId])
    const busy = await site.run(command)
    assert.match(busy.stderr, /^Another import into program \d+ is running\n$/)
    await client.query('select pg_advisory_unlock_all()')
  })
})

function click(program: TestProgram, fields: Event): Event {
  const landing = program.landing()
  return { type: 'click', timestamp: at, affiliate_url: landing, user_agent: chrome, ...fields }
}

function minute(i: number): string {
  return new Date(Date.parse('2024-11-30T00:00:00Z') + i * 60_000).toISOString()
}
