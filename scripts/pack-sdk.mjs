import path from 'node:path'
import { ensureSdkBuilt } from './lib/build-sdk.mjs'
import { runChild } from './lib/child.mjs'
import { Fault, runScript } from './lib/fault.mjs'
import { ensureInstalled } from './lib/install.mjs'
import { root } from './lib/project.mjs'

/** Makes the sdk's package file in the checkout's root, as it would be published. */
const packTimeoutMs = 60_000

await runScript(async () => {
  await ensureInstalled()
  await ensureSdkBuilt()
  const args = ['pack', '--json', '--workspace', '@affitor/sdk']
  const { code, output } = await runChild('npm', args, { timeoutMs: packTimeoutMs })
  if (code !== 0) throw new Fault(`npm could not pack the sdk: ${output.trim()}`)
  const [{ filename }] = JSON.parse(output.slice(output.indexOf('[')))
  console.log(path.join(root, filename))
})
