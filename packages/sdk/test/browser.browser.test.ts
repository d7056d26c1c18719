import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { createElement, StrictMode } from 'react'
import { renderToString } from 'react-dom/server'
import { clickIdOf, openStage, type Stage, sent } from '../../tracker/test/harness.ts'
import { getClickId, getData, getTracker, init, signup, trackClick } from '../src/index.ts'
import { AffitorProvider, AffitorTracker, useAffitor } from '../src/react.ts'

/** The browser and React entries, bundled as a page would and run in Chromium. */
let stage: Stage
before(async () => {
  stage = await openStage()
})
after(() => stage.close())

const host = 'www.shop.example'

function Child() {
  const { getClickId, tracker } = useAffitor()
  return createElement('p', null, `${getClickId()} ${tracker}`)
}

const entry = (name: string) => fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url))

async function bundle(code: string): Promise<string> {
  const made = await build({
    stdin: { contents: code, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    format: 'iife',
    write: false,
    define: { 'process.env.NODE_ENV': '"development"' },
    alias: { '@affitor/sdk': entry('index'), '@affitor/sdk/react': entry('react') },
    logLevel: 'silent',
  })
  return made.outputFiles[0]?.text ?? ''
}

const options = () =>
  JSON.stringify({ programId: stage.program.programId, apiBase: stage.server.url })

test('init loads the tracker once; calls before it wait in the queue', async () => {
  const code = await bundle(`
    import * as affitor from '@affitor/sdk'
    window.sdk = affitor
    affitor.signup('early_1', 'e@example.com')
    window.before = affitor.getData()
    window.ready = Promise.all([affitor.init(${options()}), affitor.init(${options()})])`)
  stage.setPage(`<!doctype html><head></head><script>${code}</script>`)
  const { page, context, calls, said } = await stage.visitor()
  await page.goto(stage.site.url(host, `/?aff=${stage.program.code}`))
  const clickId = await clickIdOf(page)
  await sent(page)
  const told = await page.evaluate(async () => {
    // biome-ignore lint/suspicious/noExplicitAny: what the page's own script put there
    const { sdk, ready, before } = window as any
    const trackers = await ready
    return {
      before,
      isOne: trackers[0] === trackers[1] && trackers[0] === window.affitor,
      scripts: document.querySelectorAll('script[src]').length,
      clickId: sdk.getClickId(),
      data: sdk.getData(),
    }
  })
  assert.deepEqual(told.before, {
    ...{ clickId: null, programId: null, hasAttribution: false, affiliateUrl: null },
  })
  assert.equal(told.isOne, true)
  assert.equal(told.scripts, 1)
  assert.equal(told.clickId, clickId)
  assert.equal(told.data.programId, stage.program.programId)
  assert.deepEqual(
    calls.map(({ name, body }) => [name, body.customer_key]),
    [
      ['click', undefined],
      ['lead', 'early_1'],
    ],
  )
  // On the next page the click id is known before the script is.
  await context.route('**/js/affitor-tracker.js', (route) => route.abort())
  await page.goto(stage.site.url(host, '/next'))
  const next = await page.evaluate(async () => {
    // biome-ignore lint/suspicious/noExplicitAny: what the page's own script put there
    const { sdk, ready } = window as any
    return [await ready, sdk.getClickId()]
  })
  assert.deepEqual(next, [[null, null], clickId])
  assert.deepEqual(
    said.filter((line) => !line.includes('Failed to load resource')),
    [],
  )
  await context.close()
})

test('under Trusted Types and a nonce the script is loaded through the policy named affitor', async () => {
  const code = await bundle(`
    import { init } from '@affitor/sdk'
    document.addEventListener('securitypolicyviolation', (e) => { (window.violations ??= []).push(e.violatedDirective) })
    init({ ...${options()}, nonce: 'abc' })`)
  const policy = `script-src 'nonce-abc'; connect-src ${stage.server.url}; require-trusted-types-for 'script'; trusted-types affitor`
  stage.setPage(
    `<!doctype html><head><meta http-equiv="content-security-policy" content="${policy}"></head><script nonce="abc">${code}</script>`,
  )
  const { page, context, said } = await stage.visitor()
  await page.goto(stage.site.url('localhost', `/?aff=${stage.program.code}`))
  await clickIdOf(page)
  assert.equal(await page.evaluate(() => 'violations' in window), false)
  assert.deepEqual(said, [])
  await context.close()
})

test('a React page signs up through the hook, in StrictMode, with one script', async () => {
  const code = await bundle(`
    import { createElement as h, StrictMode, useState } from 'react'
    import { createRoot } from 'react-dom/client'
    import { AffitorProvider, AffitorTracker, useAffitor } from '@affitor/sdk/react'
    function Signup() {
      const { signup, getClickId, tracker } = useAffitor()
      const [shown, show] = useState('')
      return h('button', { onClick: () => { signup('react_1', 'r@example.com'); show(getClickId()) } },
        tracker ? 'ready ' + shown : 'loading')
    }
    createRoot(document.getElementById('root')).render(
      h(StrictMode, null, h(AffitorProvider, ${options()}, h(Signup)), h(AffitorTracker, ${options()})))`)
  stage.setPage(
    `<!doctype html><div id="root"></div><script>${code.replaceAll('</script', '<\\/script')}</script>`,
  )
  const { page, context, calls, said } = await stage.visitor()
  await page.goto(stage.site.url(host, `/?aff=${stage.program.code}`))
  const clickId = await clickIdOf(page)
  await page.getByText('ready').click()
  await page.getByText(`ready ${clickId}`).waitFor()
  await sent(page)
  assert.equal(calls.at(-1)?.body.customer_key, 'react_1')
  assert.equal(await page.locator('script[src]').count(), 1)
  assert.deepEqual(
    said.filter((line) => !line.includes('React DevTools')),
    [],
  )
  await context.close()
})

test('on a server everything renders and does nothing', async () => {
  const props = { programId: 1, apiBase: 'https://affitor.example' }
  const html = renderToString(
    createElement(
      StrictMode,
      null,
      createElement(AffitorProvider, props, createElement(Child)),
      createElement(AffitorTracker, props),
    ),
  )
  assert.equal(html, '<p>null null</p>')
  assert.throws(() => renderToString(createElement(Child)), /useAffitor needs an AffitorProvider/)
  signup('x')
  trackClick()
  assert.equal(await init(props), null)
  assert.equal(getTracker(), null)
  assert.equal(getClickId(), null)
  assert.deepEqual(getData().hasAttribution, false)
  assert.equal('window' in globalThis, false)
})

test('what a page does not use is not in its bundle', async () => {
  const size = async (code: string) => {
    const made = await build({
      stdin: { contents: code, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
      ...{ bundle: true, minify: true, format: 'esm', write: false, logLevel: 'silent' },
      alias: { '@affitor/sdk': entry('index') },
    })
    return made.outputFiles[0]?.contents.length ?? 0
  }
  const all = await size(`export * from '@affitor/sdk'`)
  const one = await size(`export { signup } from '@affitor/sdk'`)
  assert.ok(one < 300, `${one} bytes`)
  assert.ok(all < 3_500, `${all} bytes`)
  assert.ok(createRequire(import.meta.url).resolve('react'))
})
