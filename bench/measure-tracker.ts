import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { chromium, type Page } from 'playwright-core'
import { median, rounded, roundsMin } from './compare-rounds.ts'
import { readTrackerScript } from './server-parts.ts'

const loadsPerRound = 15
const timeoutMs = 30_000

/**
 * The browser's script: its size, and how long a page's main thread is at work with it, beside the same page
 * without it. Each page has a click to report, which is the most that the script does by itself.
 */
export async function measureTracker(chromiumPath: string | null) {
  const { code, version } = await readTrackerScript()
  const size = {
    version,
    bytes: code.length,
    gzip_bytes: gzipSync(code, { level: 9 }).length,
    brotli_bytes: brotliCompressSync(code).length,
  }
  if (chromiumPath === null) return { ...size, main_thread: null, reason: 'there is no Chromium' }
  const site = await startSite(code)
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run'],
  })
  try {
    const context = await browser.newContext()
    const page = await context.newPage()
    page.setDefaultTimeout(timeoutMs)
    const load = async (path: string) => {
      await context.clearCookies()
      return taskMs(page, `${site.url}${path}`)
    }
    await load('/with')
    const figures = { with: [] as number[], without: [] as number[] }
    for (let n = 0; n < roundsMin * loadsPerRound; n += 1) {
      figures.with.push(await load('/with?aff=BENCH'))
      figures.without.push(await load('/without?aff=BENCH'))
    }
    const both = { with: median(figures.with), without: median(figures.without) }
    return {
      ...size,
      main_thread: {
        loads: figures.with.length,
        with_ms: rounded(both.with, 2),
        without_ms: rounded(both.without, 2),
        script_ms: rounded(both.with - both.without, 2),
      },
    }
  } finally {
    await browser.close()
    await site.close()
  }
}

/** How long the page's main thread was in tasks, until everything was quiet. */
async function taskMs(page: Page, url: string): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const seconds = async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN
  }
  await page.goto('about:blank')
  const before = await seconds()
  await page.goto(url, { waitUntil: 'networkidle' })
  const after = await seconds()
  await session.detach()
  return (after - before) * 1_000
}

async function startSite(code: Buffer): Promise<{ url: string; close(): Promise<void> }> {
  const answer = JSON.stringify({
    ...{ success: true, click_id: 'cust_1_1700000000000_0123456789abcdef01234567' },
    ...{ partner_code: 'BENCH', cookie_window_days: 60 },
  })
  const tag = '<script async src="/js/affitor-tracker.js" data-affitor-program-id="1"></script>'
  const server = createServer((request, response) => {
    const { url = '' } = request
    const isScript = url.startsWith('/js/')
    const isCall = url.startsWith('/api/')
    const type = isScript ? 'text/javascript' : isCall ? 'application/json' : 'text/html'
    response.writeHead(200, { 'content-type': type })
    const page = `<!doctype html><link rel="icon" href="data:,"><title>x</title>${url.startsWith('/with?') ? tag : ''}`
    response.end(isScript ? code : isCall ? answer : page)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
