import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { ensureBuilt } from './lib/build.mjs'
import { ensureSdkBuilt } from './lib/build-sdk.mjs'
import { runChild } from './lib/child.mjs'
import { Fault, runScript } from './lib/fault.mjs'
import { ensureInstalled } from './lib/install.mjs'
import { root } from './lib/project.mjs'

/**
 * A small shop beside a server of its own, with a fresh program and a partner: click, sign up, pay, and see
 * what the partner earned. `PORT` is the server's, the shop is on the one after it.
 */

const startTimeoutMs = 120_000
const provisionTimeoutMs = 60_000
const port = Number(process.env.PORT || 4410)
const env = {
  ...process.env,
  PORT: String(port),
  HOST: '127.0.0.1',
  LOG_LEVEL: process.env.LOG_LEVEL || 'warn',
  AFFITOR_DATA_DIR: process.env.AFFITOR_DATA_DIR || path.join(root, 'data/demo'),
}

await runScript(async () => {
  if (!(port > 0 && port < 65_535)) throw new Fault('PORT must be from 1 to 65534.')
  await ensureInstalled()
  await ensureBuilt()
  await ensureSdkBuilt()
  const { url, server } = await startServer()
  try {
    const program = await provision()
    await openShop(url, program)
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), once(server, 'exit')])
  } finally {
    server.kill('SIGTERM')
    if (server.exitCode === null) await once(server, 'exit')
  }
  process.exit()
})

async function startServer() {
  const main = path.join(root, 'packages/server/dist/main.js')
  const server = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const timer = setTimeout(() => server.kill('SIGKILL'), startTimeoutMs)
  try {
    for await (const line of createInterface({ input: server.stdout })) {
      const url = /^Affitor listening on (\S+)$/.exec(line)?.[1]
      if (url === undefined) continue
      server.stdout.resume()
      return { url, server }
    }
  } finally {
    clearTimeout(timer)
  }
  throw new Fault('The server did not start; it says why above.')
}

async function provision() {
  const admin = path.join(root, 'packages/server/dist/admin.js')
  const options = ['--name', 'Paper & Ink', '--domain', `localhost:${port + 1}`]
  const { code, output } = await runChild(
    process.execPath,
    [admin, 'provision', ...options, '--commission', 'percent:30', '--partner', 'Ada', '--json'],
    { env, timeoutMs: provisionTimeoutMs },
  )
  if (code !== 0) throw new Fault(`The program could not be made: ${output.trim()}`)
  return JSON.parse(output)
}

async function openShop(url, { program_id: programId, api_key: apiKey, partner_code: code }) {
  const { createShop } = await import('../e2e/shop.mjs')
  const shop = createShop({ affitorUrl: url, apiKey, programId, debug: true })
  const listening = shop.listen(port + 1, '127.0.0.1')
  await once(listening, 'listening')
  console.log(
    [
      '',
      "A partner's link into the shop. Open it, sign up, and pay:",
      '',
      `  http://localhost:${port + 1}/?aff=${code}`,
      '',
      'What the program knows of it:',
      '',
      `  curl -sS ${url}/api/v1/programs/me/performance -H 'Authorization: Bearer ${apiKey}'`,
      `  curl -sS ${url}/api/v1/programs/me/ledger -H 'Authorization: Bearer ${apiKey}'`,
      '',
      `The server's pages: ${url}/docs. Ctrl+C ends both.`,
    ].join('\n'),
  )
}
