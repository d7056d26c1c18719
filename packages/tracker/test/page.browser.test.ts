import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import { until } from '../../server/test/harness/until.ts'
import { clickIdOf, openStage, type Stage, type Visitor } from './harness.ts'
import { pages, startSite } from './site.ts'

/** Whatever is wrong, the page goes on as if the script were not there. */
let stage: Stage
before(async () => {
  stage = await openStage()
})
after(() => stage.close())

const host = 'www.shop.example'

test('under a strict policy with Trusted Types nothing is violated', async () => {
  const { server, program, tag } = stage
  const inline =
    "document.addEventListener('securitypolicyviolation', (e) => { (window.violations ??= []).push(e.violatedDirective) })"
  const hash = createHash('sha256').update(inline).digest('base64')
  const policy = [
    "default-src 'none'",
    `script-src ${server.url}/js/ 'sha256-${hash}'`,
    `connect-src ${server.url}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
  const shop = await startSite(
    pages(() => `<!doctype html><script>${inline}</script>${tag('async')}`, {
      'content-security-policy': policy,
    }),
  )
  const { page, context, said } = await stage.visitor()
  // On localhost, because Trusted Types are for secure contexts.
  await page.goto(shop.url('localhost', `/?aff=${program.code}`))
  await clickIdOf(page)
  await page.evaluate(() => window.affitor.signup('csp_1'))
  await page.waitForLoadState('networkidle')
  assert.equal(await page.evaluate(() => 'trustedTypes' in window), true)
  assert.equal(await page.evaluate(() => 'violations' in window), false)
  assert.deepEqual(said, [])
  await context.close()
  await shop.close()
})

test('a page may name the hash of the script, and refuses another', async () => {
  const { server, program, site } = stage
  const script = await server.send('GET', '/js/affitor-tracker.js')
  const right = createHash('sha384').update(script.body).digest('base64')
  const wrong = createHash('sha384').update('other').digest('base64')
  for (const [hash, isThere] of [
    [right, true],
    [wrong, false],
  ] as const) {
    stage.setPage(
      `<!doctype html>${stage.tag(`integrity="sha384-${hash}" crossorigin="anonymous"`)}`,
    )
    const { page, context } = await stage.visitor()
    await page.goto(site.url(host, `/?aff=${program.code}`), { waitUntil: 'networkidle' })
    assert.equal(await page.evaluate(() => window.affitor !== undefined), isThere)
    await context.close()
  }
})

interface Trouble {
  name: string
  attributes?: string
  path?: string
  answer?: { status: number; type: string; body: string } | 'abort'
  init?: string
  /** Nothing needs to be said about it. */
  isHarmless?: boolean
}

const troubles: Trouble[] = [
  { name: 'no program id', attributes: 'data-affitor-program-id=""' },
  { name: 'an unreachable API', attributes: 'data-affitor-api-base="http://127.0.0.1:9"' },
  { name: 'an API base that is no address', attributes: 'data-affitor-api-base="::"' },
  {
    name: 'HTML instead of JSON',
    answer: { status: 200, type: 'text/html', body: '<h1>Sign in</h1>' },
  },
  {
    name: 'JSON that is no object',
    answer: { status: 200, type: 'application/json', body: 'null' },
  },
  { name: 'a refusal', path: '/?aff=nobody' },
  { name: 'a code of 10 kB', path: `/?aff=${'x'.repeat(10_000)}` },
  { name: 'a broken escape in the address', path: '/?aff=%E0%A4%A' },
  {
    name: 'a cookie that is not ours',
    init: "if (location.port) document.cookie = 'affitor_click_id=%zz'",
    isHarmless: true,
  },
  {
    name: 'a landing page in a cookie that is none',
    init: "if (location.port) document.cookie = 'affitor_aff_url=http://'",
    isHarmless: true,
  },
  {
    name: 'a stored list that is not ours',
    init: `if (location.port) localStorage.affitor_outbox = '{"a":1}'`,
    isHarmless: true,
  },
  { name: 'a browser without fetch', init: 'delete window.fetch' },
]

for (const trouble of troubles) {
  test(`${trouble.name}: the page is untouched; the console has a word with debug, and none without`, async () => {
    for (const isDebug of [false, true]) {
      const visit = await meet(trouble, isDebug)
      const { page, context, said } = visit
      if (isDebug && !trouble.isHarmless)
        await until('the console says it', () =>
          said.some((line) => line.startsWith('warning: [affitor]')),
        )
      await page.waitForLoadState('networkidle')
      await page.evaluate(() => {
        window.affitor.signup('user_1')
        window.affitor.trackClick()
        window.affitor.consent()
        window.affitor.init()
        window.affitor.trackLead()
        window.affitorQueue.push(null)
        window.affitorQueue.push(['loaded'])
        window.affitor.getData()
      })
      assert.equal(await page.textContent('h1'), 'Shop')
      const own = said.filter((line) => !line.includes('Failed to load resource'))
      // Chromium tells of a policy or network by itself; what is ours is a warning, and only with debug.
      assert.deepEqual(
        own.filter((line) => line.startsWith('error')),
        [],
      )
      if (!isDebug) assert.deepEqual(own, [])
      await context.close()
    }
  })
}

async function meet(trouble: Trouble, isDebug: boolean): Promise<Visitor> {
  const { site, program } = stage
  const attributes = `${trouble.attributes ?? ''} ${isDebug ? 'data-affitor-debug' : ''}`
  // Of two attributes with one name, the first counts.
  const tag = stage.tag().replace('<script ', `<script ${attributes} `)
  stage.setPage(`<!doctype html><h1>Shop</h1>${tag}`)
  const visit = await stage.visitor(trouble.init === undefined ? {} : { init: trouble.init })
  const { answer } = trouble
  if (answer !== undefined) {
    await visit.context.route('**/api/v1/track/*', (route) =>
      answer === 'abort'
        ? route.abort()
        : route.fulfill({
            status: answer.status,
            contentType: answer.type,
            headers: { 'access-control-allow-origin': '*' },
            body: answer.body,
          }),
    )
  }
  await visit.page.goto(site.url(host, trouble.path ?? `/?aff=${program.code}`))
  return visit
}

test('hostile titles and referrers are stored as text, cut', async () => {
  const { site, program, server } = stage
  const title = `<img src=x onerror=alert(1)>'"; drop table x; -- ${'é'.repeat(5_000)}`
  stage.setPage(
    `<!doctype html><title>${title.replaceAll('<', '&lt;')}</title><h1>Shop</h1>${stage.tag()}`,
  )
  const { page, context, said } = await stage.visitor()
  await page.goto(site.url(host, `/?aff=${program.code}`), {
    referer: `https://evil.example/?q=<script>alert(1)</script>&email=ada@example.com${'x'.repeat(3_000)}`,
  })
  const clickId = await clickIdOf(page)
  const [row] = await server.db.sql<{ page_title: string; referrer_url: string | null }>(
    'select page_title, referrer_url from affiliate_click_events where click_id = $1',
    [clickId],
  )
  assert.ok(row?.page_title.startsWith('<img src=x onerror=alert(1)>\'"; drop table x; --'))
  assert.ok((row?.page_title.length ?? 0) <= 300)
  assert.doesNotMatch(row?.referrer_url ?? '', /script|ada/)
  assert.deepEqual(said, [])
  await context.close()
})
