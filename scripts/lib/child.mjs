import { spawn } from 'node:child_process'
import { isInterrupted, onInterrupt } from './interrupt.mjs'
import { root } from './project.mjs'

const outputCharsMax = 50_000_000

/**
 * Runs a program to its end in a process group of its own, and ends the whole group when this
 * process is told to stop or `timeoutMs` passes: npm and tsc start children that would otherwise
 * live on. What has not ended `graceMs` after that is killed.
 *
 * With `output: 'inherit'` the program writes to this process' streams, else what it wrote is in
 * the result: `{ code, output, stdout, message }`. `code` is never 0 after a signal or a timeout,
 * `message` is the last one the program sent over IPC, for which `ipc` must be set.
 */
export function runChild(command, args, options = {}) {
  const { cwd = root, env = process.env, timeoutMs, graceMs = 1_000 } = options
  const { output = 'capture', ipc = false } = options
  const stream = output === 'inherit' ? 'inherit' : 'pipe'
  const child = spawn(command, args, {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', stream, stream, ...(ipc ? ['ipc'] : [])],
  })
  return waitFor(child, timeoutMs, graceMs)
}

/** Sends a signal to a process group; one that has already gone is no error. */
export function signalGroup(child, signal) {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

function waitFor(child, timeoutMs, graceMs) {
  return new Promise((resolve, reject) => {
    let text = ''
    let stdout = ''
    let message
    let timedOut = false
    const closed = new Promise((done) => child.once('close', done))
    const release = onInterrupt(() => stopGroup(child, closed, graceMs))
    const timer = timeoutMs === undefined ? undefined : setTimeout(expire, timeoutMs)

    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk) => {
        text = (text + chunk).slice(-outputCharsMax)
        if (stream === child.stdout) stdout = (stdout + chunk).slice(-outputCharsMax)
      })
    }
    child.on('message', (value) => {
      message = value
    })
    child.once('error', (error) => {
      settle()
      reject(error)
    })
    child.once('close', (code) => {
      // Whatever it has left behind in its group ends with it.
      signalGroup(child, 'SIGKILL')
      settle()
      // The process is ending: an answer now would only make the caller report a failure.
      if (isInterrupted()) return
      const note = timedOut ? `\nIt was stopped after ${timeoutMs / 1000} s.\n` : ''
      resolve({ code: timedOut ? 1 : (code ?? 1), output: text + note, stdout, message })
    })

    function expire() {
      timedOut = true
      void stopGroup(child, closed, graceMs)
    }
    function settle() {
      clearTimeout(timer)
      release()
    }
  })
}

async function stopGroup(child, closed, graceMs) {
  signalGroup(child, 'SIGTERM')
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs)
  await closed
  clearTimeout(timer)
}
