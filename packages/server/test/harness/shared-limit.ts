import assert from 'node:assert/strict'
import { rawRequest } from './raw-http.ts'

/** A limit of signups without a key, small enough to reach and large enough to count some unasked. */
const sharedLimit = 200
/** What four processes may let through beyond it: three others, with a 32nd part of it each. */
const excessMax = 3 * Math.floor(sharedLimit / 32)
const sent = 600

export const sharedLimitSettings = {
  AFFITOR_LIMIT_BROWSER_LEADS: String(sharedLimit),
  // The traffic of these tests comes from one address and with one key.
  AFFITOR_LIMIT_CLICKS: '1000000000',
  AFFITOR_LIMIT_WRITES: '1000000000',
  TRUST_PROXY: 'loopback',
}

/**
 * Sends three times the limit at once, each request over a connection of its own, to the addresses in
 * turn, and holds what passed against what all processes together may let through. Returns how many
 * requests were sent, for nothing else sends any that are answered with 400 or 429.
 */
export async function assertLimitHolds(urls: string[]): Promise<{ sent: number; passed: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const minuteBefore = Math.floor(Date.now() / 60_000)
    // A minute that ends meanwhile begins the count anew: another caller then tries again.
    const statuses = await flood(urls, `198.51.100.${attempt}`)
    assert.deepEqual([...new Set(statuses)].sort(), [400, 429])
    const passed = statuses.filter((status) => status === 400).length
    if (minuteBefore === Math.floor(Date.now() / 60_000)) {
      assert.ok(passed >= sharedLimit, `${passed} passed, fewer than the limit`)
      assert.ok(passed <= sharedLimit + excessMax, `${passed} passed, more than can be explained`)
      return { sent: sent * attempt, passed }
    }
    assert.ok(attempt < 5, 'no attempt fitted into a minute')
  }
}

function flood(urls: string[], ip: string): Promise<number[]> {
  const headers = { 'content-type': 'application/json', 'x-forwarded-for': ip }
  const requests = Array.from({ length: sent }, async (_, n) => {
    const url = urls[n % urls.length] ?? ''
    const body = '{"click_id":"cust_of_nobody"}'
    return (await rawRequest(url, 'POST', '/api/v1/track/lead', { headers, body })).status
  })
  return Promise.all(requests)
}
