import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The pid of the PostgreSQL that works on the data directory now; null when none does. The pid in
 * the file alone could by now belong to a stranger, whom a test must not kill.
 */
export function livingPostmaster(dataDir: string): number | null {
  const cluster = join(dataDir, 'postgres')
  try {
    const pid = Number.parseInt(readFileSync(join(cluster, 'postmaster.pid'), 'utf8'), 10)
    const [works, wanted] = [statSync(`/proc/${pid}/cwd`), statSync(cluster)]
    return works.dev === wanted.dev && works.ino === wanted.ino ? pid : null
  } catch {
    return null
  }
}
