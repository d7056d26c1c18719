import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { verifyWebhook } from '../src/webhooks.ts'

/** The sender is the reference library. */
const newSecret = () => `whsec_${randomBytes(24).toString('base64')}`
const secret = newSecret()
const body = JSON.stringify({ type: 'commission.created', data: { amount: 1, name: 'é 🙂' } })

function sign(text: string, by = secret, at = new Date(), id = 'msg_1') {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(by).sign(id, at, text),
  }
}

test('a webhook of the server is accepted, from text, bytes and any kind of headers', async () => {
  const headers = sign(body)
  for (const [payload, given] of [
    [body, headers],
    [Buffer.from(body), new Headers(headers)],
    [body, Object.fromEntries(Object.entries(headers).map(([k, v]) => [k.toUpperCase(), [v]]))],
  ] as const) {
    const verdict = await verifyWebhook<{ type: string }>(payload, given, secret)
    assert.ok(verdict.ok)
    assert.equal(verdict.id, 'msg_1')
    assert.deepEqual(verdict.payload, JSON.parse(body))
  }
})

test('a changed body, id, time or signature is refused', async () => {
  const headers = sign(body)
  const refused = async (payload: string, given: Record<string, string>) =>
    (await verifyWebhook(payload, given, secret)).error?.code
  assert.equal(await refused(`${body} `, headers), 'wrong_signature')
  assert.equal(await refused(body, { ...headers, 'webhook-id': 'msg_2' }), 'wrong_signature')
  const later = String(Number(headers['webhook-timestamp']) + 1)
  assert.equal(await refused(body, { ...headers, 'webhook-timestamp': later }), 'wrong_signature')
  for (const signature of [
    'v1,AAAA',
    'v2,x',
    'v1a,x',
    'nonsense',
    headers['webhook-signature'].slice(0, -2),
  ]) {
    assert.equal(
      await refused(body, { ...headers, 'webhook-signature': signature }),
      'wrong_signature',
    )
  }
  assert.equal(await refused(body, sign(body, newSecret())), 'wrong_signature')
})

test('what is missing or no time at all is told', async () => {
  const headers: Record<string, string> = sign(body)
  for (const name of Object.keys(headers)) {
    const { [name]: _, ...rest } = headers
    assert.equal((await verifyWebhook(body, rest, secret)).error?.code, 'missing_headers')
  }
  for (const time of ['1e9', '-1', ' 1', 'x']) {
    const wrong = { ...headers, 'webhook-timestamp': time }
    assert.equal((await verifyWebhook(body, wrong, secret)).error?.code, 'invalid_timestamp')
  }
})

test('what is older or newer than five minutes is refused, unless more is allowed', async () => {
  const nowMs = 1_790_000_000_000
  for (const [seconds, code] of [
    [-300, undefined],
    [-301, 'too_old'],
    [300, undefined],
    [301, 'too_new'],
  ] as const) {
    const headers = sign(body, secret, new Date(nowMs + seconds * 1_000))
    const verdict = await verifyWebhook(body, headers, secret, { nowMs })
    assert.equal(verdict.error?.code, code, `${seconds}`)
    const wide = await verifyWebhook(body, headers, secret, { nowMs, toleranceSeconds: 400 })
    assert.equal(wide.ok, true)
  }
})

test('while a secret is changed, both are accepted, and a sender may sign with several', async () => {
  const next = newSecret()
  const verdict = await verifyWebhook(body, sign(body, next), [secret, next])
  assert.equal(verdict.ok, true)
  const [first, second] = [sign(body), sign(body, next)]
  const both = {
    ...first,
    'webhook-signature': `${second['webhook-signature']} ${first['webhook-signature']}`,
  }
  assert.equal((await verifyWebhook(body, both, secret)).ok, true)
})

test('a signed body that is not JSON is told, and a secret that is none is a mistake', async () => {
  assert.equal((await verifyWebhook('x', sign('x'), secret)).error?.code, 'invalid_payload')
  for (const wrong of ['', 'whsec_', 'whsec_%%%']) {
    await assert.rejects(verifyWebhook(body, sign(body), wrong), TypeError)
  }
})
