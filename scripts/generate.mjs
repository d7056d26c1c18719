import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { runChild } from './lib/child.mjs'
import { Fault, runScript } from './lib/fault.mjs'
import { ensureInstalled } from './lib/install.mjs'
import { onInterrupt } from './lib/interrupt.mjs'
import { root } from './lib/project.mjs'

/** Each generator is a program that writes the file named by its first argument. */
const generators = [
  { program: 'packages/server/src/generate.ts', writes: 'docs/openapi.json' },
  { program: 'packages/sdk/generate.mjs', writes: 'packages/sdk/src/api-types.ts' },
  { program: 'packages/tracker/generate.mjs', writes: 'packages/tracker/integrity.json' },
]
const generateTimeoutMs = 2 * 60_000

await runScript(async () => {
  const args = process.argv.slice(2)
  if (args.some((arg) => arg !== '--check')) throw new Fault('Usage: npm run generate [-- --check]')
  await ensureInstalled()
  for (const generator of generators) {
    if (args.includes('--check')) await check(generator)
    else await generate(generator, path.join(root, generator.writes))
  }
})

async function check(generator) {
  const directory = mkdtempSync(path.join(tmpdir(), 'affitor-generate-'))
  const remove = async () => rmSync(directory, { recursive: true, force: true })
  const release = onInterrupt(remove)
  try {
    const fresh = path.join(directory, path.basename(generator.writes))
    await generate(generator, fresh)
    const committed = path.join(root, generator.writes)
    if (!existsSync(committed) || !readFileSync(committed).equals(readFileSync(fresh))) {
      throw new Fault(`${generator.writes} is out of date; run npm run generate and commit it.`)
    }
  } finally {
    release()
    await remove()
  }
}

async function generate({ program, writes }, file) {
  const args = ['--import', 'tsx', path.join(root, program), file]
  const { code, output } = await runChild(process.execPath, args, { timeoutMs: generateTimeoutMs })
  if (code !== 0 || !existsSync(file)) {
    process.stderr.write(output)
    throw new Fault(`${program} failed to write ${writes}.`)
  }
}
