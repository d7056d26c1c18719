import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { ensureSdkBuilt } from '../../../scripts/lib/build-sdk.mjs'

/** The package as it is published: packed, installed elsewhere, imported and required. */
const run = promisify(execFile)
const packageDirectory = fileURLToPath(new URL('..', import.meta.url))
const nodeModules = fileURLToPath(new URL('../../../node_modules', import.meta.url))
let directory: string
let tarball: string
before(async () => {
  await ensureSdkBuilt()
  directory = await mkdtemp(join(tmpdir(), 'affitor-sdk-'))
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', directory], {
    cwd: packageDirectory,
  })
  tarball = join(directory, JSON.parse(stdout)[0].filename)
  const installed = join(directory, 'node_modules/@affitor/sdk')
  await mkdir(installed, { recursive: true })
  await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', installed])
})
after(() => rm(directory, { recursive: true, force: true }))

test('publint has nothing to say', async () => {
  const { messages, pkg } = await publint({ pkgDir: packageDirectory, strict: true })
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg)),
    [],
  )
})

test('the types are right for every way to import it', async () => {
  const data = new Uint8Array(await readFile(tarball))
  const result = await checkPackage(createPackageFromTarballData(data))
  assert.ok(result.types)
  const problems = result.problems.filter(
    // The old resolution of Node 10 knows no exports; it finds the main entry and no other.
    (one) => !('resolutionKind' in one && one.resolutionKind === 'node10'),
  )
  assert.deepEqual(problems, [])
})

test('it holds no more than it needs', async () => {
  const { stdout } = await run('tar', ['-tzf', tarball])
  const files = stdout.trim().split('\n')
  assert.ok(files.includes('package/README.md'))
  const foreign = files.filter(
    (file) =>
      !/^package\/(README\.md|package\.json|dist\/(esm|cjs)\/[\w-]+\.(js|d\.ts|json))$/.test(file),
  )
  assert.deepEqual(foreign, [])
  assert.equal(
    files.some((file) => /test/.test(file)),
    false,
  )
})

const entries = ['', '/server', '/middleware', '/webhooks']

test('it is imported and required under Node.js, without touching anything', async () => {
  const esm = entries.map((entry, n) => `import * as m${n} from '@affitor/sdk${entry}'`).join('\n')
  const cjs = entries.map((entry, n) => `const m${n} = require('@affitor/sdk${entry}')`).join('\n')
  const use = `
    const a = new m1.Affitor({ apiKey: 'aff_x', baseUrl: 'http://127.0.0.1:9', retries: 0 })
    a.trackSale({ transactionId: 't', amountCents: 1 }).then((r) => {
      console.log([m0.getClickId(), typeof m2.affitorExpress(), typeof m3.verifyWebhook, r.error.code].join(' '))
    })`
  await writeFile(join(directory, 'esm.mjs'), esm + use)
  await writeFile(join(directory, 'cjs.cjs'), cjs + use)
  for (const file of ['esm.mjs', 'cjs.cjs']) {
    const { stdout, stderr } = await run(process.execPath, [file], { cwd: directory })
    assert.equal(stdout, ' function function network_error\n')
    assert.equal(stderr, '')
  }
})

test('the React entry keeps its word to bundlers that it is for the browser', async () => {
  for (const format of ['esm', 'cjs']) {
    const file = join(directory, `node_modules/@affitor/sdk/dist/${format}/react.js`)
    assert.match(await readFile(file, 'utf8'), /^(['"]use strict['"];?\s+)?['"]use client['"]/)
  }
})

test("a user's strict program compiles against it, as a module and for require", async () => {
  const code = `
    import { Affitor, type Result, type SaleAnswer } from '@affitor/sdk/server'
    import { getClickId, init } from '@affitor/sdk'
    import { verifyWebhook } from '@affitor/sdk/webhooks'
    import { affitorExpress, affitorRoute } from '@affitor/sdk/middleware'
    const affitor = new Affitor({ apiKey: 'k', baseUrl: 'https://a.example' })
    const sale: Promise<Result<SaleAnswer>> = affitor.trackSale({ invoiceId: 'i', amountCents: 5, clickId: getClickId() ?? undefined })
    sale.then((r) => { if (r.ok) { const s: true | false = r.data.success; void s } else { const c: string = r.error.code; void c } })
    void init({ programId: 1, apiBase: 'https://a.example' })
    void verifyWebhook<{ type: string }>('', {}, 'whsec_AAAA').then((v) => v.ok && v.payload.type)
    void affitorExpress()
    export const POST: (request: Request) => Promise<Response> = affitorRoute()
    // @ts-expect-error an amount is a number
    void affitor.trackSale({ transactionId: 't', amountCents: '5' })`
  await writeFile(join(directory, 'user.mts'), code)
  await writeFile(join(directory, 'user.cts'), code)
  const tsc = join(nodeModules, 'typescript/bin/tsc')
  const flags = [
    '--noEmit',
    '--strict',
    '--exactOptionalPropertyTypes',
    '--module',
    'NodeNext',
    '--target',
    'ES2022',
    '--lib',
    'ES2022,DOM',
  ]
  await run(process.execPath, [tsc, ...flags, 'user.mts', 'user.cts'], { cwd: directory }).catch(
    (error: { stdout: string }) => assert.fail(error.stdout),
  )
})
