import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { transform } from '@astrojs/compiler'
import { compileScript, compileTemplate, parse } from 'vue/compiler-sfc'
import { until } from '../packages/server/test/harness/until.ts'
import { clickIdOf, openStage, type Stage, sent } from '../packages/tracker/test/harness.ts'
import { ensureSdkBuilt } from '../scripts/lib/build-sdk.mjs'
import { nameOf, readSnippets, type Snippet } from './snippets.ts'

/** Every example of the guides is compiled or run. */
const run = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))
let stage: Stage
let directory: string
let snippets: Snippet[]
before(async () => {
  await ensureSdkBuilt()
  stage = await openStage()
  // In the checkout, so that examples find the packages as a user's project would.
  await mkdir(join(root, '.cache'), { recursive: true })
  directory = await mkdtemp(join(root, '.cache/guides-'))
  const read = await Promise.all(['frameworks.md', 'sdk.md', 'tracker.md'].map(readSnippets))
  snippets = read.flat()
})
after(async () => {
  await stage.close()
  await rm(directory, { recursive: true, force: true })
})

const of = (...languages: string[]) =>
  snippets.filter(({ language }) => languages.includes(language))

/** The guides' server and program become the test's. */
function here(code: string): string {
  const { server, program } = stage
  return code
    .replaceAll('https://affiliates.example.com', server.url)
    .replaceAll('data-affitor-program-id="1"', `data-affitor-program-id="${program.programId}"`)
}

test('there is no example in a language that nothing here looks at', () => {
  const known = ['ts', 'tsx', 'vue', 'astro', 'html', 'sh', 'text']
  assert.deepEqual(snippets.filter(({ language }) => !known.includes(language)).map(nameOf), [])
  assert.ok(of('ts', 'tsx').length >= 12)
})

test('TypeScript, React and Vue examples compile against the built sdk, strictly', async () => {
  const files: string[] = []
  const keep = async (snippet: Snippet, extension: string, code: string) => {
    const name = `${snippet.guide.replace('.md', '')}-${snippet.line}.${extension}`
    await writeFile(join(directory, name), code)
    files.push(name)
  }
  for (const snippet of of('ts', 'tsx')) await keep(snippet, snippet.language, snippet.code)
  for (const snippet of of('vue')) await keep(snippet, 'ts', compileVue(snippet))
  await writeFile(
    join(directory, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../tsconfig.base.json',
      compilerOptions: {
        ...{ noEmit: true, module: 'ESNext', moduleResolution: 'Bundler', jsx: 'react-jsx' },
        ...{ lib: ['ES2023', 'DOM', 'DOM.Iterable'], sourceMap: false },
        ...{ verbatimModuleSyntax: false, rewriteRelativeImportExtensions: false },
      },
      files,
    }),
  )
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  await run(process.execPath, [tsc, '-p', directory]).catch((error: { stdout: string }) =>
    assert.fail(error.stdout),
  )
})

function compileVue(snippet: Snippet): string {
  const { descriptor, errors } = parse(snippet.code, { filename: 'App.vue' })
  assert.deepEqual(errors, [])
  const template = compileTemplate({
    ...{ source: descriptor.template?.content ?? '', filename: 'App.vue', id: 'x' },
  })
  assert.deepEqual(template.errors, [])
  return compileScript(descriptor, { id: 'x' }).content
}

test('the Astro example compiles and keeps the tag as it is', async () => {
  const examples = of('astro')
  assert.equal(examples.length, 1)
  for (const snippet of examples) {
    const { code, diagnostics } = await transform(snippet.code, { filename: 'Layout.astro' })
    assert.deepEqual(diagnostics, [])
    assert.match(code, /async src="https:\/\/affiliates\.example\.com\/js\/affitor-tracker\.js"/)
  }
})

test('the HTML page reports click and signup; then the shell examples record a payment and read it', async () => {
  const [page] = of('html').filter(({ code }) => code.startsWith('<!doctype'))
  assert.ok(page)
  stage.setPage(here(page.code))
  const visit = await stage.visitor()
  await visit.page.goto(stage.site.url('www.shop.example', `/?aff=${stage.program.code}`))
  await clickIdOf(visit.page)
  await visit.page.fill('[name=email]', 'ada@example.com')
  await visit.page.click('button')
  await sent(visit.page)
  assert.equal(visit.calls.at(-1)?.body.customer_key, 'user_42')
  assert.deepEqual(
    visit.said.filter((line) => !line.includes('favicon') && !line.includes('404')),
    [],
  )
  await visit.context.close()

  const env = { ...process.env, AFFITOR: stage.server.url, KEY: stage.program.apiKey }
  const shell = of('sh').filter(({ guide }) => guide === 'frameworks.md')
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails where it is not
  const answers: any[] = []
  for (const { code } of shell) {
    const { stdout } = await run('bash', ['-c', code], { env })
    answers.push(JSON.parse(stdout))
  }
  const [sale, read, testSale] = answers
  assert.equal(sale?.commission_cents, 1_470)
  assert.equal(read?.data.partner_code, stage.program.code)
  assert.equal(testSale?.data.test_mode, true)
})

test('every other script tag of the guides loads the script', async () => {
  const { version, integrity } = JSON.parse(
    await readFile(join(root, 'packages/tracker/integrity.json'), 'utf8'),
  )
  for (const snippet of of('html').filter(({ code }) => !code.startsWith('<!doctype'))) {
    const hasTag = snippet.code.includes(' src=')
    const code = here(snippet.code).replace('@1.0.0', `@${version}`).replace('sha384-…', integrity)
    stage.setPage(`<!doctype html><title>x</title>${code}${hasTag ? '' : stage.tag()}`)
    const { page, context, calls } = await stage.visitor()
    await page.goto(stage.site.url('www.shop.example', `/?aff=${stage.program.code}`))
    await clickIdOf(page)
    await sent(page)
    const isSignup = snippet.code.includes("'signup'")
    assert.equal(calls.length, isSignup ? 2 : 1, nameOf(snippet))
    await context.close()
  }
})

for (const framework of ['Express', 'Fastify']) {
  test(`the ${framework} example runs: signup from the cookie, payment, first-party route`, async () => {
    const snippet = of('ts').find(
      ({ file, code }) =>
        file === 'server.ts' && code.includes(`from '${framework.toLowerCase()}'`),
    )
    assert.ok(snippet)
    const file = join(directory, `${framework}.ts`)
    await writeFile(file, snippet.code)
    const port = await freePort()
    const child = spawn(process.execPath, ['--import', 'tsx', file], {
      cwd: root,
      env: {
        ...process.env,
        ...{ PORT: String(port), AFFITOR_KEY: stage.program.apiKey, AFFITOR_URL: stage.server.url },
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    try {
      await walkThrough(`http://127.0.0.1:${port}`, framework)
    } finally {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  })
}

async function walkThrough(url: string, name: string): Promise<void> {
  const click = await stage.server.post('/api/v1/track/click', {
    affiliate_url: stage.program.landing(),
    user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  })
  const cookie = `affitor_click_id=${click.body.click_id}`
  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie, ...headers },
      body: JSON.stringify(body),
    })
  await until('the example listens', () =>
    fetch(url).then(
      () => true,
      () => false,
    ),
  )
  const id = `${name} user`
  assert.deepEqual(await (await post('/signup', { id, email: 'a@b.example' })).json(), { id })
  const paid = await post('/paid', { invoice: `${name} 1`, customer: id, cents: 1_000 })
  assert.deepEqual(await paid.json(), { recorded: true })
  const route = await post('/a/c', { max_age_days: 60 }, { origin: url })
  assert.deepEqual(await route.json(), { success: true, cookies: 1 })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

test('the test that the guide suggests passes, and fails when a payment is reported wrongly', async () => {
  const snippet = of('ts').find(({ file }) => file === 'affitor.test.ts')
  assert.ok(snippet)
  const file = join(directory, 'affitor.test.ts')
  const environment = { ...process.env }
  // Its own report, not a part of this one.
  delete environment.NODE_TEST_CONTEXT
  const options = { cwd: root, env: environment }
  await writeFile(file, snippet.code)
  await run(process.execPath, ['--import', 'tsx', file], options)
  await writeFile(file, snippet.code.replace('amountCents: 4_900', 'amountCents: 49'))
  await assert.rejects(run(process.execPath, ['--import', 'tsx', file], options))
})
