import { readdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout's root directory, wherever the caller stands. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '')

const skippedDirectories = new Set(['node_modules', 'dist', 'data', '.git', '.cache'])

/**
 * Every file below a directory of the checkout, as sorted paths relative to the root with forward
 * slashes. A missing directory has no files. Installed packages, data and, unless it is asked for by
 * name, build output are left out.
 */
export function listFiles(directory, accepts = () => true, base = root) {
  const found = []
  const pending = [directory]
  while (pending.length > 0) {
    const current = pending.pop()
    for (const entry of entriesOf(path.join(base, current))) {
      const relative = path.posix.join(current, entry.name)
      if (entry.isDirectory()) {
        if (!skippedDirectories.has(entry.name)) pending.push(relative)
      } else if (accepts(relative)) found.push(relative)
    }
  }
  return found.sort()
}

function entriesOf(directory) {
  try {
    return readdirSync(directory, { withFileTypes: true })
  } catch (error) {
    if (error.code === 'ENOENT') return []
    throw error
  }
}
