import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { listFiles, root } from './project.mjs'
import { whenStale } from './when-stale.mjs'

const tracker = 'packages/tracker'
const dist = path.join(root, tracker, 'dist')

/** Bundles the tracker when its sources, its build or the locked packages have changed. */
export async function ensureTrackerBuilt() {
  const own = ['package.json', 'build.mjs'].map((file) => `${tracker}/${file}`)
  await whenStale({
    name: 'build-tracker',
    files: () => ['package-lock.json', ...own, ...listFiles(`${tracker}/src`)],
    dist,
    make,
  })
}

async function make() {
  // Not before the packages are there: the bundler is one of them.
  const { bundleTracker } = await import('../../packages/tracker/build.mjs')
  const { code, version } = await bundleTracker()
  mkdirSync(dist, { recursive: true })
  writeFileSync(path.join(dist, 'affitor-tracker.js'), code)
  writeFileSync(path.join(dist, 'version'), `${version}\n`)
}
