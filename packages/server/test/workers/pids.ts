import { readdirSync, readFileSync } from 'node:fs'

/** The living workers of a server: its children that run the server's own module. */
export function workersOf(serverPid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isWorkerOf(pid, serverPid))
}

export function isAlive(pid: number): boolean {
  return parentOf(pid) !== null
}

function isWorkerOf(pid: number, serverPid: number): boolean {
  if (parentOf(pid) !== serverPid) return false
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('main.js')
  } catch {
    return false
  }
}

/** Null when there is no such process, or only what is left of it until somebody asks how it ended. */
function parentOf(pid: number): number | null {
  try {
    // The name in parentheses may hold anything, so the fields are counted from its end.
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return state === 'Z' ? null : Number(parent)
  } catch {
    return null
  }
}
