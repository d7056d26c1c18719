import path from 'node:path'
import { run } from 'node:test'
import { inspect } from 'node:util'
import { root } from './project.mjs'

// Runs the files named as arguments, each in a process of its own, and sends `{ passed, failed }`
// to the parent. Started with `--import tsx`, which Node.js 20 hands on to those processes from
// here and newer versions from `execArgv`.
const fileTimeoutMs = 5 * 60_000
const graceMs = 10_000
const outputLinesMax = 200

const files = process.argv.slice(2).map((file) => path.resolve(root, file))
const totals = { passed: 0, failed: 0 }
const states = new Map(files.map((file) => [file, freshState()]))
const durationsMs = new Map()
const watchdogs = new Map()
let current

// Without a parent nobody waits for the answer, and the database is gone. The parent has made this
// process the leader of a group, to which those of the test files belong.
process.once('disconnect', () => process.kill(-process.pid, 'SIGTERM'))

const stream = run({
  files,
  concurrency: 2,
  timeout: fileTimeoutMs,
  execArgv: ['--import', 'tsx'],
})
stream.on('test:start', ({ file, nesting, name }) => {
  const state = stateOf(file)
  state.names.length = nesting
  state.names.push(name)
})
stream.on('test:pass', (event) => settle(event, undefined))
stream.on('test:fail', (event) => settle(event, event.details.error))
stream.on('test:dequeue', ({ file, name }) => {
  if (name === file)
    watchdogs.set(
      file,
      setTimeout(() => giveUp(file), fileTimeoutMs + graceMs),
    )
})
stream.on('test:complete', ({ file, name, details }) => {
  if (name !== file) return
  clearTimeout(watchdogs.get(file))
  durationsMs.set(file, details.duration_ms)
})
stream.on('test:diagnostic', ({ file, message }) => {
  // What a test did after its end is told here alone; the rest are the runner's own counts.
  if (/^(Warning|Error)/.test(message)) stateOf(file).output.push(`${message}\n`)
})
for (const name of ['test:stdout', 'test:stderr']) {
  stream.on(name, ({ file, message }) => stateOf(file).output.push(message))
}
// Listeners for single events do not make a stream flow, and one that does not flow never ends.
stream.resume()
stream.once('end', () => {
  for (const file of files) show(file)
  answer()
})

/**
 * Node.js 20 ends a file that takes too long. Newer versions end only the test in it, and would
 * wait for ever for a process that something left open keeps alive. The parent ends that process.
 */
function giveUp(file) {
  for (const started of files) show(started)
  totals.failed += 1
  console.log(`FAIL  ${path.relative(root, file)}: still running, so the run ends here`)
  answer()
}

function answer() {
  process.removeAllListeners('disconnect')
  process.send(totals, () => process.exit(0))
}

function freshState() {
  // `children[n]` counts the tests reported at depth n since their parent at n - 1 was reported.
  return { names: [], children: [], output: [], failures: [], passed: 0 }
}

/** The state of a file; moving on to the next file shows the verdict of the one before. */
function stateOf(file) {
  const known = states.get(file) ?? states.get(current)
  if (file !== current && states.has(file)) {
    if (current !== undefined) show(current)
    current = file
  }
  return known ?? freshState()
}

/**
 * Counts one verdict. Children are reported before their parent, so a test is a leaf when none came
 * at the next depth. A suite or a test with subtests counts only when it failed by itself, in a
 * hook for instance: its children have been counted.
 */
function settle(event, error) {
  const state = stateOf(event.file ?? event.name)
  const { nesting, name, details } = event
  const isLeaf = !state.children[nesting + 1]
  state.children[nesting + 1] = 0
  state.children[nesting] = (state.children[nesting] ?? 0) + 1
  const title = [...state.names.slice(0, nesting), name].join(' › ')

  if (error) {
    if (isLeaf || error.failureType !== 'subtestsFailed') {
      state.failures.push(`${title}\n${inspect(error.cause ?? error)}`)
    }
    return
  }
  if (!isLeaf) return
  if (path.resolve(root, name) === event.file || details.type === 'suite') {
    state.failures.push(`${title}\nThere is no test in it.`)
  } else if (event.skip !== undefined || event.todo !== undefined) {
    state.failures.push(`${title}\nIt was skipped: what is not run proves nothing.`)
  } else state.passed += 1
}

function show(file) {
  const state = states.get(file)
  if (state === undefined) return
  states.set(file, freshState())
  const failed = state.failures.length
  if (state.passed + failed === 0) return
  totals.passed += state.passed
  totals.failed += failed
  const name = path.relative(root, file)
  const count =
    failed > 0 ? `${failed} of ${state.passed + failed} failed` : `${state.passed} passed`
  const seconds = ((durationsMs.get(file) ?? 0) / 1000).toFixed(1)
  console.log(`${failed > 0 ? 'FAIL' : 'ok  '}  ${name}: ${count} (${seconds} s)`)
  for (const failure of state.failures) console.log(indent(`${name}: ${failure}`))
  if (failed === 0) return
  const lines = state.output.join('').trimEnd().split('\n').slice(-outputLinesMax)
  if (lines.join('') !== '') console.log(indent(`Output of ${name}:\n${lines.join('\n')}`))
}

function indent(text) {
  return text.replace(/^/gm, '      ')
}
