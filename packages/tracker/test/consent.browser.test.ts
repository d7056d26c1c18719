import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { until } from '../../server/test/harness/until.ts'
import { type Call, clickIdOf, openStage, type Stage, sent } from './harness.ts'
import { startSite } from './site.ts'

/** Nothing before the visitor agrees, and nothing after they changed their mind. */
let stage: Stage
before(async () => {
  stage = await openStage()
})
after(() => stage.close())

const host = 'www.shop.example'

/** What the browser holds of us, and what is under way. */
function storage() {
  return { cookies: document.cookie, local: { ...localStorage }, session: { ...sessionStorage } }
}
const nothing = { cookies: '', local: {}, session: {} }

test('before consent nothing is written and nothing sent; once granted, landing and signup are', async () => {
  const { site, program } = stage
  stage.setPage(`<!doctype html>${stage.tag('data-affitor-consent="required"')}`)
  const { page, context, calls } = await stage.visitor()
  const landing = site.url(host, `/?aff=${program.code}`)
  await page.goto(landing, { waitUntil: 'networkidle' })
  await page.evaluate(() => {
    window.affitor.signup('agreed_1')
    window.affitor.trackTest()
    history.pushState({}, '', '/next')
  })
  assert.deepEqual(await page.evaluate(storage), nothing)
  assert.deepEqual(calls, [])
  await page.evaluate(() => window.affitor.consent('granted'))
  await clickIdOf(page)
  await sent(page)
  const sentOf = (call: Call) => call.body.affiliate_url ?? call.body.customer_key ?? 'test'
  assert.deepEqual(new Set(calls.map(sentOf)), new Set([landing, 'agreed_1', 'test']))
  assert.equal(calls.length, 3)
  await context.close()
})

test('refused, what was queued is forgotten; a later yes begins anew', async () => {
  const { site, program } = stage
  stage.setPage(`<!doctype html>${stage.tag('data-affitor-consent="required"')}`)
  const { page, context, calls } = await stage.visitor()
  await page.goto(site.url(host, `/?aff=${program.code}`))
  await page.evaluate(() => {
    window.affitor.signup('refused_1')
    window.affitor.consent('denied')
    history.replaceState({}, '', '/elsewhere')
    window.affitor.signup('refused_2')
    window.affitor.consent('granted')
  })
  await page.waitForLoadState('networkidle')
  assert.deepEqual(calls, [])
  await context.close()
})

test('withdrawn, every cookie and everything waiting is deleted, on the domain they were set for', async () => {
  const { site, program } = stage
  stage.setPage(`<!doctype html>${stage.tag()}`)
  const { page, context, calls } = await stage.visitor()
  await page.goto(site.url(host, `/?aff=${program.code}`))
  await clickIdOf(page)
  await context.setOffline(true)
  await page.evaluate(() => window.affitor.signup('withdrawn_1'))
  await until('the signup failed', () => calls.length === 2)
  await page.evaluate(() => window.affitor.consent('denied'))
  await context.setOffline(false)
  assert.deepEqual(await page.evaluate(storage), nothing)
  assert.deepEqual(await context.cookies(), [])
  assert.equal(await page.evaluate(() => window.affitor.clickId), null)
  assert.equal(await page.evaluate(() => window.affitor.getData().hasAttribution), false)
  await page.evaluate((code) => {
    window.affitor.signup('withdrawn_2')
    history.pushState({}, '', `/?aff=${code}&again`)
  }, program.code)
  assert.deepEqual(await page.evaluate(storage), nothing)
  assert.equal(calls.length, 2)
  await context.close()
})

test('an answer that comes after the withdrawal writes nothing', async () => {
  const { site, program } = stage
  stage.setPage(`<!doctype html>${stage.tag()}`)
  const { page, context } = await stage.visitor()
  const hold: { go?: () => void } = {}
  await context.route('**/api/v1/track/click', async (route) => {
    await new Promise<void>((resolve) => {
      hold.go = resolve
    })
    await route.continue()
  })
  await page.goto(site.url(host, `/?aff=${program.code}`), { waitUntil: 'commit' })
  await until('the click is under way', () => hold.go !== undefined)
  await page.waitForFunction(() => window.affitor !== undefined)
  await page.evaluate(() => window.affitor.consent('denied'))
  const answered = page.waitForResponse('**/api/v1/track/click')
  hold.go?.()
  await (await answered).finished()
  await page.waitForLoadState('networkidle')
  assert.deepEqual(await page.evaluate(storage), nothing)
  await context.close()
})

test('after a withdrawal neither a failure nor the end of the page writes down what was under way', async () => {
  const { site, program } = stage
  stage.setPage(`<!doctype html>${stage.tag()}`)
  const { page, context } = await stage.visitor()
  const hold: { fail?: () => void } = {}
  await context.route('**/api/v1/track/click', async (route) => {
    await new Promise<void>((resolve) => {
      hold.fail = resolve
    })
    await route.abort()
  })
  await page.goto(site.url(host, `/?aff=${program.code}`), { waitUntil: 'commit' })
  await until('the click is under way', () => hold.fail !== undefined)
  await page.waitForFunction(() => window.affitor !== undefined)
  await page.evaluate(() => {
    window.affitor.consent('denied')
    dispatchEvent(new PageTransitionEvent('pagehide'))
  })
  assert.deepEqual(await page.evaluate(storage), nothing)
  const failed = page.waitForEvent('requestfailed')
  hold.fail?.()
  await failed
  // The failure is told to the script in a task of its own; one that comes later proves that it was.
  await page.evaluate(() => fetch('/').then((answer) => answer.text()))
  assert.deepEqual(await page.evaluate(storage), nothing)
  await context.close()
})

test('a refusal where nothing was kept writes no cookie, not even to find out about domains', async () => {
  const { site, program } = stage
  stage.setPage(`<!doctype html>${stage.tag('data-affitor-consent="required"')}`)
  const { page, context } = await stage.visitor({
    init: `
      window.written = []
      const { get, set } = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie')
      Object.defineProperty(document, 'cookie', {
        get() { return get.call(document) },
        set(text) { window.written.push(text); set.call(document, text) },
      })`,
  })
  await page.goto(site.url(host, `/?aff=${program.code}`))
  await page.evaluate(() => window.affitor.consent('denied'))
  const written = await page.evaluate(() => (window as { written?: string[] }).written ?? [])
  assert.ok(written.length > 0, 'what might be there is deleted')
  for (const text of written) assert.match(text, /^\w+=;.*max-age=0;/)
  await context.close()
})

test('cookies that were set for another domain, or for the host alone, are deleted as well', async () => {
  const { site } = stage
  stage.setPage(`<!doctype html>${stage.tag()}`)
  const { page, context } = await stage.visitor()
  const cookie = { name: 'affitor_click_id', value: 'cust_1_2_a', path: '/' }
  await context.addCookies([
    { ...cookie, domain: '.shop.example' },
    { ...cookie, domain: '.eu.shop.example' },
    { ...cookie, domain: 'www.eu.shop.example' },
  ])
  await page.goto(site.url('www.eu.shop.example'))
  await page.evaluate(() => window.affitor.consent('denied'))
  assert.deepEqual(await context.cookies(), [])
  await context.close()
})

test('a withdrawal in one tab leaves nothing in the memory of another', async () => {
  const { site, program } = stage
  stage.setPage(`<!doctype html>${stage.tag()}`)
  const { page, context, calls } = await stage.visitor()
  await page.goto(site.url(host, `/?aff=${program.code}`))
  await clickIdOf(page)
  const other = await context.newPage()
  await other.goto(site.url('app.shop.example'))
  await other.evaluate(() => window.affitor.consent('denied'))
  assert.equal(await page.evaluate(() => window.affitor.clickId), null)
  await page.evaluate(() => window.affitor.signup('elsewhere_1'))
  await page.waitForLoadState('networkidle')
  assert.equal(calls.length, 1)
  await context.close()
})

test('a browser that says Global Privacy Control is left alone, whatever the page says', async () => {
  const { site, program } = stage
  stage.setPage(`<!doctype html>${stage.tag()}`)
  const { page, context, calls } = await stage.visitor({
    init: `Object.defineProperty(navigator, 'globalPrivacyControl', { get: () => true })`,
  })
  await page.goto(site.url(host, `/?aff=${program.code}`), { waitUntil: 'networkidle' })
  await page.evaluate(() => {
    window.affitor.consent('granted')
    window.affitor.signup('gpc_1')
  })
  await page.waitForLoadState('networkidle')
  assert.deepEqual(calls, [])
  assert.deepEqual(await page.evaluate(storage), nothing)
  await context.close()
})

test('what was kept before Global Privacy Control was switched on is deleted', async () => {
  const { site, program } = stage
  stage.setPage(`<!doctype html>${stage.tag()}`)
  const { page, context } = await stage.visitor()
  await page.goto(site.url(host, `/?aff=${program.code}`))
  await clickIdOf(page)
  await context.addInitScript({
    content: `Object.defineProperty(navigator, 'globalPrivacyControl', { get: () => true })
      if (location.port) localStorage.affitor_outbox = '[]'`,
  })
  await page.goto(site.url(host))
  assert.deepEqual(await page.evaluate(storage), nothing)
  assert.equal(await page.evaluate(() => window.affitor.clickId), null)
  await context.close()
})

test("with a first-party path the site's own server is asked to set the cookies again", async () => {
  const { program } = stage
  const asked: { cookie: string; type: string | undefined; body: unknown }[] = []
  const shop = await startSite((request, response) => {
    if (request.method !== 'POST') {
      response.writeHead(200, { 'content-type': 'text/html' })
      response.end(`<!doctype html>${stage.tag('data-affitor-first-party="/a/c"')}`)
      return
    }
    let text = ''
    request.on('data', (part) => {
      text += part
    })
    request.on('end', () => {
      const { cookie = '', 'content-type': type } = request.headers
      asked.push({ cookie: `${request.url} ${cookie}`, type, body: JSON.parse(text) })
      const id = /affitor_click_id=([^;]+)/.exec(cookie)?.[1]
      response.writeHead(200, {
        'content-type': 'application/json',
        'set-cookie': `affitor_click_id=${id}; Path=/; Domain=shop.example; Max-Age=5184000; SameSite=Lax`,
      })
      response.end('{"success":true}')
    })
  })
  const { page, context, said } = await stage.visitor()
  await page.goto(shop.url(host, `/?aff=${program.code}`))
  const clickId = await clickIdOf(page)
  await until('the server was asked', () => asked.length === 1)
  assert.deepEqual(asked[0]?.body, { max_age_days: 60, domain: 'shop.example' })
  assert.equal(asked[0]?.type, 'application/json')
  assert.match(asked[0]?.cookie ?? '', new RegExp(`^/a/c .*affitor_click_id=${clickId}`))
  await page.waitForLoadState('networkidle')
  const cookies = (await context.cookies()).filter(({ name }) => name === 'affitor_click_id')
  assert.deepEqual(
    cookies.map(({ value, domain }) => [value, domain]),
    [[clickId, '.shop.example']],
  )
  assert.deepEqual(said, [])
  // Where no domain is shared, the server is told so.
  await page.goto(shop.url('localhost', `/?aff=${program.code}`))
  await until('the server was asked again', () => asked.length === 2)
  assert.deepEqual(asked[1]?.body, { max_age_days: 60, domain: null })
  // An old cookie that became four was set by the script, too.
  await context.clearCookies()
  const url = shop.url('localhost')
  await context.addCookies([{ name: 'customer_code', value: 'cust_1_2_abc', url }])
  await page.goto(url)
  await until('the server was asked for the old cookie', () => asked.length === 3)
  assert.match(asked[2]?.cookie ?? '', /affitor_click_id=cust_1_2_abc/)
  await context.close()
  await shop.close()
})
