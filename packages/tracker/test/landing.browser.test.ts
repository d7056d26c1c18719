import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { addPartner } from '../../server/test/harness/journeys.ts'
import { clickIdOf, openStage, type Stage, sent, type Visitor } from './harness.ts'
import { pages, startSite } from './site.ts'

/** A visitor arrives through a partner's link. */
let stage: Stage
before(async () => {
  stage = await openStage()
})
beforeEach(() => stage.setPage(`<!doctype html><title>Pricing</title>${stage.tag()}`))
after(() => stage.close())

const lifetimeDays = 60

for (const [host, domain] of [
  ['www.shop.example', '.shop.example'],
  ['app.eu.shop.example', '.shop.example'],
  ['shop.example', '.shop.example'],
  ['www.shop.co.uk', '.shop.co.uk'],
  ['shop.github.io', '.shop.github.io'],
  ['localhost', 'localhost'],
  ['127.0.0.1', '127.0.0.1'],
] as const) {
  test(`on ${host} a landing keeps the four cookies for ${domain}`, async () => {
    const { site, program } = stage
    const { page, context, calls, said } = await stage.visitor()
    const url = site.url(host, `/pricing?aff=${program.code}`)
    await page.goto(url, { referer: 'https://news.example/' })
    const clickId = await clickIdOf(page)
    assert.match(clickId, new RegExp(`^cust_${program.programId}_`))
    const cookies = await context.cookies()
    assert.deepEqual(
      Object.fromEntries(cookies.map(({ name, value }) => [name, decodeURIComponent(value)])),
      {
        affitor_click_id: clickId,
        customer_code: clickId,
        affitor_click_ids: clickId,
        affitor_aff_url: url,
      },
    )
    for (const cookie of cookies) {
      assert.equal(cookie.domain, domain)
      assert.equal(cookie.path, '/')
      assert.equal(cookie.sameSite, 'Lax')
      assert.equal(cookie.secure, false)
      const days = (cookie.expires - Date.now() / 1_000) / 86_400
      assert.ok(Math.abs(days - lifetimeDays) < 0.1, `${days} days`)
    }
    assert.deepEqual(
      calls.map(({ name, body }) => [name, body.affiliate_url, body.page_title, body.program_id]),
      [['click', url, 'Pricing', program.programId]],
    )
    assert.equal(calls[0]?.body.existing_click_id, undefined)
    assert.deepEqual(said, [])
    await context.close()
  })
}

test('over https the cookies are secure', async () => {
  const { program } = stage
  const secure = await startSite(
    pages(() => `<!doctype html>${stage.tag()}`),
    true,
  )
  // A secure page may call this server: it is on the visitor's own machine.
  const { page, context } = await stage.visitor()
  await page.goto(secure.url('www.shop.example', `/?aff=${program.code}`))
  await clickIdOf(page)
  const cookies = await context.cookies()
  assert.equal(cookies.length, 4)
  assert.ok(cookies.every((cookie) => cookie.secure))
  await context.close()
  await secure.close()
})

test('a cookie domain that the page names is used', async () => {
  const { site, program } = stage
  stage.setPage(stage.tag('data-affitor-cookie-domain="eu.shop.example"'))
  const { page, context } = await stage.visitor()
  await page.goto(site.url('www.eu.shop.example', `/?aff=${program.code}`))
  await clickIdOf(page)
  assert.deepEqual(
    new Set((await context.cookies()).map(({ domain }) => domain)),
    new Set(['.eu.shop.example']),
  )
  await context.close()
})

test('www. and app. share a visitor, and the same partner again makes no request', async () => {
  const { site, program } = stage
  const { page, context, calls } = await stage.visitor()
  await page.goto(site.url('www.shop.example', `/?aff=${program.code}`))
  const clickId = await clickIdOf(page)
  for (const path of [
    '/',
    '/other?aff=',
    `/?aff=${program.code}`,
    `/?aff=${program.code.toLowerCase()}`,
  ]) {
    await page.goto(site.url('app.shop.example', path))
    assert.equal(await clickIdOf(page), clickId)
  }
  assert.equal(calls.length, 1)
  await context.close()
})

test("another partner's link is a click of the same visitor, and its page is the one kept", async () => {
  const { site, program, server } = stage
  const other = (await addPartner(server, program, 'second')).codes[0] ?? ''
  const { page, context, calls } = await stage.visitor()
  await page.goto(site.url('www.shop.example', `/?aff=${program.code}`))
  const clickId = await clickIdOf(page)
  const second = site.url('www.shop.example', `/?aff=${other}`)
  await page.goto(second)
  await page.waitForFunction((url) => window.affitor.affiliateUrl === url, second)
  assert.equal(await clickIdOf(page), clickId)
  assert.equal(calls[1]?.body.existing_click_id, clickId)
  await page.goto(second)
  await clickIdOf(page)
  assert.equal(calls.length, 2)
  const stored = await server.db.sql(
    `select l.code from affiliate_click_events e join affiliate_referral_links l on l.id = e.link_id
      where e.click_id = $1 order by e.id`,
    [clickId],
  )
  assert.deepEqual(
    stored.map(({ code }) => code),
    [program.code, other],
  )
  await context.close()
})

test('a page without a code, or with an empty one, sends nothing and keeps nothing', async () => {
  const visit = await stage.visitor()
  await nothingHappens(visit, ['/', '/?aff=', '/?other=1', '/?aff=&aff='])
})

test('a lone customer_code of an old integration becomes all cookies, without a request', async () => {
  const { site } = stage
  const { page, context, calls, cookies } = await stage.visitor()
  const url = site.url('www.shop.example')
  await context.addCookies([{ name: 'customer_code', value: 'cust_1_2_abc', url }])
  await page.goto(url)
  assert.equal(await clickIdOf(page), 'cust_1_2_abc')
  const kept = await cookies(url)
  assert.equal(kept.affitor_click_id, 'cust_1_2_abc')
  assert.equal(kept.affitor_click_ids, 'cust_1_2_abc')
  assert.equal(calls.length, 0)
  await context.close()
})

test('a page that changes its address without loading sends the click of the new one', async () => {
  const { site, program } = stage
  for (const how of ['pushState', 'replaceState'] as const) {
    const { page, context, calls } = await stage.visitor()
    await page.goto(site.url('www.shop.example'))
    await page.evaluate(([name, url]) => history[name as 'pushState']({}, '', url), [
      how,
      `/a?aff=${program.code}`,
    ] as const)
    await clickIdOf(page)
    await page.evaluate((url) => history.pushState({}, '', url), `/b?aff=${program.code}`)
    assert.equal(calls.length, 1)
    assert.match(calls[0]?.body.affiliate_url, /\/a\?aff=/)
    await context.close()
  }
})

test('going back to an address with a code is seen too', async () => {
  const { site, program } = stage
  const { page, context, calls } = await stage.visitor()
  stage.setPage(
    `<!doctype html><script>history.replaceState({}, '', '/x?aff=${program.code}'); history.pushState({}, '', '/y')</script>${stage.tag()}`,
  )
  await page.goto(site.url('www.shop.example'))
  assert.equal(calls.length, 0)
  await page.goBack()
  await clickIdOf(page)
  assert.equal(calls.length, 1)
  await context.close()
})

test('the script is at work from the head, async, deferred, added later, and as a module', async () => {
  const { site, program, server } = stage
  const src = `${server.url}/js/affitor-tracker.js`
  const id = `data-affitor-program-id="${program.programId}"`
  const later = `<script>addEventListener('load', () => {
      const script = document.createElement('script')
      script.src = '${src}'; script.dataset.affitorProgramId = '${program.programId}'
      document.body.append(script) })</script>`
  for (const html of [
    `<head><script src="${src}" ${id}></script></head>`,
    `<script async src="${src}" ${id}></script>`,
    `<script defer src="${src}" ${id}></script>`,
    `<script type="module" src="${src}" ${id}></script>`,
    `<body>${later}`,
  ]) {
    stage.setPage(`<!doctype html><title>x</title>${html}`)
    const { page, context, said } = await stage.visitor()
    await page.goto(site.url('www.shop.example', `/?aff=${program.code}`))
    await clickIdOf(page)
    assert.deepEqual(said, [], html)
    await context.close()
  }
})

test('a second copy on the page is silent', async () => {
  const { site, program } = stage
  stage.setPage(
    `<!doctype html>${stage.tag()}${stage.tag('async')}<script>window.first = affitor</script>`,
  )
  const { page, context, calls, said } = await stage.visitor()
  await page.goto(site.url('www.shop.example', `/?aff=${program.code}`))
  await clickIdOf(page)
  await sent(page)
  assert.equal(calls.length, 1)
  assert.equal(
    await page.evaluate(() => 'first' in window && window.first === window.affitor),
    true,
  )
  assert.deepEqual(said, [])
  await context.close()
})

test('three pages at once, and one in a frame, are one visitor in the end', async () => {
  const { site, program } = stage
  const { context, calls, said } = await stage.visitor()
  const url = site.url('www.shop.example', `/?aff=${program.code}`)
  const opened = await Promise.all([1, 2, 3].map(() => context.newPage()))
  await Promise.all(opened.map((page) => page.goto(url)))
  await Promise.all(opened.map(clickIdOf))
  await Promise.all(opened.map(sent))
  const ids = await Promise.all(opened.map(clickIdOf))
  assert.equal(new Set(ids).size, 1)
  const before = calls.length
  assert.ok(before >= 1 && before <= 3)
  stage.setPage(`<!doctype html><iframe src="${url}"></iframe>`, '/outer')
  const outer = await context.newPage()
  await outer.goto(site.url('www.shop.example', '/outer'))
  const [, frame] = outer.frames()
  assert.equal(await frame?.evaluate(() => window.affitor.clickId), ids[0])
  assert.equal(calls.length, before)
  assert.deepEqual(said, [])
  await context.close()
})

test('a frame that is cut off from everything harms nobody', async () => {
  const { site, program } = stage
  const inner = stage.tag('data-affitor-debug').replaceAll('"', '&quot;')
  stage.setPage(
    `<!doctype html><iframe sandbox="allow-scripts" srcdoc="${inner}<script>parent.postMessage(String(affitor.clickId), '*')</script>"></iframe>
     <script>addEventListener('message', (e) => { window.heard = e.data })</script>`,
  )
  const { page, context, said } = await stage.visitor()
  await page.goto(site.url('www.shop.example', `/?aff=${program.code}`))
  await page.waitForFunction(() => 'heard' in window && window.heard === 'null')
  assert.deepEqual(said, [])
  await context.close()
})

async function nothingHappens(visit: Visitor, paths: string[]): Promise<void> {
  const { page, context, calls, said } = visit
  for (const path of paths) {
    await page.goto(stage.site.url('www.shop.example', path), { waitUntil: 'networkidle' })
    assert.equal(await page.evaluate(() => window.affitor.getClickId()), null)
  }
  assert.deepEqual(calls, [])
  assert.deepEqual(await context.cookies(), [])
  assert.deepEqual(said, [])
  await context.close()
}

test('a parameter that the page names carries a code, and the same code in another one is the same partner', async () => {
  const { site, program, server } = stage
  await server.db.sql(`update affiliate_programs set link_parameters = '{ref,via}' where id = $1`, [
    program.programId,
  ])
  stage.setPage(`<!doctype html>${stage.tag('data-affitor-params="ref, via"')}`)
  const { page, context, calls } = await stage.visitor()
  await page.goto(site.url('www.shop.example', `/?other=1&via=${program.code}`))
  const clickId = await clickIdOf(page)
  for (const query of [`?ref=${program.code}`, `?aff=${program.code}`, '?ref=&via=']) {
    await page.goto(site.url('www.shop.example', `/${query}`))
    assert.equal(await clickIdOf(page), clickId)
  }
  assert.equal(calls.length, 1)
  await context.close()
})

test('a parameter that the page does not name is somebody else’s', async () => {
  const visit = await stage.visitor()
  await nothingHappens(visit, [`/?ref=${stage.program.code}`])
})
