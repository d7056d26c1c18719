import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import UserAgent from 'user-agents'
import type { BenchServer } from './bench-server.ts'

export interface PreparedLoad {
  /** Clicks over all links. */
  clicksFile: string
  /** Clicks on one link. */
  hotLinkFile: string
  /** Sales to the buyers. */
  salesFile: string
  /** Their customer keys follow one another. */
  buyers: { firstKey: number; count: number }
}

const requestsPerFile = 2_000
const returningVisitors = 400
/** Of five clicks, one is by a visitor who has a click id. */
const returningEvery = 5
/** They click once and do not return, so that a sale decides on the same touches throughout. */
const buyers = 400
const firstBuyerKey = 5_000_000_000
const atOnce = 20

/** Sends the first clicks and sales, and writes the requests that the loads repeat. */
export async function prepareLoad(server: BenchServer, directory: string): Promise<PreparedLoad> {
  const firstClick = async (i: number) => {
    const { body } = click(server.codes, i)
    return (await post<{ click_id: string }>(server, 'click', body)).click_id
  }
  const returning = await inTurns(returningVisitors, firstClick)
  const buying = await inTurns(buyers, firstClick)
  // The first sale of a customer does more than the ones that follow, which are what is measured.
  await inTurns(buyers, async (i) => {
    const sale = { ...saleOf(i), transaction_id: `first_${i}`, click_id: buying[i] }
    await post(server, 'sale', sale)
  })
  const write = async (name: string, lines: string[]) => {
    const file = join(directory, name)
    await writeFile(file, `${lines.join('\n')}\n`)
    return file
  }
  const clicks = (codes: string[]) =>
    range(requestsPerFile).map((i) => {
      const { userAgent, body } = click(codes, i)
      const known =
        i % returningEvery === 0 ? returning[(i / returningEvery) % returningVisitors] : undefined
      return `${userAgent}\t${JSON.stringify({ ...body, existing_click_id: known })}`
    })
  return {
    clicksFile: await write('clicks.tsv', clicks(server.codes)),
    hotLinkFile: await write('hot-link.tsv', clicks(server.codes.slice(0, 1))),
    salesFile: await write(
      'sales.tsv',
      range(buyers).map((i) => `\t${JSON.stringify(saleOf(i))}`),
    ),
    buyers: { firstKey: firstBuyerKey, count: buyers },
  }
}

/** Clicks of new visitors on the links of these codes. */
export async function writeClicks(directory: string, name: string, codes: string[]) {
  const file = join(directory, name)
  const lines = range(requestsPerFile).map((i) => {
    const { userAgent, body } = click(codes, i)
    return `${userAgent}\t${JSON.stringify(body)}`
  })
  await writeFile(file, `${lines.join('\n')}\n`)
  return file
}

/** A sale to a buyer; `UNIQUE` becomes a number of its own as it is sent. */
export function saleOf(buyer: number) {
  return {
    transaction_id: 'UNIQUE',
    customer_key: String(firstBuyerKey + buyer),
    amount_cents: 4_900,
    currency: 'USD',
  }
}

/** What a browser sends that came through a partner link. */
function click(codes: string[], i: number) {
  const { userAgent, screenWidth, screenHeight } = new UserAgent().data
  const landing = `https://example.com/pricing?aff=${codes[i % codes.length]}&utm_source=news`
  const body = {
    affiliate_url: landing,
    page_url: landing,
    page_title: 'Pricing',
    referrer_url: `https://news${i % 50}.example.org/`,
    user_agent: userAgent,
    screen_resolution: `${screenWidth}x${screenHeight}`,
    viewport_size: `${screenWidth}x${screenHeight - 120}`,
    language: 'en-US',
    timezone: 'Europe/Berlin',
  }
  return { userAgent, body }
}

async function post<Answer>(server: BenchServer, name: string, body: unknown): Promise<Answer> {
  const response = await fetch(`${server.url}/api/v1/track/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${server.apiKey}` },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  const answer = JSON.parse(text) as Answer & { success?: boolean }
  if (response.status !== 200 || answer.success !== true) throw new Error(`${name}: ${text}`)
  return answer
}

async function inTurns<Result>(
  count: number,
  work: (i: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  for (let from = 0; from < count; from += atOnce) {
    const turn = range(Math.min(atOnce, count - from))
    results.push(...(await Promise.all(turn.map((i) => work(from + i)))))
  }
  return results
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}
