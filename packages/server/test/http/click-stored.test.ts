import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { chrome } from '../harness/journeys.ts'
import { rawRequest } from '../harness/raw-http.ts'
import { tablesHolding } from '../harness/tables.ts'
import { startTestServer, type TestProgram, type TestServer } from '../harness/test-server.ts'

/** What is kept of a click. The server trusts loopback, so that a test can come from any address. */
let server: TestServer
before(async () => {
  server = await startTestServer({ trustProxy: ['loopback'] })
})
after(() => server.close())

async function clickFrom(program: TestProgram, body: object, headers: Record<string, string> = {}) {
  const answer = await server.post(
    '/api/v1/track/click',
    { affiliate_url: program.landing(), user_agent: chrome, ...body },
    { headers },
  )
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  const [row] = await server.db.sql(
    'select * from affiliate_click_events where program_id = $1 order by id desc limit 1',
    [program.programId],
  )
  assert.ok(row)
  return row
}

test('every field of a click is stored', async () => {
  const program = await server.provision()
  const row = await clickFrom(program, {
    page_url: 'https://example.com/pricing?utm_source=blog',
    page_title: 'Pricing · plans',
    referrer_url: 'https://news.example.org/item',
    session_id: 'session-1',
    screen_resolution: '1920x1080',
    viewport_size: '1280x720',
    language: 'en-US',
    timezone: 'Europe/Berlin',
  })
  assert.equal(row.affiliate_url, program.landing())
  assert.equal(row.page_url, 'https://example.com/pricing?utm_source=blog')
  assert.equal(row.page_title, 'Pricing · plans')
  assert.equal(row.referrer_url, 'https://news.example.org/item')
  assert.equal(row.session_id, 'session-1')
  assert.equal(row.user_agent, chrome)
  assert.equal(row.screen_resolution, '1920x1080')
  assert.equal(row.viewport_size, '1280x720')
  assert.equal(row.language, 'en-US')
  assert.equal(row.timezone, 'Europe/Berlin')
  assert.equal(row.is_test, false)
  assert.equal(row.is_bot, false)
})

test('device, system and browser are derived from the user agent', async () => {
  const program = await server.provision()
  const table: [string, string, string, string][] = [
    [chrome, 'desktop', 'Windows', 'Chrome'],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
      'mobile',
      'iOS',
      'Safari',
    ],
    [
      'Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1',
      'tablet',
      'iOS',
      'Safari',
    ],
    [
      'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
      'desktop',
      'Linux',
      'Firefox',
    ],
    [
      'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36',
      'mobile',
      'Android',
      'Chrome',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0',
      'desktop',
      'macOS',
      'Microsoft Edge',
    ],
  ]
  for (const [user_agent, type, os, browser] of table) {
    const row = await clickFrom(program, { user_agent })
    assert.deepEqual([row.device_type, row.device_os, row.browser_name], [type, os, browser])
  }
})

test("without user_agent the request's own header describes the visitor", async () => {
  const program = await server.provision()
  for (const user_agent of [undefined, null, '']) {
    const row = await clickFrom(program, { user_agent }, { 'user-agent': chrome })
    assert.deepEqual([row.user_agent, row.browser_name, row.is_bot], [chrome, 'Chrome', false])
  }
  const given = await clickFrom(program, { user_agent: chrome }, { 'user-agent': 'curl/8' })
  assert.equal(given.is_bot, false)
})

test('without any user agent the click is stored as a bot', async () => {
  const program = await server.provision()
  const answer = await rawRequest(server.url, 'POST', '/api/v1/track/click', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ affiliate_url: program.landing() }),
  })
  assert.equal(JSON.parse(answer.text).success, true)
  const [row] = await server.db.sql('select * from affiliate_click_events where program_id = $1', [
    program.programId,
  ])
  assert.deepEqual([row?.user_agent, row?.is_bot, row?.device_type], [null, true, 'unknown'])
})

test('the country comes from the address, and the address itself is not kept', async () => {
  const program = await server.provision()
  const table: [string, string | null, string][] = [
    ['8.8.8.8', 'US', '8.8.8.0'],
    ['::ffff:8.8.8.8', 'US', '8.8.8.0'],
    ['2001:4860:4860::8888', 'US', '2001:4860:4860::'],
    ['193.0.6.139', 'NL', '193.0.6.0'],
    ['10.1.2.3', null, '10.1.2.0'],
  ]
  for (const [ip, country, truncated] of table) {
    const row = await clickFrom(program, {}, { 'x-forwarded-for': ip })
    assert.deepEqual([row.geo_country, row.ip_truncated], [country, truncated], ip)
    assert.equal(row.ip_hash.length, 32)
  }
  for (const [ip] of table) assert.deepEqual(await tablesHolding(server.db, ip), [], ip)
})

test('an address has one pseudonym a day and another the next day', async () => {
  const program = await server.provision()
  const from = { 'x-forwarded-for': '203.0.113.7' }
  const first = (await clickFrom(program, {}, from)).ip_hash.toString('hex')
  assert.equal((await clickFrom(program, {}, from)).ip_hash.toString('hex'), first)
  const other = await clickFrom(program, {}, { 'x-forwarded-for': '203.0.113.8' })
  assert.notEqual(other.ip_hash.toString('hex'), first)
  server.clock.advance(86_400_000)
  assert.notEqual((await clickFrom(program, {}, from)).ip_hash.toString('hex'), first)
})

test('URLs are stored without fragment, credentials and foreign query', async () => {
  const program = await server.provision()
  const secret = 'c0ffee-token'
  const dirty = `https://user:${secret}@example.com/a/b?token=${secret}&aff=${program.code}&utm_source=x&email=ada%40example.com&utm_medium=y#${secret}`
  const clean = `https://example.com/a/b?aff=${program.code}&utm_source=x&utm_medium=y`
  const row = await clickFrom(program, {
    affiliate_url: dirty,
    page_url: dirty,
    referrer_url: dirty,
  })
  assert.deepEqual([row.affiliate_url, row.page_url, row.referrer_url], [clean, clean, clean])
  for (const text of [secret, 'ada%40example.com', 'ada@example.com']) {
    assert.deepEqual(await tablesHolding(server.db, text), [])
  }
  const inPath = await clickFrom(program, { page_url: 'https://example.com/u/ada@example.com/x' })
  assert.equal(inPath.page_url, 'https://example.com/u/***/x')
})

test('a page address that is no web address is not stored, and does not lose the click', async () => {
  const program = await server.provision()
  const urls = [
    'javascript:alert(1)',
    'data:text/html,x',
    'not a url',
    'file:///etc/passwd',
    `https://e.com/${'a'.repeat(20_000)}`,
  ]
  for (const page_url of urls) {
    const row = await clickFrom(program, { page_url, referrer_url: page_url })
    assert.deepEqual([row.page_url, row.referrer_url], [null, null], page_url.slice(0, 40))
  }
})

test('text from the public is cleaned and cut, never refused for its content', async () => {
  const program = await server.provision()
  const row = await clickFrom(program, {
    page_title: `a\u0000b\u0007\ud800c${'é'.repeat(5_000)}`,
    session_id: 's'.repeat(5_000),
    language: 'x'.repeat(5_000),
    timezone: '\u0000',
    user_agent: `${chrome}${' x'.repeat(5_000)}`,
  })
  assert.match(row.page_title, /^ab\ufffdcé+$/)
  assert.ok(row.page_title.length <= 300)
  assert.ok(row.session_id.length <= 255)
  assert.ok(row.language.length <= 64)
  assert.ok(row.user_agent.length <= 512)
  assert.equal(row.browser_name, 'Chrome')
})
