import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { runChild } from './child.mjs'
import { Fault } from './fault.mjs'
import { listFiles, root } from './project.mjs'
import { whenStale } from './when-stale.mjs'

const sdk = 'packages/sdk'
const dist = path.join(root, sdk, 'dist')
const compileTimeoutMs = 5 * 60_000

/** Compiles the sdk, as modules and for `require`, when its sources or the locked packages have changed. */
export async function ensureSdkBuilt() {
  const own = ['package.json', 'tsconfig.json', 'tsconfig.esm.json', 'tsconfig.cjs.json']
  await whenStale({
    name: 'build-sdk',
    files: () => [
      ...['package-lock.json', 'tsconfig.base.json'],
      ...own.map((file) => `${sdk}/${file}`),
      ...listFiles(`${sdk}/src`),
    ],
    dist,
    make,
  })
}

async function make() {
  rmSync(dist, { recursive: true, force: true })
  for (const [format, type] of [
    ['esm', 'module'],
    ['cjs', 'commonjs'],
  ]) {
    const compiler = path.join(root, 'node_modules/typescript/bin/tsc')
    const project = path.join(root, sdk, `tsconfig.${format}.json`)
    const { code, output } = await runChild(process.execPath, [compiler, '-p', project], {
      timeoutMs: compileTimeoutMs,
    })
    if (code !== 0) {
      process.stderr.write(output)
      throw new Fault('Could not build the sdk; the compiler says why above.')
    }
    // The same names in both folders: this says which kind of module they are.
    mkdirSync(path.join(dist, format), { recursive: true })
    writeFileSync(path.join(dist, format, 'package.json'), `${JSON.stringify({ type })}\n`)
  }
}
