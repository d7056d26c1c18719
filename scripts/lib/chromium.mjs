import { accessSync, constants, existsSync } from 'node:fs'
import path from 'node:path'
import { runChild } from './child.mjs'
import { Fault } from './fault.mjs'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const installTimeoutMs = 15 * 60_000

/**
 * The path of a Chromium for the browser tests. Where there is none, root on Debian installs
 * Debian's; anybody else gets a Fault that says what to do.
 */
export async function ensureChromium() {
  const { CHROMIUM_PATH } = process.env
  if (CHROMIUM_PATH) {
    if (isExecutable(CHROMIUM_PATH)) return CHROMIUM_PATH
    throw new Fault(`CHROMIUM_PATH names ${CHROMIUM_PATH}, which cannot be run.`)
  }
  const found = findOnPath()
  if (found) return found
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Fault('The browser tests need Chromium: install it, or set CHROMIUM_PATH.')
  }
  process.stderr.write('Installing Chromium for the browser tests (apt-get)…\n')
  await aptGet(['update'])
  await aptGet(['install', '-y', '--no-install-recommends', 'chromium', 'fonts-liberation'])
  const installed = findOnPath()
  if (!installed) throw new Fault('apt-get installed Chromium, but it is not on the PATH.')
  return installed
}

function findOnPath() {
  const directories = (process.env.PATH ?? '').split(path.delimiter)
  const candidates = names.flatMap((name) => directories.map((dir) => path.join(dir, name)))
  return candidates.find(isExecutable)
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

async function aptGet(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const { code, output } = await runChild('apt-get', ['-qq', ...args], {
    env,
    timeoutMs: installTimeoutMs,
  })
  if (code === 0) return
  const reason = output.split('\n').find((line) => line.startsWith('E:')) ?? output.trim()
  throw new Fault(`Could not install Chromium for the browser tests: ${reason}`)
}
