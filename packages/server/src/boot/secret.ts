import { createHmac, timingSafeEqual } from 'node:crypto'
import { chown, link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { absoluteDataDir, type Config } from '../config.ts'
import type { Database } from '../db/database.ts'
import { StartError } from '../shared/errors.ts'
import type { Randomness } from '../shared/random.ts'

/**
 * The installation's secret: AFFITOR_SECRET, or 256 bits kept in the data directory, made at the
 * first start. Emails and addresses are hashed under it, so a secret other than the one the database
 * was begun with is refused: customers would quietly fall apart. Throws StartError.
 */
export async function openSecret(
  config: Config,
  database: Database,
  randomness: Randomness,
  nowMs: number,
): Promise<Buffer> {
  const file = join(absoluteDataDir(config), 'secret')
  const known =
    config.secret === null ? await readSecret(file, config.dataDir) : Buffer.from(config.secret)
  // A lost file is not made anew: it would look like the right one to whoever repairs this.
  if (known === null && (await database.query(selectCheck)).length > 0) throw wrongSecret()
  const secret = known ?? (await makeSecret(file, config, randomness))
  const check = createHmac('sha256', secret).update('affitor installation').digest()
  await database.query(insertCheck, [check, new Date(nowMs)])
  const [row] = await database.query<{ secret_check: Buffer }>(selectCheck)
  if (row !== undefined && timingSafeEqual(row.secret_check, check)) return secret
  throw wrongSecret()
}

function wrongSecret(): StartError {
  return new StartError(
    'The secret is not the one this database was begun with: set AFFITOR_SECRET, or bring back the file `secret` of the first data directory',
  )
}

const insertCheck = {
  name: 'installation_insert',
  text: 'insert into installation (secret_check, created_at) values ($1, $2) on conflict do nothing',
}
const selectCheck = { name: 'installation_select', text: 'select secret_check from installation' }

async function readSecret(file: string, shownDir: string): Promise<Buffer | null> {
  try {
    const text = (await readFile(file, 'utf8')).trim()
    if (/^[0-9a-f]{64}$/.test(text)) return Buffer.from(text)
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null
    throw new StartError(`The file secret in ${shownDir} cannot be read (${codeOf(error)})`)
  }
  throw new StartError(`The file secret in ${shownDir} is damaged: bring it back from a backup`)
}

/** Written beside and linked into place, so that of two processes one wins and neither sees half a file. */
async function makeSecret(file: string, config: Config, randomness: Randomness): Promise<Buffer> {
  const text = randomness.bytes(32).toString('hex')
  const dir = absoluteDataDir(config)
  const draft = `${file}.${process.pid}.new`
  try {
    // Not recursive: on a directory such as /proc, Node's recursive mkdir never returns.
    await mkdir(dir, { mode: 0o700 }).catch((error) => {
      if (!isCode(error, 'EEXIST')) throw error
    })
    await writeFile(draft, `${text}\n`, { mode: 0o600, flush: true })
    const { uid, gid } = await stat(dir)
    // As root, the file belongs to whom the directory belongs: a later start may run as that user.
    if (process.geteuid?.() === 0) await chown(draft, uid, gid)
    await link(draft, file)
    return Buffer.from(text)
  } catch (error) {
    if (!isCode(error, 'EEXIST')) {
      throw new StartError(
        `The data directory ${config.dataDir} cannot be written (${codeOf(error)})`,
      )
    }
    const winner = await readSecret(file, config.dataDir)
    if (winner === null) throw error
    return winner
  } finally {
    await rm(draft, { force: true })
  }
}

function isCode(error: unknown, code: string): boolean {
  return codeOf(error) === code
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
