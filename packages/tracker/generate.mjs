import { writeFileSync } from 'node:fs'
import { bundleTracker } from './build.mjs'

/**
 * Writes the script's version and its hash, as `integrity` takes it, to the file named on the command
 * line. It is committed: a page that names the hash refuses another script, so a change must be seen.
 */
const file = process.argv[2]
if (file === undefined) throw new Error('Usage: generate <file>')
const { version, integrity } = await bundleTracker()
writeFileSync(file, `${JSON.stringify({ version, integrity }, null, 2)}\n`)
