import { readFileSync } from 'node:fs'
import path from 'node:path'
import { listFiles, root } from './project.mjs'

const limits = { source: 300, test: 500 }
const places = ['packages', 'scripts', 'bench', 'e2e']
/** Nobody reads them from top to bottom. */
const generated = new Set(['packages/sdk/src/api-types.ts'])

/** Finds files too long to be read in one go. Resolves to `{ ok, output }`. */
export async function checkSizes() {
  const long = places
    .flatMap((place) => listFiles(place, (file) => /\.(ts|tsx|mts|js|mjs|cjs)$/.test(file)))
    .filter((file) => !generated.has(file))
    .map((file) => ({ file, lines: countLines(file), limit: limitOf(file) }))
    .filter(({ lines, limit }) => lines > limit)
  const output = long.map(({ file, lines, limit }) => `${file}: ${lines} lines, at most ${limit}`)
  return { ok: long.length === 0, output: output.join('\n') }
}

function limitOf(file) {
  return /\.test\.|(^|\/)test\/|^e2e\//.test(file) ? limits.test : limits.source
}

function countLines(file) {
  return readFileSync(path.join(root, file), 'utf8').replace(/\n$/, '').split('\n').length
}
