import assert from 'node:assert/strict'
import { type AddressInfo, connect, createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { startServer, temporaryDirectory } from '../harness/server-command.ts'
import { createEmptyDatabase } from '../harness/test-database.ts'

/** What PostgreSQL says when a COMMIT is done. */
const committed = 'COMMIT\0'

/** A way to the database that can lose the next word that a commit is done, and with it the connection. */
async function lossyWay(t: TestContext, databaseUrl: string) {
  const url = new URL(databaseUrl)
  const { hostname, port } = url
  let isArmed = false
  const proxy = createServer((client) => {
    const database = connect(Number(port), hostname)
    const close = () => {
      client.destroy()
      database.destroy()
    }
    for (const socket of [client, database]) socket.on('error', close).on('close', close)
    client.pipe(database)
    database.on('data', (chunk) => {
      if (!isArmed || !chunk.includes(committed)) return client.write(chunk)
      isArmed = false
      return close()
    })
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  t.after(() => proxy.close())
  url.host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`
  return {
    url: url.href,
    loseNextCommit: () => {
      isArmed = true
    },
  }
}

test('a sale whose commit was lost on the way answers with its ids, not with a 5xx', async (t) => {
  const { url, drop } = await createEmptyDatabase()
  t.after(drop)
  const way = await lossyWay(t, url)
  const server = await startServer(t, {
    DATABASE_URL: way.url,
    AFFITOR_DATA_DIR: temporaryDirectory(t),
  }).ready
  const key = /aff_[A-Za-z0-9_-]{43}/.exec(server.printed)?.[0]
  const link = /https:\/\/example\.com\/\?aff=[\w-]+/.exec(server.printed)?.[0]
  const post = async (call: string, body: object) => {
    const response = await fetch(`${server.url}/api/v1/track/${call}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify(body),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  const click = await post('click', { affiliate_url: link })
  const sale = { transaction_id: 't1', click_id: click.body.click_id, amount_cents: 1000 }
  way.loseNextCommit()
  const first = await post('sale', sale)
  const again = await post('sale', sale)
  assert.deepEqual([first.status, again.status], [409, 409])
  assert.equal(first.body.code, 'duplicate_transaction')
  assert.ok(Number.isInteger(first.body.sale_id) && Number.isInteger(first.body.commission_id))
  assert.equal(again.body.sale_id, first.body.sale_id, 'it was stored once')
})
