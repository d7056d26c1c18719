import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Browser, chromium, type Page } from 'playwright-core'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

/** The pages to browse the description, in a real browser. */
const timeoutMs = 30_000
let server: TestServer
let browser: Browser
before(async () => {
  server = await startTestServer()
  const executablePath = process.env.CHROMIUM_PATH
  assert.ok(executablePath, 'CHROMIUM_PATH names the browser: run this with npm test')
  browser = await chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--no-first-run',
    ],
  })
})
after(async () => {
  await browser?.close()
  await server.close()
})

interface Visit {
  page: Page
  /** Hosts asked for anything. */
  origins: Set<string>
  complaints: string[]
}

/** Opens the docs and waits until the operations are shown. */
async function openDocs(): Promise<Visit> {
  const page = await browser.newPage()
  page.setDefaultTimeout(timeoutMs)
  const visit: Visit = { page, origins: new Set(), complaints: [] }
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.protocol !== 'data:') visit.origins.add(url.origin)
  })
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      visit.complaints.push(message.text())
  })
  page.on('pageerror', (error) => visit.complaints.push(String(error)))
  page.on('requestfailed', (request) => visit.complaints.push(`${request.url()} failed`))
  await page.goto(`${server.url}/docs`, { waitUntil: 'load' })
  await page.locator('.opblock').first().waitFor()
  return visit
}

test('the docs show every operation, ask no other host, and break no policy', async () => {
  const description = (await server.send('GET', '/openapi.json')).body
  const expected = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path}`),
  )
  const { page, origins, complaints } = await openDocs()
  const shown = await page.locator('.opblock').evaluateAll((blocks) =>
    blocks.map((block) => {
      const method = block.querySelector('.opblock-summary-method')?.textContent ?? ''
      const path = block.querySelector('[data-path]')?.getAttribute('data-path') ?? ''
      return `${method} ${path}`
    }),
  )
  assert.deepEqual([...shown].sort(), expected.sort())
  assert.deepEqual([...origins], [server.url])
  assert.deepEqual(complaints, [])
  await page.close()
})

test('a call can be tried from the docs, and shows the real answer', async () => {
  const program = await server.provision({ partner: { code: 'EXAMPLE' } })
  const { page, origins, complaints } = await openDocs()
  const block = page.locator('#operations-Tracking-trackClick')
  await block.locator('.opblock-summary-control').first().click()
  const body = block.locator('textarea.body-param__text')
  await body.waitFor()
  await body.fill(JSON.stringify({ affiliate_url: program.landing() }))
  await block.locator('button.execute').click()
  const answer = block.locator('.live-responses-table')
  await answer.waitFor()
  assert.match((await answer.textContent()) ?? '', new RegExp(`cust_${program.programId}_`))
  assert.deepEqual([...origins], [server.url])
  assert.deepEqual(complaints, [])
  await page.close()
})
