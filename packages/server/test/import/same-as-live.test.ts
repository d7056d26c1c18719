import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { addPartner, chrome } from '../harness/journeys.ts'
import { startTestServer, type TestProgram, type TestServer } from '../harness/test-server.ts'
import { type Event, importSite } from './harness.ts'

let server: TestServer

before(async () => {
  server = await startTestServer()
})

after(() => server.close())

const DAY = 86_400_000
const HOUR = 3_600_000
const startMs = Date.parse('2026-03-16T09:00:00.000Z')
const googlebot = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'

test('a file ends in the money, verdicts and totals of the same events sent live', async (t) => {
  const site = importSite(t, server)
  const live = await programWithPartners('live')
  const imported = await programWithPartners('file')
  await sendLive(live)
  const file = site.write('all.ndjson', history('file'))
  const result = await site.import(imported.programId, file)
  assert.deepEqual(
    { ...result, program_id: 0 },
    {
      program_id: 0,
      finished: true,
      lines: 13,
      resumed_after_line: 0,
      clicks: { imported: 6, already_there: 0, late: 0 },
      leads: { imported: 1, already_there: 1 },
      sales: { imported: 2, already_there: 0, outside_window: 1 },
      refunds: { imported: 2, already_there: 0 },
      rejected: 0,
      rejects_file: null,
    },
  )
  const [whatLiveDid, whatTheFileDid] = [await picture(live), await picture(imported)]
  assert.equal(whatLiveDid.sales.length, 3)
  assert.deepEqual(whatTheFileDid, whatLiveDid)
  await site.verify()
})

async function programWithPartners(prefix: string): Promise<TestProgram> {
  const program = await server.provision({ partner: { name: 'Ada', code: `${prefix}-ada` } })
  await addPartner(server, program, `${prefix}-bob`)
  return program
}

/** Two visitors and a bot: last click, a lead, a repeated lead, a sale out of the window, two kinds of refund. */
function history(prefix: string): Event[] {
  const click = (visitor: string, partner: string, more: Event = {}): Event => ({
    ...{ type: 'click', click_id: visitor, user_agent: chrome, page_title: 'Pricing\tand "more"' },
    ...{ affiliate_url: `https://example.com/a?aff=${prefix}-${partner}&secret=1`, ...more },
  })
  const steps: [number, Event][] = [
    [0, click('v1', 'ada')],
    [HOUR, click('v2', 'ada')],
    [2 * HOUR, click('v1', 'bob')],
    [3 * HOUR, { type: 'lead', click_id: 'v1', customer_key: 'k1', email: 'ada@example.com' }],
    [3.5 * HOUR, { type: 'lead', customer_key: 'k1' }],
    [DAY, { type: 'sale', transaction_id: 't1', customer_key: 'k1', amount_cents: 4_900 }],
    [DAY + 60_000, click('v1', 'ada')],
    [2 * DAY, click('bot', 'ada', { user_agent: googlebot })],
    [3 * DAY, { type: 'sale', transaction_id: 't2', click_id: 'v2', amount_cents: 999 }],
    [4 * DAY, { type: 'refund', transaction_id: 't1', refund_amount_cents: 1_000 }],
    [5 * DAY, { type: 'refund', transaction_id: 't2', refund_id: 'r1' }],
    [6 * DAY, click('v3', 'bob')],
    [90 * DAY, { type: 'sale', transaction_id: 't3', click_id: 'v3', amount_cents: 100 }],
  ]
  return steps.map(([afterMs, event]) => ({
    ...event,
    timestamp: new Date(startMs + afterMs).toISOString(),
  }))
}

async function sendLive(program: TestProgram): Promise<void> {
  const clickIds = new Map<unknown, string>()
  for (const { type, timestamp, click_id: visitor, ...fields } of history('live')) {
    server.clock.set(Date.parse(String(timestamp)))
    const known = clickIds.get(visitor)
    const isClick = type === 'click'
    const body = { ...fields, ...(isClick ? { existing_click_id: known } : { click_id: known }) }
    const key = isClick ? {} : { key: program.apiKey }
    const answer = await server.post(`/api/v1/track/${type}`, body, key)
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
    if (isClick) clickIds.set(visitor, answer.body.click_id)
  }
}

/** What the events left behind, without ids, codes and partners' numbers. */
async function picture({ programId }: TestProgram) {
  const rows = (text: string) => server.db.sql(text, [programId])
  const code = "regexp_replace(l.code, '^(live|file)-', '')"
  const link =
    'left join affiliate_referral_links l on l.program_id = x.program_id and l.id = x.link_id'
  return {
    clicks:
      await rows(`select x.created_at, ${code} as code, device_type, device_os, browser_name, is_bot,
        page_title, regexp_replace(affiliate_url, '(live|file)-', '') as url
      from affiliate_click_events x ${link} where x.program_id = $1 order by 1, 2`),
    customers:
      await rows(`select customer_key, status, email_masked, created_at, lead_at, converted_at
      from affiliate_customers where program_id = $1 order by created_at`),
    sales:
      await rows(`select transaction_id, x.created_at, verdict, reason, ${code} as code, refunded_cents,
        (select json_agg(touch ->> 'why') from json_array_elements(attribution::json -> 'touches') touch) as whys
      from affiliate_sale_transactions x ${link} where x.program_id = $1 order by 1`),
    commissions:
      await rows(`select transaction_id, amount_cents, reversed_cents, status, hold_ends_at, ${code} as code
      from affiliate_commissions x ${link} where x.program_id = $1 order by 1`),
    ledger: await rows(`select t.created_at, t.kind, e.account, e.amount_cents from ledger_entries e
      join ledger_transactions t on t.program_id = e.program_id and t.id = e.transaction_id
      where t.program_id = $1 order by 1, 2, 3`),
    traffic: await rows(`select day::text, ${code} as code, clicks, leads, conversions
      from affiliate_daily_traffic x ${link} where x.program_id = $1 order by 1, 2`),
    money:
      await rows(`select day::text, ${code} as code, sales, revenue_cents, refunded_cents, commission_cents,
        commission_reversed_cents from affiliate_daily_money x ${link} where x.program_id = $1 order by 1, 2`),
  }
}
