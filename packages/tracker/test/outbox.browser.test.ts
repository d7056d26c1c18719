import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { Page, Route } from 'playwright-core'
import { until } from '../../server/test/harness/until.ts'
import { clickIdOf, openStage, type Stage, sent } from './harness.ts'

/** What waits to be sent: how long, how much of it, and what is not sent again. */
let stage: Stage
before(async () => {
  stage = await openStage()
})
beforeEach(() => stage.setPage(`<!doctype html><title>Pricing</title>${stage.tag()}`))
after(() => stage.close())

const host = 'www.shop.example'
const minuteMs = 60_000
const trackCalls = '**/api/v1/track/*'

function landing(): string {
  return stage.site.url(host, `/?aff=${stage.program.code}`)
}

interface Waiting {
  body: Record<string, unknown>
  until: number
}

function waiting(page: Page): Promise<Waiting[]> {
  return page.evaluate(() => JSON.parse(localStorage.getItem('affitor_outbox') ?? '[]'))
}

/** Nothing is under way: what was sent has failed or was answered. */
async function settled(page: Page): Promise<void> {
  await until('nothing is under way', async () =>
    (await waiting(page)).every((item) => item.until === 0),
  )
}

function answer(status: number, type: string, body: string) {
  return (route: Route) =>
    route.fulfill({
      status,
      contentType: type,
      headers: { 'access-control-allow-origin': '*' },
      body,
    })
}

async function keyOf(clickId: string): Promise<string | null | undefined> {
  const [row] = await stage.server.db.sql<{ customer_key: string | null }>(
    'select customer_key from affiliate_customers where click_id = $1',
    [clickId],
  )
  return row?.customer_key
}

/** Lets the page's time pass in steps, and what happens in each of them settle. */
async function letPass(page: Page, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    await page.clock.runFor(minuteMs)
    await settled(page)
  }
}

test('a page that stays open through an hour without the server loses nothing, and asks ever more seldom', async () => {
  const { page, context, calls } = await stage.visitor()
  await page.clock.install()
  await context.route(trackCalls, (route) => route.abort())
  await page.goto(landing())
  await page.evaluate(() => window.affitor.signup('patient_1'))
  await settled(page)
  await letPass(page, 60)
  assert.deepEqual(
    (await waiting(page)).map(({ body }) => body.affiliate_url ?? body.customer_key),
    [landing(), 'patient_1'],
  )
  assert.ok(calls.length >= 5 && calls.length <= 12, `${calls.length} requests in an hour`)
  await context.unroute(trackCalls)
  await page.clock.runFor(120 * minuteMs)
  const clickId = await clickIdOf(page)
  await sent(page)
  await until('the signup is stored', async () => (await keyOf(clickId)) === 'patient_1')
  await context.close()
})

test('what fails again and again is given up in the end', async () => {
  const { page, context, calls } = await stage.visitor()
  await context.route(trackCalls, (route) => route.abort())
  await page.goto(landing())
  await settled(page)
  const attemptsMax = 100
  for (let n = 0; n < attemptsMax && (await waiting(page)).length > 0; n += 1) {
    await page.evaluate(() => dispatchEvent(new Event('online')))
    await settled(page)
  }
  assert.deepEqual(await waiting(page), [])
  assert.ok(calls.length >= 80 && calls.length <= 90, `${calls.length} requests`)
  await context.close()
})

for (const [name, respond] of [
  ['404 with a page of a proxy', answer(404, 'text/html', '<h1>Not here</h1>')],
  ['431', answer(431, 'application/json', '{"error":"too large"}')],
  ['451 without a body', answer(451, 'text/plain', '')],
] as const) {
  test(`a refusal is final, whatever it looks like: ${name}`, async () => {
    const { page, context, calls, said } = await stage.visitor()
    await context.route(trackCalls, respond)
    await page.goto(landing())
    await until('the click was sent', () => calls.length === 1)
    await sent(page)
    await page.goto(stage.site.url(host, '/next'), { waitUntil: 'networkidle' })
    assert.equal(calls.length, 1)
    assert.deepEqual(
      said.filter((line) => line.includes('affitor]')),
      [],
    )
    await context.close()
  })
}

test('of a page that signs up with every redraw, what came first stays: the click, without which nothing counts', async () => {
  const { page, context, calls } = await stage.visitor()
  const hold: { fail?: () => void } = {}
  await context.route('**/api/v1/track/click', async (route) => {
    if (hold.fail !== undefined) return route.continue()
    await new Promise<void>((resolve) => {
      hold.fail = resolve
    })
    await answer(503, 'application/json', '{"error":"busy"}')(route)
  })
  await page.goto(landing(), { waitUntil: 'commit' })
  await until('the click is under way', () => hold.fail !== undefined)
  await page.evaluate(() => {
    for (let i = 0; i < 30; i += 1) window.affitor.signup(`many_${i}`)
  })
  assert.equal((await waiting(page)).length, 10)
  hold.fail?.()
  await settled(page)
  assert.equal((await waiting(page)).length, 10)
  await page.evaluate(() => dispatchEvent(new Event('online')))
  const clickId = await clickIdOf(page)
  await sent(page)
  assert.equal(await keyOf(clickId), 'many_0')
  assert.deepEqual(
    calls.slice(2).map(({ body }) => body.customer_key),
    Array.from({ length: 9 }, (_, i) => `many_${i}`),
  )
  await context.close()
})

test('a key that is a number is sent as the text that it is in a database', async () => {
  const { page, context } = await stage.visitor()
  await page.goto(landing())
  const clickId = await clickIdOf(page)
  await page.evaluate(() => window.affitor.signup(42))
  await sent(page)
  assert.equal(await keyOf(clickId), '42')
  await context.close()
})

test('where the site has filled the storage up, a click and a signup on the same page still arrive', async () => {
  stage.setPage(`<!doctype html>`, '/full')
  const { page, context } = await stage.visitor()
  await page.goto(stage.site.url(host, '/full'))
  await page.evaluate(() => {
    const partsMax = 10_000
    let part = 'x'.repeat(1_000_000)
    for (let n = 0; n < partsMax && part !== ''; n += 1) {
      try {
        localStorage.setItem(`${n}`, part)
      } catch {
        part = part.slice(0, part.length / 2)
      }
    }
  })
  await page.goto(landing())
  const clickId = await clickIdOf(page)
  await page.evaluate(() => window.affitor.signup('full_1'))
  await until('the signup is stored', async () => (await keyOf(clickId)) === 'full_1')
  await context.close()
})
