import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { runChild } from './child.mjs'
import { root } from './project.mjs'

const header = "import { after, describe, it, test } from 'node:test'\n"
const fails = "() => { throw new Error('boom') }"

/** What a test file holds, and what it must count for. */
const cases = {
  'leaves below a suite and a test': [
    "describe('s', () => { it('a', () => {}); it('b', () => {}) })\n" +
      "test('p', async (t) => { await t.test('c', () => {}) })",
    { passed: 3, failed: 0 },
  ],
  'a failure below is counted once': [
    `describe('s', () => { describe('t', () => { it('a', ${fails}) }) })\ntest('b', () => {})`,
    { passed: 1, failed: 1 },
  ],
  'a failing hook is a failure besides the tests': [
    `describe('s', () => { after(${fails}); it('a', () => {}) })`,
    { passed: 1, failed: 1 },
  ],
  'an error after the last test is a failure': [
    `test('a', () => { setTimeout(${fails}, 20) })`,
    { passed: 1, failed: 1 },
  ],
  'a file without a test is a failure': ['', { passed: 0, failed: 1 }],
  'a file that cannot be loaded is a failure': ["import './no.ts'", { passed: 0, failed: 1 }],
  'a skipped test is a failure': [
    "test('a', { skip: true }, () => {})\ntest('b', { todo: true }, () => {})",
    { passed: 0, failed: 2 },
  ],
}

const directory = mkdtempSync(path.join(tmpdir(), 'affitor run tests '))
after(() => rmSync(directory, { recursive: true, force: true }))

for (const [name, [body, expected]] of Object.entries(cases)) {
  test(name, async () => {
    const { message, output } = await runFiles([write(body)])
    assert.deepEqual(message, expected, output)
  })
}

test('the counts of several files are added up, and only failures show their output', async () => {
  const quiet = write("console.log('from quiet')\ntest('a', () => {})")
  const loud = write(`console.log('from loud')\ntest('b', ${fails})`)
  const { message, output } = await runFiles([quiet, loud])
  assert.deepEqual(message, { passed: 1, failed: 1 }, output)
  assert.match(output, /from loud/)
  assert.match(output, /Error: boom/)
  assert.doesNotMatch(output, /from quiet/)
})

let count = 0
function write(body) {
  count += 1
  const file = path.join(directory, `case ${count}.test.ts`)
  writeFileSync(file, header + body)
  return file
}

function runFiles(files) {
  // The inner runner must not take itself for a part of this one.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const runner = path.join(root, 'scripts/lib/run-tests.mjs')
  const args = ['--import', 'tsx', runner, ...files]
  return runChild(process.execPath, args, { env, ipc: true, timeoutMs: 30_000 })
}
