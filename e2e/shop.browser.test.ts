import assert from 'node:assert/strict'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { clickIdOf, openStage, type Stage } from '../packages/tracker/test/harness.ts'
import { ensureSdkBuilt } from '../scripts/lib/build-sdk.mjs'

/** The demo shop, walked through as a visitor would: tracker, sdk and server together. */
let stage: Stage
let shop: Server
let url: string
before(async () => {
  await ensureSdkBuilt()
  stage = await openStage()
  const { createShop } = await import('./shop.mjs')
  const app = createShop({
    affitorUrl: stage.server.url,
    apiKey: stage.program.apiKey,
    programId: stage.program.programId,
  })
  shop = createServer(app as unknown as RequestListener)
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve))
  url = `http://www.paper.example:${(shop.address() as AddressInfo).port}`
})
after(async () => {
  shop?.closeAllConnections()
  shop?.close()
  await stage.close()
})

test('click, signup, sale: the partner has earned, the ledger says so, and the cookies are the server’s', async () => {
  const { page, context, said } = await stage.visitor()
  await page.goto(`${url}/?aff=${stage.program.code}`)
  const again = page.waitForResponse(`${url}/a/c`)
  const clickId = await clickIdOf(page)
  assert.deepEqual(await (await again).json(), { success: true, cookies: 4 })
  const cookies = await context.cookies(url)
  assert.equal(cookies.length, 4)
  assert.ok(cookies.every(({ domain }) => domain === '.paper.example'))
  await page.getByText('Sign up').click()
  await page.getByLabel('Your email').fill('ada@example.com')
  await page.getByText('Create account').click()
  await page.getByText('Pay $49.00').click()
  await page.getByText(`${stage.program.code} earns $14.70`).waitFor()
  assert.deepEqual(said, [])

  const { key, sql } = { key: stage.program.apiKey, sql: stage.server.db.sql }
  const ledger = await stage.server.send('GET', '/api/v1/programs/me/ledger', { key })
  const pending = ledger.body.data.accounts.find(
    (one: { account: string }) => one.account === 'pending',
  )
  assert.equal(pending.balance_cents, 1_470)
  assert.deepEqual(ledger.body.data.sum_cents, { USD: 0 })
  const [sale] = await sql<{ transaction_id: string }>(
    'select transaction_id from affiliate_sale_events where click_id = $1',
    [clickId],
  )
  const path = `/api/v1/programs/me/sales/${sale?.transaction_id}`
  const found = await stage.server.send('GET', path, { key })
  assert.equal(found.body.data.partner_code, stage.program.code)
  await context.close()
})

test('who came by themselves signs up and pays, and nobody earns', async () => {
  const { page, context, said } = await stage.visitor()
  await page.goto(`${url}/signup`)
  await page.getByLabel('Your email').fill('own@example.com')
  await page.getByText('Create account').click()
  await page.getByText('Pay $19.00').click()
  await page.getByText('Customer not found').waitFor()
  assert.deepEqual(said, [])
  await context.close()
})
