import assert from 'node:assert/strict'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import {
  startTestServer,
  type TestProgram,
  type TestServer,
} from '../../server/test/harness/test-server.ts'
import { pages, type Site, startSite } from './site.ts'

const timeoutMs = 20_000
const everywhere = '*'

/** A real browser, the real server with its script, and a shop that has put it into its pages. */
export interface Stage {
  browser: Browser
  server: TestServer
  program: TestProgram
  site: Site
  /** A visitor with a browser profile of their own. */
  visitor(options?: VisitorOptions): Promise<Visitor>
  /** The shop's script tag. */
  tag(attributes?: string): string
  /** What the shop's pages are from now on, all of them or the one of a path. */
  setPage(html: string, path?: string): void
  close(): Promise<void>
}

export interface VisitorOptions {
  /** A script that runs in every page before anything of it does. */
  init?: string
}

export interface Visitor {
  context: BrowserContext
  page: Page
  /** The tracking calls of all pages, in their order. */
  calls: Call[]
  /** Everything that consoles and errors of all pages said. */
  said: string[]
  cookies(url: string): Promise<Record<string, string>>
}

export interface Call {
  name: string
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails where it is not
  body: any
}

export async function openStage(): Promise<Stage> {
  const server = await startTestServer()
  const program = await server.provision()
  const browser = await launch()
  const tag = (attributes = '') =>
    `<script src="${server.url}/js/affitor-tracker.js" data-affitor-program-id="${program.programId}" ${attributes}></script>`
  const htmls = new Map<string, string>()
  const setPage = (html: string, path = everywhere) => {
    if (path === everywhere) htmls.clear()
    htmls.set(path, html)
  }
  setPage(`<!doctype html><title>Pricing</title>${tag()}`)
  const site = await startSite(pages((path) => htmls.get(path) ?? htmls.get(everywhere) ?? ''))
  return {
    ...{ browser, server, program, site, tag, setPage },
    visitor: (options) => newVisitor(browser, options),
    async close() {
      await browser.close()
      await site.close()
      await server.close()
    },
  }
}

async function launch(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH
  assert.ok(executablePath, 'CHROMIUM_PATH names the browser: run this with npm test')
  return chromium.launch({
    executablePath,
    args: [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run'],
      '--disable-background-networking',
      '--host-resolver-rules=MAP * 127.0.0.1',
      '--ignore-certificate-errors',
    ],
  })
}

async function newVisitor(browser: Browser, options: VisitorOptions = {}): Promise<Visitor> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true })
  context.setDefaultTimeout(timeoutMs)
  if (options.init !== undefined) await context.addInitScript({ content: options.init })
  const calls: Call[] = []
  const said: string[] = []
  context.on('request', (request) => {
    const name = /\/api\/v1\/track\/(\w+)$/.exec(request.url())?.[1]
    if (name === undefined || request.method() !== 'POST') return
    calls.push({ name, body: JSON.parse(request.postData() ?? 'null') })
  })
  context.on('console', (message) => said.push(`${message.type()}: ${message.text()}`))
  context.on('weberror', (error) => said.push(`error: ${error.error().message}`))
  return {
    context,
    page: await context.newPage(),
    ...{ calls, said },
    async cookies(url) {
      const found = await context.cookies(url)
      return Object.fromEntries(found.map(({ name, value }) => [name, value]))
    },
  }
}

/** Resolves to the click id once the page has one. */
export async function clickIdOf(page: Page): Promise<string> {
  const handle = await page.waitForFunction(() => window.affitor?.clickId)
  return String(await handle.jsonValue())
}

/** Resolves once nothing is left to be sent. */
export async function sent(page: Page): Promise<void> {
  await page.waitForFunction(() => localStorage.getItem('affitor_outbox') === null)
}

declare global {
  interface Window {
    // biome-ignore lint/suspicious/noExplicitAny: what pages see of the script
    affitor?: any
    // biome-ignore lint/suspicious/noExplicitAny: what pages put there
    affitorQueue?: any
  }
}
