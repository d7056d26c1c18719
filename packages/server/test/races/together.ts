import assert from 'node:assert/strict'
import type { Answer, TestProgram, TestServer } from '../harness/test-server.ts'

const inFlightMax = 20

/** Runs `work` for each item, several at a time, and answers in their order. */
export async function forEachAtOnce<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const index = next
      next += 1
      results[index] = await work(items[index] as Item, index)
    }
  }
  await Promise.all(Array.from({ length: inFlightMax }, worker))
  return results
}

/** The same request, or one for each number, sent in one moment. */
export function together(count: number, send: (n: number) => Promise<Answer>): Promise<Answer[]> {
  return Promise.all(Array.from({ length: count }, (_, n) => send(n)))
}

/** The click ids of new customers. */
export async function newCustomers(
  server: TestServer,
  landing: (n: number) => string,
  count: number,
): Promise<string[]> {
  const answers = await forEachAtOnce(numbers(count), (n) =>
    server.post('/api/v1/track/click', {
      affiliate_url: landing(n),
      user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    }),
  )
  return answers.map((answer) => {
    assert.equal(answer.status, 200)
    return String(answer.body.click_id)
  })
}

/** Sales `t0`, `t1`, … of one customer each. */
export async function newSales(
  server: TestServer,
  program: TestProgram,
  count: number,
  amountCents: number,
): Promise<string[]> {
  const clickIds = await newCustomers(server, () => program.landing(), count)
  return forEachAtOnce(clickIds, async (clickId, n) => {
    const transactionId = `t${n}`
    const sale = await server.post(
      '/api/v1/track/sale',
      { transaction_id: transactionId, click_id: clickId, amount_cents: amountCents },
      { key: program.apiKey },
    )
    assert.equal(sale.status, 200)
    return transactionId
  })
}

export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n)
}

/** How many answers there are of each kind. */
export function tally(
  answers: Answer[],
  kind: (answer: Answer) => unknown,
): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const answer of answers) {
    const name = String(kind(answer))
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}
