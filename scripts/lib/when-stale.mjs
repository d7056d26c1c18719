import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { withLock } from './lock.mjs'
import { root } from './project.mjs'

/**
 * Runs `make` when one of the files has changed since the last time, as the stamp in `dist` remembers
 * it. Of several callers at once, one makes it and the others wait. `make` may throw a Fault.
 */
export async function whenStale({ name, files, dist, make }) {
  const stampFile = path.join(dist, '.built-from')
  if (isCurrent(stampFile, stampOf(files()))) return
  await withLock(name, async () => {
    const stamp = stampOf(files())
    if (isCurrent(stampFile, stamp)) return
    await make(stampFile)
    writeFileSync(stampFile, stamp)
  })
}

function isCurrent(stampFile, stamp) {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp
}

function stampOf(files) {
  const hash = createHash('sha256')
  for (const file of files) {
    const content = readFileSync(path.join(root, file))
    hash.update(`${file} ${content.length}\n`).update(content)
  }
  return `${hash.digest('hex')}\n`
}
