import path from 'node:path'
import { ensureTrackerBuilt } from './lib/build-tracker.mjs'
import { runScript } from './lib/fault.mjs'
import { ensureInstalled } from './lib/install.mjs'
import { root } from './lib/project.mjs'

await runScript(async () => {
  await ensureInstalled()
  await ensureTrackerBuilt()
})
const server = path.join(root, 'packages/server/src/main.ts')
process.argv.splice(2, 0, 'watch', '--clear-screen=false', server)
// The watcher runs in this process, so that it gets the signals and the terminal itself.
await import('tsx/cli')
