import { ensureBuilt } from './lib/build.mjs'
import { runScript } from './lib/fault.mjs'
import { ensureInstalled } from './lib/install.mjs'

await runScript(async () => {
  await ensureInstalled()
  await ensureBuilt()
})
// In this process, not in a child: the signals of whoever started npm reach the server itself.
await import('../packages/server/dist/main.js')
