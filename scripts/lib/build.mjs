import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { runChild } from './child.mjs'
import { Fault } from './fault.mjs'
import { withLock } from './lock.mjs'
import { listFiles, root } from './project.mjs'

const server = 'packages/server'
const configs = ['tsconfig.base.json', `${server}/tsconfig.json`, `${server}/tsconfig.build.json`]
const dist = path.join(root, server, 'dist')
const stampFile = path.join(dist, '.built-from')
const compileTimeoutMs = 5 * 60_000

/**
 * Compiles the server when its sources, the compiler's settings or the locked packages have changed
 * since the last time. Throws a Fault when they do not compile.
 */
export async function ensureBuilt() {
  if (isCurrent(wantedStamp())) return
  await withLock('build', async () => {
    const stamp = wantedStamp()
    if (isCurrent(stamp)) return
    await build()
    writeFileSync(stampFile, stamp)
  })
}

function isCurrent(stamp) {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp
}

function wantedStamp() {
  const hash = createHash('sha256')
  for (const file of [...configs, 'package-lock.json', ...sources()]) {
    const content = readFileSync(path.join(root, file))
    hash.update(`${file} ${content.length}\n`).update(content)
  }
  return `${hash.digest('hex')}\n`
}

function sources() {
  return listFiles(`${server}/src`, (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
}

async function build() {
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
