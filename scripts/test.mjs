import { statSync } from 'node:fs'
import path from 'node:path'
import { ensureBuilt } from './lib/build.mjs'
import { runChild } from './lib/child.mjs'
import { ensureChromium } from './lib/chromium.mjs'
import { Fault, runScript } from './lib/fault.mjs'
import { ensureInstalled } from './lib/install.mjs'
import { listFiles, root } from './lib/project.mjs'
import {
  embeddedInstallation,
  startTestPostgres,
  systemInstallations,
} from './lib/test-postgres.mjs'

const isTest = (file) => /\.test\.(ts|tsx|mjs)$/.test(file)
const needsBrowser = (file) => file.startsWith('e2e/') || file.includes('.browser.test.')
/** What is run once more against each PostgreSQL of the machine. */
const needsDatabase = (file) => /^packages\/server\/test\/(http|races|db|import)\//.test(file)
/** A developer's own settings must not decide how a test ends. */
const foreignSettings =
  /^(DATABASE_URL|HOST|PORT|PUBLIC_URL|SMTP_URL|LOG_LEVEL|TRUST_PROXY|NODE_TEST_CONTEXT|AFFITOR_(?!TEST_(RUNS|SEED)$).*)$/

/** Servers that tests have started are to stop their databases when a run is cut short. */
const stopTimeoutMs = 10_000

const totals = { passed: 0, failed: 0 }

await runScript(async () => {
  await ensureInstalled()
  await ensureBuilt()
  const files = selectFiles(process.argv.slice(2))
  const chromium = files.some(needsBrowser) ? await ensureChromium() : undefined
  await runAgainst(embeddedInstallation(), 'embedded', files, chromium)

  const systems = systemInstallations()
  if (systems.length === 0) console.log('No PostgreSQL on this machine: only the embedded one ran.')
  const again = files.filter(needsDatabase)
  for (const system of again.length > 0 ? systems : []) {
    await runAgainst(system, system.bin, again, chromium)
  }
  const ran = totals.passed + totals.failed > 0
  process.exitCode = ran && totals.failed === 0 ? 0 : 1
  console.log(`${totals.passed} passed, ${totals.failed} failed`)
})

/** The files below the given paths, or every test of the checkout. */
function selectFiles(paths) {
  if (paths.length === 0) {
    return ['packages', 'e2e', 'scripts', 'bench'].flatMap((part) => listFiles(part, isTest))
  }
  const selected = paths.flatMap((given) => {
    const absolute = path.resolve(process.env.INIT_CWD ?? process.cwd(), given)
    const relative = path.relative(root, absolute).split(path.sep).join('/')
    const stat = statSync(absolute, { throwIfNoEntry: false })
    if (!stat) throw new Fault(`There is no ${given}.`)
    return stat.isDirectory() ? listFiles(relative, isTest) : [relative]
  })
  return [...new Set(selected)]
}

async function runAgainst(installation, label, files, chromium) {
  if (files.length === 0) return
  const postgres = await startTestPostgres(installation)
  try {
    console.log(`PostgreSQL ${postgres.version} (${label}), ${files.length} files`)
    const args = ['--import', 'tsx', path.join(root, 'scripts/lib/run-tests.mjs'), ...files]
    const { code, message } = await runChild(process.execPath, args, {
      env: testEnvironment(postgres, chromium),
      graceMs: stopTimeoutMs,
      output: 'inherit',
      ipc: true,
    })
    totals.passed += message?.passed ?? 0
    totals.failed += message?.failed ?? 0
    // A runner that died has not told of a failure that is one.
    if (code !== 0 || message === undefined) totals.failed += 1
  } finally {
    await postgres.stop()
  }
}

function testEnvironment(postgres, chromium) {
  const own = Object.entries(process.env).filter(([name]) => !foreignSettings.test(name))
  return {
    ...Object.fromEntries(own),
    AFFITOR_TEST_DATABASE_URL: postgres.url,
    AFFITOR_TEST_POSTGRES_VERSION: postgres.version,
    ...(chromium ? { CHROMIUM_PATH: chromium } : {}),
  }
}
