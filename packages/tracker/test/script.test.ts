import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { get } from 'node:http'
import { after, before, test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { startTestServer, type TestServer } from '../../server/test/harness/test-server.ts'

/** The script as the server hands it out. */
let server: TestServer
let version: string
let integrity: string
before(async () => {
  server = await startTestServer()
  const committed = await readFile(new URL('../integrity.json', import.meta.url), 'utf8')
  ;({ version, integrity } = JSON.parse(committed))
})
after(() => server.close())

const name = '/js/affitor-tracker'
/** 2.0 kB, what the smallest scripts of this kind take. */
const brotliBytesMax = 2_000

interface Served {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: Buffer
}

/** As it comes, because fetch unpacks it. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Served> {
  return new Promise((resolve, reject) => {
    get(`${server.url}${path}`, { headers, method }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () => {
        const { statusCode: status = 0, headers } = response
        resolve({ status, headers, body: Buffer.concat(parts) })
      })
    }).on('error', reject)
  })
}

test('it is at most 2.0 kB in brotli, and the same script in every encoding', async () => {
  const plain = await ask(`${name}.js`)
  const brotli = await ask(`${name}.js`, { 'accept-encoding': 'gzip, deflate, br' })
  const gzip = await ask(`${name}.js`, { 'accept-encoding': 'gzip, br;q=0' })
  assert.equal(plain.headers['content-encoding'], undefined)
  assert.equal(brotli.headers['content-encoding'], 'br')
  assert.equal(gzip.headers['content-encoding'], 'gzip')
  assert.ok(brotli.body.length <= brotliBytesMax, `${brotli.body.length} bytes`)
  assert.deepEqual(brotliDecompressSync(brotli.body), plain.body)
  assert.deepEqual(gunzipSync(gzip.body), plain.body)
  const tags = [plain, brotli, gzip].map(({ headers }) => headers.etag)
  assert.equal(new Set(tags).size, 3)
})

test('it has the committed version and hash, and every name serves it', async () => {
  const [major] = version.split('.')
  for (const [path, cache] of [
    [`${name}.js`, /^public, max-age=3600, /],
    [`${name}@${major}.js`, /^public, max-age=3600, /],
    [`${name}@${version}.js`, /^public, max-age=31536000, immutable$/],
  ] as const) {
    const { status, headers, body } = await ask(path)
    assert.equal(status, 200)
    assert.match(String(headers['cache-control']), cache)
    assert.equal(headers['content-type'], 'text/javascript; charset=utf-8')
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(headers['access-control-allow-origin'], '*')
    assert.equal(headers['cross-origin-resource-policy'], 'cross-origin')
    assert.match(String(headers.vary), /accept-encoding/)
    assert.equal(`sha384-${createHash('sha384').update(body).digest('base64')}`, integrity)
  }
  assert.equal((await ask(`${name}@0.js`)).status, 404)
})

test('who has it already gets 304 and no body', async () => {
  const first = await ask(`${name}.js`, { 'accept-encoding': 'br' })
  const etag = String(first.headers.etag)
  for (const known of [etag, `"other", ${etag}`, `W/${etag}`, '*']) {
    const again = await ask(`${name}.js`, { 'accept-encoding': 'br', 'if-none-match': known })
    assert.equal(again.status, 304)
    assert.equal(again.body.length, 0)
    assert.equal(again.headers.etag, etag)
    assert.equal(again.headers['content-encoding'], undefined)
  }
  const other = await ask(`${name}.js`, { 'if-none-match': '"other"' })
  assert.equal(other.status, 200)
})

test('HEAD tells what GET would, and POST is refused', async () => {
  const head = await ask(`${name}.js`, {}, 'HEAD')
  assert.equal(head.status, 200)
  assert.equal(head.body.length, 0)
  const { body } = await ask(`${name}.js`)
  assert.equal(Number(head.headers['content-length']), body.length)
  assert.equal((await server.send('POST', `${name}.js`)).status, 405)
})
