import { ensureBuilt } from './lib/build.mjs'
import { runChild } from './lib/child.mjs'
import { ensureChromium } from './lib/chromium.mjs'
import { runScript } from './lib/fault.mjs'
import { ensureInstalled } from './lib/install.mjs'

/** The benchmarks' servers are to stop their databases when a run is cut short. */
const stopTimeoutMs = 10_000

await runScript(async () => {
  await ensureInstalled()
  await ensureBuilt()
  const args = ['--import', 'tsx', 'bench/run.ts', ...process.argv.slice(2)]
  // Without a browser the rest is measured all the same.
  const chromium = await ensureChromium().catch(() => undefined)
  const { code } = await runChild(process.execPath, args, {
    env: { ...process.env, ...(chromium ? { CHROMIUM_PATH: chromium } : {}) },
    graceMs: stopTimeoutMs,
    output: 'inherit',
  })
  process.exitCode = code
})
