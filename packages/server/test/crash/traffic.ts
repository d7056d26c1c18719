import { setTimeout as delay } from 'node:timers/promises'

/** Where requests go: the address changes with every start of the server, and null means it is down. */
export interface Target {
  url: string | null
  apiKey: string
  /** Referral codes of different partners, at least one. */
  codes: string[]
  /** How many times each sale is sent at once; once when nothing is said. */
  copies?: number
}

export interface SaleAnswer {
  saleId: number
  commissionId: number
}

/** What the server has answered, and what was sent without an answer: that may or may not be stored. */
export interface Account {
  /** Click ids of acknowledged first clicks, with the number of acknowledged clicks of each. */
  clicks: Map<string, number>
  /** Clicks that were sent and not acknowledged. */
  clicksUnanswered: number
  /** Click ids of acknowledged leads. */
  leads: Set<string>
  sales: Map<string, SaleAnswer>
  salesSent: Set<string>
  /** By transaction and refund id: what was taken back, or null where only a repetition was answered. */
  refunds: Map<string, number | null>
  refundsSent: Set<string>
  /** Answers that no client expects, such as a sale whose customer is unknown. */
  faults: string[]
}

export interface Traffic {
  account: Account
  /** Lets requests under way end, sends no more. */
  stop(): Promise<void>
}

const saleCents = 10_000
const retryMs = 20
const requestTimeoutMs = 20_000

/**
 * Visitors who arrive one after the other, `visitors` at a time: clicks, a signup, two sales, refunds. A
 * request without a good answer is sent again, as a real backend does; a click, which nothing
 * identifies, is not.
 */
export function startTraffic(target: Target, visitors: number): Traffic {
  const account: Account = {
    clicks: new Map(),
    clicksUnanswered: 0,
    leads: new Set(),
    sales: new Map(),
    salesSent: new Set(),
    refunds: new Map(),
    refundsSent: new Set(),
    faults: [],
  }
  let stopped = false
  let arrivals = 0
  const isOver = () => stopped
  const loop = async () => {
    while (!stopped) {
      arrivals += 1
      await visit(target, account, arrivals, isOver)
    }
  }
  const loops = Array.from({ length: visitors }, loop)
  return {
    account,
    async stop() {
      stopped = true
      await Promise.all(loops)
    },
  }
}

async function visit(target: Target, account: Account, n: number, isOver: () => boolean) {
  const clickId = await click(target, account, n, null)
  if (clickId === null) return
  await click(target, account, n + 1, clickId)
  const key = `user_${n}`
  const again = (path: string, body: object) => untilGood(target, account, path, body, isOver)

  const lead = await again('lead', { click_id: clickId, customer_key: key })
  if (lead === null) return
  account.leads.add(clickId)
  for (const transactionId of [`sale_${n}_a`, `sale_${n}_b`]) {
    account.salesSent.add(transactionId)
    const body = { transaction_id: transactionId, customer_key: key, amount_cents: saleCents }
    const copies = Array.from({ length: target.copies ?? 1 }, () => again('sale', body))
    const [sale = null, ...others] = await Promise.all(copies)
    if (sale === null) return
    for (const other of others) {
      if (other !== null && other.sale_id !== sale.sale_id) {
        account.faults.push(`${transactionId} is ${sale.sale_id} and ${other.sale_id}`)
      }
    }
    account.sales.set(transactionId, {
      saleId: sale.sale_id as number,
      commissionId: sale.commission_id as number,
    })
  }
  for (const refundId of ['r1', 'r2']) {
    const transactionId = `sale_${n}_b`
    const name = `${transactionId} ${refundId}`
    account.refundsSent.add(name)
    const refund = await again('refund', {
      transaction_id: transactionId,
      refund_id: refundId,
      refund_amount_cents: 2_500,
    })
    if (refund === null) return
    account.refunds.set(name, (refund.deduction_amount_cents as number | undefined) ?? null)
  }
}

/** The click id, or null when the click was not acknowledged. */
async function click(
  target: Target,
  account: Account,
  n: number,
  existing: string | null,
): Promise<string | null> {
  const body = {
    affiliate_url: `https://example.com/?aff=${target.codes[n % target.codes.length]}`,
    user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    ...(existing === null ? {} : { existing_click_id: existing }),
  }
  const isDown = target.url === null
  const answer = await send(target, 'click', body)
  if (answer?.status !== 200) {
    if (!isDown) account.clicksUnanswered += 1
    if (answer !== null && answer.status < 500) account.faults.push(JSON.stringify(answer))
    await delay(retryMs)
    return null
  }
  const clickId = String(answer.body.click_id)
  if (existing !== null && clickId !== existing)
    account.faults.push(`${existing} became ${clickId}`)
  account.clicks.set(clickId, (account.clicks.get(clickId) ?? 0) + 1)
  return clickId
}

/** Sends until the answer is good; null when the traffic is over before. */
async function untilGood(
  target: Target,
  account: Account,
  path: string,
  body: object,
  isOver: () => boolean,
): Promise<Record<string, unknown> | null> {
  for (;;) {
    const answer = await send(target, path, body)
    if (answer?.status === 200 || answer?.status === 409) return answer.body
    if (answer !== null && answer.status < 500) {
      account.faults.push(`${path} ${JSON.stringify(body)}: ${JSON.stringify(answer)}`)
      return null
    }
    if (isOver()) return null
    await delay(retryMs)
  }
}

/** Null when the server was not there, or went away before it had answered whole. */
async function send(target: Target, path: string, body: object) {
  if (target.url === null) return null
  try {
    const response = await fetch(`${target.url}/api/v1/track/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${target.apiKey}` },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(requestTimeoutMs),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  } catch {
    return null
  }
}
