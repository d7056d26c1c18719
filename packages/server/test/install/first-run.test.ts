import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'

/**
 * What the README promises, done as a new user would: a fresh checkout in an empty directory,
 * `npm start`, the printed commands pasted one after the other, `npm run admin`, SIGTERM.
 */
const root = fileURLToPath(new URL('../../../../', import.meta.url))
const startTimeoutMs = 240_000
const stopTimeoutMs = 10_000

interface User {
  name: string
  uid?: number
  gid?: number
}

const isRoot = process.getuid?.() === 0
/** As root, also an ordinary user: the one that every system has. */
const users: User[] = isRoot
  ? [{ name: 'root' }, { name: 'an ordinary user', uid: 65_534, gid: 65_534 }]
  : [{ name: 'an ordinary user' }]

for (const user of users) {
  test(`as ${user.name}: npm start alone, five pasted commands, a ledger that sums to zero`, async (t) => {
    const { checkout, env } = freshCheckout(t, user)
    const server = start(t, checkout, env, user)
    const printed = await server.ready

    const commands = printed.split('\n').filter((line) => line.startsWith('curl '))
    assert.equal(commands.length, 5)
    assert.deepEqual(commands, readmeForm(commands), 'the README shows these commands')
    const answers = commands.map((command) => JSON.parse(paste(command, checkout, env)))
    const [click, lead, sale, refund, ledger] = answers
    assert.equal(click.success, true)
    assert.deepEqual(lead, { success: true, message: 'Lead tracked successfully' })
    assert.equal(sale.commission_cents, 1470)
    assert.equal(refund.deduction_amount_cents, 300)
    assert.deepEqual(ledger.data.sum_cents, { USD: 0 })
    assert.equal(balance(ledger, 'pending'), 1170)

    const verified = admin(['verify', '--json'], checkout, env, user)
    assert.equal(JSON.parse(verified).ok, true, 'admin works beside the running server')

    assert.equal(await server.stop(), 0, 'npm start ends with 0 within ten seconds of SIGTERM')
    const again = start(t, checkout, env, user)
    assert.ok(!(await again.ready).includes('aff_'), 'keys are shown once')
    assert.equal(await again.stop(), 0)
  })
}

/** The files that git would give, in an empty directory of the user's own. */
function freshCheckout(t: TestContext, user: User) {
  const home = mkdtempSync(join(tmpdir(), 'affitor first run '))
  t.after(() => rmSync(home, { recursive: true, force: true }))
  const checkout = join(home, 'checkout')
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const files = execFileSync('git', ['-C', root, ...list], { encoding: 'utf8' })
  for (const file of files.split('\0').filter(Boolean)) {
    const target = join(checkout, file)
    mkdirSync(dirname(target), { recursive: true })
    cpSync(join(root, file), target)
  }
  if (user.uid !== undefined) {
    execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, home])
    chownSync(home, user.uid, user.gid ?? user.uid)
  }
  chmodSync(home, 0o700)
  const { PATH = '', npm_config_cafile, npm_config_registry } = process.env
  const kept = { npm_config_cafile, npm_config_registry }
  const env = { PATH, HOME: home, TMPDIR: home, PORT: '0', ...withoutUndefined(kept) }
  return { checkout, env }
}

function start(t: TestContext, cwd: string, env: Record<string, string>, user: User) {
  const child = spawn('npm', ['start'], { cwd, env, ...ids(user), stdio: 'pipe' })
  t.after(() => child.kill('SIGKILL'))
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
  return {
    ready: firstOutput(child, ended),
    async stop() {
      child.kill('SIGTERM')
      const late = new Promise<string>((resolve) =>
        setTimeout(resolve, stopTimeoutMs, 'still running').unref(),
      )
      return Promise.race([ended, late])
    },
  }
}

/** Everything that was printed up to the line that says that the server listens. */
function firstOutput(child: ChildProcess, ended: Promise<number | null>): Promise<string> {
  let output = ''
  let errors = ''
  child.stderr?.on('data', (chunk) => {
    errors += chunk
  })
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${why}\n${output}\n${errors}`))
    setTimeout(fail, startTimeoutMs, 'npm start did not come up').unref()
    ended.then((code) => fail(`npm start ended with ${code}`))
    child.stdout?.on('data', (chunk) => {
      output += chunk
      if (/^Affitor listening on http/m.test(output)) resolve(output)
    })
  })
}

/** In a shell of its own, as if typed: whoever follows the README has no more than that. */
function paste(command: string, cwd: string, env: Record<string, string>): string {
  return execFileSync('bash', ['-c', command], { cwd, env, encoding: 'utf8' })
}

function admin(args: string[], cwd: string, env: Record<string, string>, user: User): string {
  const all = ['run', '--silent', 'admin', '--', ...args]
  return execFileSync('npm', all, { cwd, env, ...ids(user), encoding: 'utf8' })
}

/** The commands of the README, with the key, code and port of this run. */
function readmeForm(commands: string[]): string[] {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const shown = readme
    .split('\n')
    .filter((line) => line.startsWith('curl -sS http://127.0.0.1:4400'))
  const key = /aff_[A-Za-z0-9_-]{43}/.exec(commands.join())?.[0] ?? ''
  const code = /aff=([A-Za-z0-9_-]+)/.exec(commands.join())?.[1] ?? ''
  const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(commands.join())?.[0] ?? ''
  return shown.map((line) =>
    line
      .replaceAll('http://127.0.0.1:4400', origin)
      .replace(/aff_[A-Za-z0-9_…-]+/g, key)
      .replace(/aff=[A-Za-z0-9_…-]+/g, `aff=${code}`),
  )
}

// biome-ignore lint/suspicious/noExplicitAny: an answer that the test looks into
function balance(ledger: any, account: string): number {
  return ledger.data.accounts.find((one: { account: string }) => one.account === account)
    .balance_cents
}

function ids(user: User) {
  return user.uid === undefined ? {} : { uid: user.uid, gid: user.gid ?? user.uid }
}

function withoutUndefined(values: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}
