import { existsSync, mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { ensureTrackerBuilt } from './build-tracker.mjs'
import { runChild } from './child.mjs'
import { Fault } from './fault.mjs'
import { listFiles, root } from './project.mjs'
import { whenStale } from './when-stale.mjs'

const server = 'packages/server'
const configs = ['tsconfig.base.json', `${server}/tsconfig.json`, `${server}/tsconfig.build.json`]
const dist = path.join(root, server, 'dist')
const compileTimeoutMs = 5 * 60_000

/**
 * Builds what is served: compiles the server when its sources, the compiler's settings or the locked
 * packages have changed since the last time, and bundles the tracker likewise. Throws a Fault when they
 * do not compile.
 */
export async function ensureBuilt() {
  await ensureTrackerBuilt()
  const files = () => [...configs, 'package-lock.json', ...sources()]
  await whenStale({ name: 'build', files, dist, make: build })
}

function sources() {
  return listFiles(`${server}/src`, (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
}

async function build(stampFile) {
  process.stderr.write('Building the server…\n')
  // Without a stamp the last build was cut short or tampered with, and what the compiler remembers
  // of it cannot be trusted. With one, that memory makes this build quick.
  if (existsSync(stampFile)) rmSync(stampFile)
  else rmSync(dist, { recursive: true, force: true })
  mkdirSync(dist, { recursive: true })
  const compiler = path.join(root, 'node_modules/typescript/bin/tsc')
  const project = path.join(root, server, 'tsconfig.build.json')
  const { code, output } = await runChild(process.execPath, [compiler, '-p', project], {
    timeoutMs: compileTimeoutMs,
  })
  if (code !== 0) {
    process.stderr.write(output)
    throw new Fault('Could not build the server; the compiler says why above.')
  }
  removeOrphans()
}

/** The compiler leaves what it made of a source that is gone, and it could still be imported. */
function removeOrphans() {
  const made = new Set(
    sources().flatMap((file) => {
      const stem = path.posix.relative(`${server}/src`, file).replace(/\.ts$/, '')
      return [`${stem}.js`, `${stem}.js.map`]
    }),
  )
  for (const file of listFiles(`${server}/dist`, (name) => /\.js(\.map)?$/.test(name))) {
    const relative = path.posix.relative(`${server}/dist`, file)
    if (!made.has(relative)) rmSync(path.join(root, file))
  }
}
