import assert from 'node:assert/strict'
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { checkBoundaries } from './check-boundaries.mjs'
import { root } from './project.mjs'

const allowed = {
  'main.ts': ['./app.ts', './config.ts'],
  'app.ts': ['./features/reports/index.ts', './features/payouts/index.ts', './http/auth.ts'],
  'config.ts': ['./shared/money.ts'],
  'shared/money.ts': ['node:crypto'],
  'contract/click.ts': ['../shared/money.ts', 'typebox'],
  'db/pool.ts': ['../shared/money.ts', 'pg'],
  'http/auth.ts': ['../contract/click.ts', '../shared/money.ts', 'type ../db/pool.ts'],
  'features/ledger/index.ts': ['./domain/post.ts'],
  'features/ledger/domain/post.ts': ['../../../shared/money.ts'],
  'features/ledger/domain/post.test.ts': ['./post.ts', 'node:fs', 'pg'],
  'features/payouts/index.ts': ['../ledger/index.ts', '../../db/pool.ts'],
  'features/reports/index.ts': ['../payouts/index.ts', '../ledger/index.ts'],
}

/** Each line breaks the rule named first: a file, and what it imports that it must not. */
const forbidden = [
  ['no-circular', 'features/ledger/domain/post.ts', '../index.ts'],
  ['resolvable', 'app.ts', './nowhere.ts'],
  ['known-parts', 'features/invoices/index.ts', '../ledger/index.ts'],
  ['known-parts', 'helpers.ts', './shared/money.ts'],
  ['layer-shared', 'shared/broken.ts', '../config.ts'],
  ['layer-contract', 'contract/broken.ts', '../db/pool.ts'],
  ['layer-db', 'db/broken.ts', '../contract/click.ts'],
  ['layer-http', 'http/broken.ts', '../features/ledger/index.ts'],
  ['layer-features', 'features/ledger/broken.ts', '../../config.ts'],
  ['layer-jobs', 'jobs/broken.ts', '../http/auth.ts'],
  ['layer-config.ts', 'config.ts', './db/pool.ts'],
  ['shared-without-packages', 'shared/broken.ts', 'pg'],
  ['contract-is-schemas', 'contract/broken.ts', 'node:fs'],
  ['contract-is-schemas', 'contract/click.ts', 'pg'],
  ['http-knows-types-of-db', 'http/broken.ts', '../db/pool.ts'],
  ['feature-ledger', 'features/ledger/broken.ts', '../payouts/index.ts'],
  ['feature-payouts', 'features/payouts/broken.ts', '../reports/index.ts'],
  ['feature-by-index', 'app.ts', './features/ledger/domain/post.ts'],
  ['feature-by-index-from-feature', 'features/payouts/index.ts', '../ledger/domain/post.ts'],
  ['reports-from-root-only', 'jobs/broken.ts', '../features/reports/index.ts'],
  ['domain-is-pure', 'features/ledger/domain/broken.ts', 'node:fs'],
  ['domain-is-pure', 'features/ledger/domain/broken.ts', 'pg'],
  ['domain-is-pure', 'features/ledger/domain/broken.ts', '../store.ts'],
  ['domain-is-pure', 'features/ledger/domain/post.ts', '../../payouts/domain/pay.ts'],
  ['tests-are-not-imported', 'app.ts', './features/ledger/domain/post.test.ts'],
  ['tests-are-not-imported', 'app.ts', '../test/harness.ts'],
]

const directories = []
after(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true })
})

test('imports along the design are allowed', async () => {
  assert.deepEqual(await checkBoundaries(makeCheckout()), { ok: true, output: '' })
})

test('each rule reports the import that breaks it', async () => {
  const checkout = makeCheckout()
  write(checkout, 'packages/server/test/harness.ts', 'export const harness = 1\n')
  writeSource(checkout, 'features/ledger/store.ts', ['pg'])
  writeSource(checkout, 'features/payouts/domain/pay.ts', [])
  for (const [, file, imported] of forbidden) appendSource(checkout, file, imported)
  const { ok, output } = await checkBoundaries(checkout)
  assert.equal(ok, false)
  const lines = output.split('\n')
  for (const [rule, file, imported] of forbidden) {
    const start = `${rule}: packages/server/src/${file} → `
    const name = path.posix.basename(imported).replace('node:', '')
    const found = lines.some((line) => line.startsWith(start) && line.includes(name))
    const known = rule === 'known-parts' || rule === 'no-circular'
    const named = lines.some((line) => line.startsWith(`${rule}: `) && line.includes(file))
    assert.ok(known ? named : found, `${rule} did not report ${file} → ${imported}:\n${output}`)
  }
})

test('a file that nobody imports is reported', async () => {
  const checkout = makeCheckout()
  writeSource(checkout, 'shared/alone.ts', [])
  const { ok, output } = await checkBoundaries(checkout)
  assert.equal(ok, false)
  assert.match(output, /^no-orphans: packages\/server\/src\/shared\/alone\.ts/)
})

test('the check fails when it saw no source, or not all of them', async () => {
  const nothing = makeCheckout()
  restrict(nothing, "includeOnly: '^nowhere'")
  assert.match((await checkBoundaries(nothing)).output, /saw 0 of 12 sources/)

  const some = makeCheckout()
  restrict(some, "exclude: { path: 'payouts' }")
  const { ok, output } = await checkBoundaries(some)
  assert.equal(ok, false)
  assert.match(output, /saw 11 of 12 sources; it missed .*payouts/)

  const noImports = makeCheckout()
  restrict(noImports, "moduleSystems: ['amd']")
  assert.match((await checkBoundaries(noImports)).output, /saw no import/)
})

test('the check fails when there is no source at all', async () => {
  const checkout = makeCheckout()
  rmSync(path.join(checkout, 'packages/server/src'), { recursive: true })
  assert.equal((await checkBoundaries(checkout)).ok, false)
})

function makeCheckout() {
  const checkout = mkdtempSync(path.join(tmpdir(), 'affitor boundaries '))
  directories.push(checkout)
  copyFileSync(
    path.join(root, '.dependency-cruiser.cjs'),
    path.join(checkout, '.dependency-cruiser.cjs'),
  )
  const dependencies = { pg: '1', typebox: '1' }
  for (const name of Object.keys(dependencies)) {
    write(checkout, `node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }))
    write(checkout, `node_modules/${name}/index.js`, 'module.exports = 1\n')
  }
  write(checkout, 'package.json', JSON.stringify({ type: 'module', dependencies }))
  for (const [file, imports] of Object.entries(allowed)) writeSource(checkout, file, imports)
  return checkout
}

function restrict(checkout, option) {
  const config = path.join(checkout, '.dependency-cruiser.cjs')
  appendFileSync(config, `\nObject.assign(module.exports.options, { ${option} })\n`)
}

function writeSource(checkout, file, imports) {
  write(checkout, `packages/server/src/${file}`, 'export const value = 1\n')
  for (const imported of imports) appendSource(checkout, file, imported)
}

function appendSource(checkout, file, imported) {
  const [, type, from] = /^(type )?(.*)$/.exec(imported)
  const full = path.join(checkout, 'packages/server/src', file)
  mkdirSync(path.dirname(full), { recursive: true })
  appendFileSync(full, `import ${type ?? ''}* as i${counter()} from '${from}'\n`)
}

let count = 0
function counter() {
  count += 1
  return count
}

function write(checkout, file, text) {
  const full = path.join(checkout, file)
  mkdirSync(path.dirname(full), { recursive: true })
  writeFileSync(full, text)
}
