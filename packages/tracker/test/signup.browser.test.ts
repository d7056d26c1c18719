import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import { until } from '../../server/test/harness/until.ts'
import { clickIdOf, openStage, type Stage, sent } from './harness.ts'

/** A visitor signs up, and the network is what it is. */
let stage: Stage
before(async () => {
  stage = await openStage()
})
beforeEach(() => stage.setPage(`<!doctype html><title>Pricing</title>${stage.tag()}`))
after(() => stage.close())

function landing(path = '/'): string {
  return stage.site.url('www.shop.example', `${path}?aff=${stage.program.code}`)
}

/** What the server knows of the customer behind a click id. */
async function customer(clickId: string) {
  const [row] = await stage.server.db.sql<{
    status: string
    customer_key: string | null
    email_masked: string | null
  }>('select status, customer_key, email_masked from affiliate_customers where click_id = $1', [
    clickId,
  ])
  return row
}

async function countClicks(): Promise<number> {
  const [row] = await stage.server.db.sql<{ n: number }>(
    'select count(*)::integer as n from affiliate_click_events',
  )
  return Number(row?.n)
}

/** From here on nothing happens in the page because time has passed. */
async function stopTimers(page: Page): Promise<void> {
  const now = Date.now()
  await page.clock.install({ time: now })
  await page.clock.pauseAt(now + 1_000)
}

async function clickIdWithoutTimers(page: Page): Promise<string> {
  const read = () => page.evaluate(() => window.affitor?.clickId ?? '')
  await until('there is a click id', async () => (await read()) !== '')
  return read()
}

/** Whether something is kept for later that nobody is sending. */
function isWaiting(page: Page): Promise<boolean> {
  return page.evaluate(
    () =>
      localStorage.getItem('affitor_outbox')?.startsWith('[{') === true &&
      !/"until":[1-9]/.test(localStorage.getItem('affitor_outbox') ?? ''),
  )
}

test('a signup names the customer by key and email', async () => {
  const { page, context, calls, said } = await stage.visitor()
  await page.goto(landing())
  const clickId = await clickIdOf(page)
  await page.evaluate(() => window.affitor.signup('user_1', 'ada@example.com'))
  await sent(page)
  assert.deepEqual(await customer(clickId), {
    status: 'lead',
    customer_key: 'user_1',
    email_masked: 'a***@e***.com',
  })
  const { body } = calls[1] ?? {}
  assert.equal(body.click_id, clickId)
  assert.deepEqual(body.click_ids, [clickId])
  assert.equal(body.program_id, stage.program.programId)
  assert.deepEqual(said, [])
  await context.close()
})

test('every way to say it is understood', async () => {
  const ways: [string, unknown[]][] = [
    ['signup', ['user_w', 'w@example.com']],
    ['signup', [{ customer_key: 'user_w', email: 'w@example.com' }]],
    ['trackLead', [{ email: 'w@example.com', user_id: 'user_w' }]],
    ['trackLead', [{ email: 'w@example.com', customer_key: 'user_w', user_id: 'other' }]],
  ]
  for (const [name, args] of ways) {
    const { page, context, calls } = await stage.visitor()
    await page.goto(landing())
    await clickIdOf(page)
    await page.evaluate(([name, args]) => window.affitor[name as string](...(args as [])), [
      name,
      args,
    ] as const)
    await sent(page)
    assert.equal(calls[1]?.body.customer_key, 'user_w')
    assert.equal(calls[1]?.body.email, 'w@example.com')
    await context.close()
  }
})

test('what was queued before the script came is done, in order, after the click', async () => {
  stage.setPage(
    `<!doctype html><script>window.affitorQueue = window.affitorQueue || []
      affitorQueue.push(['signup', 'queued_1', 'q@example.com'])
      affitorQueue.push(['nothing', 1])
      affitorQueue.push(['trackLead', { user_id: 'queued_2' }])</script>${stage.tag('async')}`,
  )
  const { page, context, calls, said } = await stage.visitor()
  await page.goto(landing())
  const clickId = await clickIdOf(page)
  await sent(page)
  await page.evaluate(() => window.affitorQueue.push(['signup', 'queued_3']))
  await sent(page)
  assert.deepEqual(
    calls.map(({ name, body }) => [name, body.customer_key]),
    [
      ['click', undefined],
      ['lead', 'queued_1'],
      ['lead', 'queued_2'],
      ['lead', 'queued_3'],
    ],
  )
  assert.ok(calls.slice(1).every(({ body }) => body.click_id === clickId))
  assert.equal((await customer(clickId))?.customer_key, 'queued_1')
  assert.deepEqual(said, [])
  await context.close()
})

test('whoever was not referred signs up without a request', async () => {
  const { page, context, calls } = await stage.visitor()
  await page.goto(stage.site.url('www.shop.example'))
  await page.evaluate(() => window.affitor.signup('user_x'))
  await sent(page)
  assert.deepEqual(calls, [])
  // Nor later, when a partner brings them: they had signed up before.
  await page.goto(landing())
  await clickIdOf(page)
  await sent(page)
  assert.deepEqual(
    calls.map(({ name }) => name),
    ['click'],
  )
  await context.close()
})

test('offline, click and signup wait, and are sent when the network is back', async () => {
  const { page, context, calls } = await stage.visitor()
  await stopTimers(page)
  await page.goto(stage.site.url('www.shop.example'))
  await context.setOffline(true)
  await page.evaluate((code) => {
    history.pushState({}, '', `/?aff=${code}`)
    window.affitor.signup('offline_1', 'off@example.com')
  }, stage.program.code)
  await until('the click failed', async () => calls.length > 0 && (await isWaiting(page)))
  assert.equal(await page.evaluate(() => window.affitor.clickId), null)
  await context.setOffline(false)
  const clickId = await clickIdWithoutTimers(page)
  await until('the signup is stored', async () => {
    return (await customer(clickId))?.customer_key === 'offline_1'
  })
  await context.close()
})

test('what waited offline is sent by the next page', async () => {
  const { page, context, calls } = await stage.visitor()
  await stopTimers(page)
  await context.route('**/api/v1/track/*', (route) => route.abort())
  await page.goto(landing())
  await page.evaluate(() => window.affitor.signup('offline_2'))
  await until('the click failed', async () => calls.length > 0 && (await isWaiting(page)))
  await context.unroute('**/api/v1/track/*')
  await page.reload()
  const clickId = await clickIdWithoutTimers(page)
  await until('the signup is stored', async () => {
    return (await customer(clickId))?.customer_key === 'offline_2'
  })
  await context.close()
})

test('a server that fails, or asks for patience, is asked again on the next page', async () => {
  for (const status of [500, 503, 429]) {
    const { page, context, calls } = await stage.visitor()
    let failures = 1
    await context.route('**/api/v1/track/click', (route) =>
      failures-- > 0
        ? route.fulfill({
            status,
            contentType: 'application/json',
            headers: { 'access-control-allow-origin': '*' },
            body: '{"error":"no"}',
          })
        : route.continue(),
    )
    await page.goto(landing())
    await page.waitForFunction(() => localStorage.getItem('affitor_outbox')?.includes('"until":0'))
    await page.goto(stage.site.url('www.shop.example', '/next'))
    await clickIdOf(page)
    await sent(page)
    assert.equal(calls.length, 2)
    assert.equal(calls[1]?.body.affiliate_url, landing())
    await context.close()
  }
})

test('a click that is refused is not sent again', async () => {
  const { page, context, calls } = await stage.visitor()
  await page.goto(stage.site.url('www.shop.example', '/?aff=nobody'))
  await until('the click was sent', () => calls.length === 1)
  await sent(page)
  await page.goto(stage.site.url('www.shop.example', '/next'), { waitUntil: 'networkidle' })
  assert.equal(calls.length, 1)
  assert.deepEqual(await context.cookies(), [])
  await context.close()
})

/** The real API behind one that keeps the first answer to a request back until it is told. */
async function holdAnswer(t: TestContext, held: string) {
  const hold: { tell?: () => void } = {}
  const api = createServer(async (request, response) => {
    const { method = '', url = '' } = request
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const answer = await fetch(stage.server.url + url, {
      method,
      headers: { 'content-type': 'application/json', origin: 'http://www.shop.example' },
      ...(method === 'POST' ? { body: Buffer.concat(parts).toString() } : {}),
    })
    if (`${method} ${url}` === held && hold.tell === undefined) {
      await new Promise<void>((resolve) => {
        hold.tell = resolve
      })
    }
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    response.end(await answer.text())
  })
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    hold.tell?.()
    api.closeAllConnections()
    api.close()
  })
  const { port } = api.address() as AddressInfo
  stage.setPage(`<!doctype html>${stage.tag(`data-affitor-api-base="http://127.0.0.1:${port}"`)}`)
  return hold
}

test('the tab is closed right after the signup, and the signup arrives', async (t) => {
  // Before it sends the signup, the browser asks whether it may. It is told when the page is gone.
  const hold = await holdAnswer(t, 'OPTIONS /api/v1/track/lead')
  const { page, context } = await stage.visitor()
  await page.goto(landing())
  const clickId = await clickIdOf(page)
  await page.evaluate(() => window.affitor.signup('closed_1', 'c@example.com'))
  await until('the browser asks', () => hold.tell !== undefined)
  await page.close()
  assert.equal((await customer(clickId))?.customer_key, null)
  hold.tell?.()
  await until('the signup is stored', async () => {
    return (await customer(clickId))?.customer_key === 'closed_1'
  })
  await context.close()
})

for (const isClosed of [false, true]) {
  test(`a page that is ${isClosed ? 'closed' : 'left'} before the click was answered: the next one has the click id at once, and signs up`, async (t) => {
    const hold = await holdAnswer(t, 'POST /api/v1/track/click')
    const { page, context } = await stage.visitor()
    await stopTimers(page)
    const key = isClosed ? 'closed_2' : 'left_1'
    const before = await countClicks()
    await page.goto(landing(), { waitUntil: 'commit' })
    await until('the click is stored and not answered', () => hold.tell !== undefined)
    const next = isClosed ? await context.newPage() : page
    if (isClosed) {
      await stopTimers(next)
      await page.close({ runBeforeUnload: true })
      await until('the tab is gone', () => page.isClosed())
    }
    await next.goto(stage.site.url('www.shop.example', '/signup'))
    await next.evaluate((name) => window.affitor.signup(name), key)
    const clickId = await clickIdWithoutTimers(next)
    await until('the signup is stored', async () => {
      return (await customer(clickId))?.customer_key === key
    })
    // The one that nobody saw the answer to is a click more, and costs nobody anything.
    assert.equal((await countClicks()) - before, 2)
    await context.close()
  })
}

test('with cookies and storage refused, a click and a signup on the same page still arrive', async () => {
  const { page, context, calls, said } = await stage.visitor({
    init: `
      Object.defineProperty(document, 'cookie', { get: () => '', set: () => undefined })
      Object.defineProperty(window, 'localStorage', {
        get() { throw new DOMException('refused', 'SecurityError') },
      })`,
  })
  await page.goto(landing())
  const clickId = await clickIdOf(page)
  await page.evaluate(() => {
    history.pushState({}, '', location.href)
    window.affitor.signup('refused_1')
  })
  await until('the signup is stored', async () => {
    return (await customer(clickId))?.customer_key === 'refused_1'
  })
  assert.deepEqual(
    calls.map(({ name }) => name),
    ['click', 'lead'],
  )
  assert.deepEqual(said, [])
  await context.close()
})

test('what a page could not send is forgotten after a day, and after ten others', async () => {
  const { page, context, calls } = await stage.visitor()
  await page.goto(landing())
  await clickIdOf(page)
  const before = calls.length
  await page.evaluate(() => {
    const old = {
      kind: 'lead',
      body: { customer_key: 'old' },
      at: Date.now() - 86_400_001,
      until: 0,
    }
    localStorage.setItem('affitor_outbox', JSON.stringify([old]))
  })
  await page.reload()
  await page.evaluate(() => window.affitor.signup('new_1'))
  await sent(page)
  assert.deepEqual(
    calls.slice(before).map(({ body }) => body.customer_key),
    ['new_1'],
  )
  await context.setOffline(true)
  const kept = await page.evaluate(() => {
    for (let i = 0; i < 30; i += 1) window.affitor.signup(`many_${i}`)
    return JSON.parse(localStorage.getItem('affitor_outbox') ?? '[]').length
  })
  assert.equal(kept, 10)
  await context.close()
})

test('a test call stores a test event and keeps nothing', async () => {
  const { page, context, cookies } = await stage.visitor()
  await page.goto(stage.site.url('www.shop.example'))
  await page.evaluate(() => window.affitor.trackTest())
  await until('the test event is stored', async () => {
    const rows = await stage.server.db.sql(
      'select 1 from affiliate_click_events where program_id = $1 and is_test',
      [stage.program.programId],
    )
    return rows.length === 1
  })
  assert.deepEqual(await cookies(stage.site.url('www.shop.example')), {})
  await context.close()
})

test('getData and the properties tell what is known', async () => {
  const { page, context } = await stage.visitor()
  await page.goto(landing('/pricing'))
  const clickId = await clickIdOf(page)
  const { programId } = stage.program
  assert.deepEqual(
    await page.evaluate(() => ({ ...window.affitor.getData(), debug: window.affitor.debugMode })),
    { clickId, programId, hasAttribution: true, affiliateUrl: landing('/pricing'), debug: false },
  )
  await context.close()
})

test('a page may name its program and its server by init instead of by attributes', async () => {
  const elsewhere = createServer((_request, response) => response.end())
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
  const { port } = elsewhere.address() as AddressInfo
  const { url } = stage.server
  stage.setPage(
    `<!doctype html><script>window.affitorQueue = [['signup', 'init_1']]</script>
     <script src="${url}/js/affitor-tracker.js" data-affitor-api-base="http://127.0.0.1:${port}"></script>
     <script>affitor.init({ programId: ${stage.program.programId}, apiBase: '${url}' })</script>`,
  )
  const { page, context } = await stage.visitor()
  await page.goto(landing())
  const clickId = await clickIdOf(page)
  await sent(page)
  assert.equal((await customer(clickId))?.customer_key, 'init_1')
  await context.close()
  elsewhere.close()
})
