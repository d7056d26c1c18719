import { ensureBuilt } from './lib/build.mjs'
import { runScript } from './lib/fault.mjs'
import { ensureInstalled } from './lib/install.mjs'

// Nothing here may write to stdout: with --json it carries the command's answer and nothing else.
await runScript(async () => {
  await ensureInstalled()
  await ensureBuilt()
})
await import('../packages/server/dist/admin.js')
