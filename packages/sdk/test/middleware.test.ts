import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { serve } from '@hono/node-server'
import express5 from 'express'
// The old one has no types of its own, and those of the new one fit what is used here.
// @ts-expect-error
import untypedExpress4 from 'express4'
import Fastify from 'fastify'
import { Hono } from 'hono'
import {
  affitorExpress,
  affitorFastify,
  affitorPages,
  affitorRoute,
  readAffitorCookies,
} from '../src/middleware.ts'

/** The same route in every framework, over real HTTP. */
interface Shop {
  name: string
  url: string
  close(): void
}
let shops: Shop[] = []
before(async () => {
  const withParser = express5()
  withParser.use(express5.json())
  withParser.use(affitorExpress())
  const express4 = untypedExpress4 as typeof express5
  const old = express4()
  old.use(affitorExpress())
  old.get('/other', (_request, response) => {
    response.send('shop')
  })
  const fastify = Fastify()
  await fastify.register(affitorFastify)
  await fastify.listen({ port: 0, host: '127.0.0.1' })
  const hono = new Hono()
  hono.all('/a/c', (c) => affitorRoute()(c.req.raw))
  shops = [
    await listen('Express 5 behind a body parser', withParser as unknown as RequestListener),
    await listen('Express 4', old as unknown as RequestListener),
    await listen('Pages of Next.js', (request, response) => void affitorPages()(request, response)),
    {
      name: 'Fastify',
      url: `http://127.0.0.1:${(fastify.server.address() as AddressInfo).port}`,
      close: () => void fastify.close(),
    },
    await new Promise<Shop>((resolve) => {
      const server = serve({ fetch: hono.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
        resolve({
          name: 'Hono',
          url: `http://127.0.0.1:${port}`,
          close: () => void server.close(),
        }),
      )
    }),
  ]
})
after(() => {
  for (const shop of shops) shop.close()
})

async function listen(name: string, handler: RequestListener): Promise<Shop> {
  const server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { name, url: `http://127.0.0.1:${port}`, close: () => void server.close() }
}

const cookie = [
  'session=secret',
  'affitor_click_id=cust_1_2_abc',
  'customer_code=cust_1_2_abc',
  'affitor_click_ids=cust_1_2_old%7Ccust_1_2_abc',
  'affitor_aff_url=https%3A%2F%2Fwww.shop.example%2F%3Faff%3DA1',
].join('; ')
const origin = 'https://www.shop.example'
const fromPage = { origin, 'sec-fetch-site': 'same-origin', cookie }

/** As the tracker asks. */
function ask(shop: Shop, body: unknown, headers: Record<string, string> = fromPage) {
  return fetch(`${shop.url}/a/c`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

async function everywhere(check: (shop: Shop) => Promise<void>): Promise<void> {
  for (const shop of shops) {
    await check(shop).catch((error) => {
      throw new Error(shop.name, { cause: error })
    })
  }
}

test("the tracker's four cookies come back from the server, and no other", () =>
  everywhere(async (shop) => {
    const response = await ask(shop, { max_age_days: 60, domain: 'shop.example' })
    assert.equal(response.status, 200)
    assert.equal(response.headers.get('cache-control'), 'no-store')
    assert.deepEqual(await response.json(), { success: true, cookies: 4 })
    const rules = 'Path=/; Max-Age=5184000; SameSite=Lax; Domain=shop.example; Secure'
    assert.deepEqual(
      response.headers.getSetCookie(),
      cookie
        .split('; ')
        .slice(1)
        .map((one) => `${one}; ${rules}`),
    )
  }))

test('without a domain, and over http, the cookies are of the host and not secure', () =>
  everywhere(async (shop) => {
    for (const domain of ['', null, undefined]) {
      const response = await ask(
        shop,
        { max_age_days: 1, domain },
        { ...fromPage, origin: 'http://localhost:3000' },
      )
      const [first] = response.headers.getSetCookie()
      assert.equal(first, 'affitor_click_id=cust_1_2_abc; Path=/; Max-Age=86400; SameSite=Lax')
    }
  }))

test('a program that keeps clicks for years gets the 400 days that browsers keep a cookie', () =>
  everywhere(async (shop) => {
    for (const [days, kept] of [
      [400, 400],
      [401, 400],
      [3_650, 400],
    ] as const) {
      const response = await ask(shop, { max_age_days: days })
      assert.match(
        response.headers.getSetCookie()[0] ?? '',
        new RegExp(`Max-Age=${kept * 86_400};`),
      )
    }
  }))

test('pages of other sites, and requests that come from no page, are refused', () =>
  everywhere(async (shop) => {
    const body = { max_age_days: 60 }
    for (const headers of [
      { ...fromPage, 'sec-fetch-site': 'cross-site' },
      { ...fromPage, 'sec-fetch-site': 'same-site' },
      { cookie, 'sec-fetch-site': 'same-origin', origin: 'null' },
      { cookie },
      // An old browser: then the host decides.
      { cookie, origin: 'https://evil.example' },
    ]) {
      const response = await ask(shop, body, headers as Record<string, string>)
      assert.equal(response.status, 403)
      assert.deepEqual(response.headers.getSetCookie(), [])
    }
    const old = await ask(shop, body, { cookie, origin: shop.url })
    assert.equal(old.status, 200)
  }))

test('a domain that is not above the host, or too long a time, is refused', () =>
  everywhere(async (shop) => {
    for (const body of [
      { max_age_days: 60, domain: 'example' },
      { max_age_days: 60, domain: 'evil.example' },
      { max_age_days: 60, domain: 'op.example' },
      { max_age_days: 60, domain: 'www.shop.example; Path=/x' },
      { max_age_days: 60, domain: 7 },
      { max_age_days: 0 },
      { max_age_days: 3_651 },
      { max_age_days: 1.5 },
      { max_age_days: '60' },
      {},
    ]) {
      const response = await ask(shop, body)
      assert.equal(response.status, 400, JSON.stringify(body))
      assert.deepEqual(response.headers.getSetCookie(), [])
    }
  }))

test('a value that could end the cookie is left out', () =>
  everywhere(async (shop) => {
    const evil = 'affitor_click_id=a"b; customer_code=c\\d; affitor_click_ids=ok'
    const response = await ask(shop, { max_age_days: 1 }, { ...fromPage, cookie: evil })
    assert.deepEqual(response.headers.getSetCookie(), [
      'affitor_click_ids=ok; Path=/; Max-Age=86400; SameSite=Lax; Secure',
    ])
  }))

test('other methods, other types, broken JSON and large bodies change nothing', () =>
  everywhere(async (shop) => {
    const get = await fetch(`${shop.url}/a/c`, { headers: fromPage })
    assert.ok(get.status === 405 || get.status === 404, `${get.status}`)
    for (const [body, headers] of [
      ['{"max_age_days":60}', { 'content-type': 'text/plain' }],
      ['{', {}],
      ['', {}],
      [`{"max_age_days":60,"x":"${'x'.repeat(200_000)}"}`, {}],
    ] as const) {
      const response = await ask(shop, body, { ...fromPage, ...headers })
      assert.ok(response.status >= 400 && response.status < 500, `${response.status}`)
      assert.deepEqual(response.headers.getSetCookie(), [])
    }
  }))

test('every other path is the shop’s own', async () => {
  const express = shops.find((shop) => shop.name === 'Express 4')
  assert.equal(await (await fetch(`${express?.url}/other`)).text(), 'shop')
})

test('a server reads the click id from the cookies', () => {
  assert.deepEqual(readAffitorCookies(cookie), {
    clickId: 'cust_1_2_abc',
    clickIds: ['cust_1_2_old', 'cust_1_2_abc'],
    landingUrl: 'https://www.shop.example/?aff=A1',
  })
  assert.equal(readAffitorCookies('customer_code=old').clickId, 'old')
  for (const nothing of [undefined, null, '', 'a', '=x', 'affitor_click_id=']) {
    assert.deepEqual(readAffitorCookies(nothing), { clickId: null, clickIds: [], landingUrl: null })
  }
  assert.equal(readAffitorCookies('affitor_click_id=%zz').clickId, '%zz')
})
