import path from 'node:path'
import { runChild } from './child.mjs'
import { listFiles, root } from './project.mjs'

const checked = 'packages/server/src'
const timeoutMs = 2 * 60_000
const linesMax = 100

/**
 * Runs dependency-cruiser over the server of the checkout at `base`. Resolves to `{ ok, output }`.
 *
 * It is content when it sees nothing, as it does with a TypeScript it does not know or a wrong
 * pattern in its options. So the check fails unless it saw every source file and the imports
 * between them.
 */
export async function checkBoundaries(base = root) {
  const wanted = listFiles(checked, (file) => file.endsWith('.ts'), base)
  if (wanted.length === 0) return { ok: false, output: `There are no sources in ${checked}.` }
  const tool = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
  const args = [tool, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', checked]
  const { output, stdout } = await runChild(process.execPath, args, { cwd: base, timeoutMs })
  const result = parse(stdout)
  if (result === undefined) return { ok: false, output }
  const missing = unseen(wanted, result.modules)
  if (missing !== undefined) return { ok: false, output: missing }
  const lines = result.summary.violations.map(describe).slice(0, linesMax)
  return { ok: lines.length === 0, output: lines.join('\n') }
}

function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What was not looked at, as a sentence, or undefined. */
function unseen(wanted, modules) {
  const seen = new Map(modules.map((module) => [module.source, module]))
  const missed = wanted.filter((file) => !seen.has(file))
  if (missed.length > 0) {
    return `dependency-cruiser saw ${wanted.length - missed.length} of ${wanted.length} sources; it missed ${missed.slice(0, 3).join(', ')}.`
  }
  const imports = wanted.flatMap((file) => seen.get(file).dependencies)
  if (wanted.length > 1 && imports.length === 0) return 'dependency-cruiser saw no import at all.'
  return undefined
}

function describe({ rule, from, to, cycle, comment }) {
  const way = cycle ? [from, ...cycle.map((step) => step.name)] : [from, to]
  const steps = [...new Set(way)].join(' → ')
  return `${rule.name}: ${steps}${comment ? ` (${comment})` : ''}`
}
