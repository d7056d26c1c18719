import { checkBoundaries } from './lib/check-boundaries.mjs'
import { checkSizes } from './lib/check-sizes.mjs'
import { runChild } from './lib/child.mjs'
import { runScript } from './lib/fault.mjs'
import { ensureInstalled } from './lib/install.mjs'

const toolTimeoutMs = 5 * 60_000
const atOnce = 2

const compiles = (project) => () => tool('node_modules/typescript/bin/tsc', '-p', project)

const checks = [
  ['format and lint', () => tool('node_modules/@biomejs/biome/bin/biome', 'ci', '--colors=off')],
  ['types of the server', compiles('packages/server/tsconfig.json')],
  ['types of the tracker', compiles('packages/tracker/tsconfig.json')],
  ["types of the tracker's tests", compiles('packages/tracker/test/tsconfig.json')],
  ['types of the sdk', compiles('packages/sdk/tsconfig.json')],
  ["types of the sdk's tests", compiles('packages/sdk/test/tsconfig.json')],
  ['types of the demo', compiles('e2e/tsconfig.json')],
  ['types of the benchmarks', compiles('bench/tsconfig.json')],
  ['boundaries', checkBoundaries],
  ['dead code', () => tool('node_modules/knip/bin/knip.js', '--no-progress')],
  ['generated files', () => tool('scripts/generate.mjs', '--check')],
  ['file sizes', checkSizes],
]

await runScript(async () => {
  await ensureInstalled()
  const waiting = [...checks]
  const verdicts = []
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) verdicts.push(await judge(next))
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  const failed = verdicts.filter((ok) => !ok).length
  console.log(failed === 0 ? 'All checks passed.' : `${failed} of ${checks.length} checks failed.`)
  process.exitCode = failed === 0 ? 0 : 1
})

async function judge([name, body]) {
  const startedMs = performance.now()
  const { ok, output } = await body()
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
  console.log(`${ok ? 'ok  ' : 'FAIL'}  ${name} (${seconds} s)`)
  if (!ok) console.log(output.trimEnd().replace(/^/gm, '      '))
  return ok
}

async function tool(program, ...args) {
  const { code, output } = await runChild(process.execPath, [program, ...args], {
    timeoutMs: toolTimeoutMs,
  })
  return { ok: code === 0, output }
}
