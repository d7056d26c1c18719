import assert from 'node:assert/strict'
import { provisionPartner } from '../../src/features/onboarding/index.ts'
import { systemRandomness } from '../../src/shared/random.ts'
import type { Answer, TestProgram, TestServer } from './test-server.ts'

/** A person's browser: without it, the test's own HTTP client would count as a bot. */
export const chrome =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36'

type Fields = Record<string, unknown>

/** A person's click on a partner link. Returns the click id. */
export async function clickThrough(
  server: TestServer,
  program: TestProgram,
  more: Fields = {},
): Promise<string> {
  const answer = await server.post('/api/v1/track/click', {
    affiliate_url: program.landing(),
    user_agent: chrome,
    ...more,
  })
  assert.equal(answer.body.success, true, JSON.stringify(answer.body))
  return answer.body.click_id
}

/** A click and the backend's lead with a key. Returns the click id. */
export async function signUp(
  server: TestServer,
  program: TestProgram,
  customerKey: string,
  click: Fields = {},
): Promise<string> {
  const clickId = await clickThrough(server, program, click)
  const lead = { click_id: clickId, customer_key: customerKey }
  const answer = await server.post('/api/v1/track/lead', lead, { key: program.apiKey })
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return clickId
}

export function lead(server: TestServer, program: TestProgram, fields: Fields): Promise<Answer> {
  return server.post('/api/v1/track/lead', fields, { key: program.apiKey })
}

/** A sale of 100.00 unless the fields say otherwise. */
export function sell(server: TestServer, program: TestProgram, fields: Fields): Promise<Answer> {
  const sale = { amount_cents: 10_000, ...fields }
  return server.post('/api/v1/track/sale', sale, { key: program.apiKey })
}

export function refund(server: TestServer, program: TestProgram, fields: Fields): Promise<Answer> {
  return server.post('/api/v1/track/refund', fields, { key: program.apiKey })
}

/** What became of a transaction id, as the program's backend reads it. */
export function readSale(
  server: TestServer,
  program: TestProgram,
  transactionId: string,
): Promise<Answer> {
  const path = `/api/v1/programs/me/sales/${encodeURIComponent(transactionId)}`
  return server.send('GET', path, { key: program.apiKey })
}

/** Another partner of the program. */
export async function addPartner(server: TestServer, program: TestProgram, code: string) {
  const tools = {
    database: server.db.database,
    clock: server.clock,
    randomness: systemRandomness,
  }
  const plan = { name: `Partner ${code}`, code, links: 1 }
  const added = await provisionPartner(tools, program.programId, plan)
  if ('kind' in added) throw new Error(`The test partner was refused: ${added.kind}`)
  return added
}

/** The balance of one of the ledger's accounts, 0 where nothing was posted. */
export async function balance(
  server: TestServer,
  program: TestProgram,
  account: string,
  currency = 'USD',
): Promise<number> {
  const answer = await server.send('GET', '/api/v1/programs/me/ledger', { key: program.apiKey })
  const found = answer.body.data.accounts.find(
    (one: { account: string; currency: string }) =>
      one.account === account && one.currency === currency,
  )
  return found?.balance_cents ?? 0
}
