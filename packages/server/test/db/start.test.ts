import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { runAdmin, startServer, temporaryDirectory } from '../harness/server-command.ts'
import { createEmptyDatabase } from '../harness/test-database.ts'

const secret = 'a secret of at least thirty-two characters'

async function external(t: TestContext) {
  const { url, drop } = await createEmptyDatabase()
  t.after(drop)
  const dataDir = temporaryDirectory(t)
  return { DATABASE_URL: url, AFFITOR_DATA_DIR: dataDir, AFFITOR_SECRET: secret }
}

test('two servers that start at once on an empty database migrate it once and print one key', async (t) => {
  const env = await external(t)
  const servers = [startServer(t, env), startServer(t, env), startServer(t, env)]
  const ready = await Promise.all(servers.map((server) => server.ready))
  const printed = ready.map((one) => one.printed).join('')
  assert.equal(printed.match(/^ {2}API key /gm)?.length, 1)
  const states = await Promise.all(
    ready.map(async ({ url }) => (await fetch(`${url}/readyz`)).status),
  )
  assert.deepEqual(states, [200, 200, 200])
  for (const server of servers) server.signal('SIGTERM')
  const codes = (await Promise.all(servers.map((server) => server.ended))).map((one) => one.code)
  assert.deepEqual(codes, [0, 0, 0])
})

test('admin makes a program beside a running server, whose key works at once', async (t) => {
  const env = await external(t)
  const { url } = await startServer(t, env).ready
  const args = ['provision', '--name', 'Shop', '--domain', 'shop.example', '--commission']
  const made = await runAdmin(t, [...args, 'percent:12.5', '--links', '2', '--json'], env)
  assert.equal(made.code, 0, made.stderr)
  const program = JSON.parse(made.stdout)
  assert.deepEqual(Object.keys(program), [
    ...['program_id', 'api_key', 'management_key', 'partner_id', 'partner_code', 'link_url'],
    'codes',
  ])
  assert.equal(program.codes.length, 2)
  const read = (key: string) =>
    fetch(`${url}/api/v1/programs/me/ledger`, { headers: { authorization: `Bearer ${key}` } })
  assert.equal((await read(program.api_key)).status, 200)

  const id = String(program.program_id)
  const rotated = await runAdmin(t, ['rotate-key', '--program-id', id, '--json'], env)
  const { api_key: newKey, revoked } = JSON.parse(rotated.stdout)
  assert.equal(revoked, 1)
  assert.equal((await read(program.api_key)).status, 401, 'the former key is dead')
  assert.equal((await read(newKey)).status, 200)

  const more = await runAdmin(
    t,
    ['provision', '--program-id', id, '--partner', 'Bob', '--code', 'BOB', '--json'],
    env,
  )
  assert.equal(JSON.parse(more.stdout).partner_code, 'BOB')
  const taken = await runAdmin(t, ['provision', '--program-id', id, '--code', 'bob'], env)
  assert.equal(taken.code, 1)
  assert.match(taken.stderr, /^--code bob is taken: .*\n$/)
})

test('verify finds a total, a commission and a balance that were tampered with', async (t) => {
  const env = await external(t)
  const server = startServer(t, env)
  const { printed } = await server.ready
  const commands = printed.split('\n').filter((line) => line.startsWith('curl '))
  const { execFileSync } = await import('node:child_process')
  const shell = { env: { PATH: process.env.PATH ?? '', TMPDIR: env.AFFITOR_DATA_DIR } }
  for (const command of commands) execFileSync('bash', ['-c', command], shell)
  const clean = await runAdmin(t, ['verify', '--json'], env)
  assert.equal(clean.code, 0, clean.stdout)

  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: env.DATABASE_URL })
  await client.connect()
  // Each is undone before the next, so that no two of them cancel out.
  const counters: [string, string, string][] = [
    ['affiliate_daily_traffic', 'clicks', 'daily_traffic'],
    ['affiliate_daily_money', 'revenue_cents', 'daily_money'],
    ['affiliate_commissions', 'amount_cents', 'commission_amount'],
    ['affiliate_commissions', 'reversed_cents', 'commission_reversal'],
    ['affiliate_commissions', 'reversed_cents', 'commission_in_ledger'],
    ['affiliate_refunds', 'refunded_cents', 'refunds'],
    ['affiliate_sale_events', 'amount_cents', 'sale_complete'],
    ['affiliate_click_events', 'link_id', 'clicks_have_customers'],
  ]
  for (const [table, column, check] of counters) {
    const before = `update ${table} set ${column} = ${column}`
    await client.query(`${before} + 1`)
    const found = await runAdmin(t, ['verify', '--json'], env)
    await client.query(`${before} - 1`)
    assert.equal(found.code, 1, `${before} + 1 went unseen`)
    const failed = JSON.parse(found.stdout).checks.filter(
      (one: { differences: number }) => one.differences > 0,
    )
    const names = failed.map((one: { name: string }) => one.name)
    assert.ok(names.includes(check), `${before} + 1: ${names.join()}`)
  }
  await client.end()
  const restored = await runAdmin(t, ['verify'], env)
  assert.equal(restored.code, 0, restored.stdout)
})

test('a server with another secret than the one its database was begun with does not start', async (t) => {
  const env = await external(t)
  const first = startServer(t, env)
  await first.ready
  const other = await startServer(t, { ...env, AFFITOR_SECRET: `${secret}!` }).ended
  assert.equal(other.code, 1)
  assert.match(other.stderr, /^The secret is not the one this database was begun with: .*\n$/)
  const lost = await startServer(t, { ...env, AFFITOR_SECRET: '' }).ended
  assert.match(lost.stderr, /^The secret is not the one this database was begun with: .*\n$/)
  assert.deepEqual(readdirSync(env.AFFITOR_DATA_DIR), [], 'no other secret is written')
})

test('what an operator can mend is one line on stderr and exit code 1', async (t) => {
  const env = await external(t)
  const busy = createServer().listen(0, '127.0.0.1')
  t.after(() => busy.close())
  await new Promise((resolve) => busy.on('listening', resolve))
  const address = busy.address()
  const port = typeof address === 'object' && address !== null ? String(address.port) : ''
  const { url: postgres } = { url: new URL(env.DATABASE_URL) }
  postgres.password = 'wrong-password'
  const cases: [Record<string, string>, RegExp][] = [
    [{ PORT: '99999' }, /^PORT must be a whole number from 0 to 65535, not "99999"\n$/],
    [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL must be one of /],
    [{ PORT: port }, new RegExp(`^Port ${port} on 127.0.0.1 is already in use: .*\\n$`)],
    [
      { DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:1/x' },
      /^The database of DATABASE_URL cannot be used: connect ECONNREFUSED 127.0.0.1:1\n$/,
    ],
    [{ DATABASE_URL: postgres.href }, /^The database of DATABASE_URL cannot be used: .*\n$/],
    [
      { DATABASE_URL: '', AFFITOR_DATA_DIR: '/proc/x' },
      /^Data directory \/proc\/x cannot be .*\n$/,
    ],
    [
      { ...(await external(t)), AFFITOR_SECRET: '', AFFITOR_DATA_DIR: join('/proc', 'x') },
      /^The data directory \/proc\/x cannot be written .*\n$/,
    ],
  ]
  for (const [wrong, line] of cases) {
    const { code, stdout, stderr } = await startServer(t, { ...env, ...wrong }).ended
    const what = JSON.stringify(wrong)
    assert.match(stderr, line, what)
    assert.equal(stderr.split('\n').length, 2, `${what}: one line, not ${stderr}`)
    assert.ok(!/hunter2|wrong-password/.test(stderr), 'no password is shown')
    assert.deepEqual([code, stdout], [1, ''], what)
  }
})

test('admin tells wrong use in one line, before it opens anything', async (t) => {
  const env = { DATABASE_URL: 'postgres://127.0.0.1:1/nothing' }
  const cases: [string[], RegExp][] = [
    [['nonsense'], /^unknown command 'nonsense'\n$/],
    [['verify', '--all'], /^unknown option '--all'\n$/],
    [['rotate-key'], /^required option '--program-id <id>' not specified\n$/],
    [['rotate-key', '--program-id', 'x'], /^--program-id must be a whole number from 1 to \d+\n$/],
    [['provision', '--name', 'X'], /^--domain is required/],
    [['provision', '--program-id', '1', '--name', 'X'], /^--name describes a new program/],
    [
      ['provision', '--name', 'X', '--domain', 'x.example', '--commission', 'percent:101'],
      /^--commission percent must be from 0 to 100/,
    ],
    [
      [
        'provision',
        '--name',
        'X',
        '--domain',
        'x.example',
        '--commission',
        'fixed:1.5',
        '--currency',
        'JPY',
      ],
      /^--commission fixed must be an amount of JPY with at most 0 decimals\n$/,
    ],
  ]
  for (const [args, line] of cases) {
    const { code, stdout, stderr } = await runAdmin(t, args, env)
    assert.match(stderr, line)
    assert.deepEqual([code, stdout], [1, ''], args.join(' '))
  }
  for (const command of ['migrate', 'provision', 'verify', 'rotate-key']) {
    const help = await runAdmin(t, [command, '--help'], env)
    assert.equal(help.code, 0)
    assert.match(help.stdout, /--json/, `${command} explains itself`)
  }
})
