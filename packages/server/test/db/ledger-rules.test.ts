import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestServer, type TestProgram, type TestServer } from '../harness/test-server.ts'

// What is tried here no code of the server does: the database itself must refuse it, from whomever.

const checkViolation = '23514'
const uniqueViolation = '23505'
const foreignKeyViolation = '23503'
const restrictViolation = '23001'

let server: TestServer
let program: TestProgram
before(async () => {
  server = await startTestServer()
  program = await server.provision()
})
after(() => server.close())

test('entries that sum to zero are accepted, over several lines and currencies', async () => {
  await post('four lines', [
    ['expense', 'USD', -900],
    ['pending', 'USD', 900],
    ['expense', 'EUR', -5],
    ['payable', 'EUR', 5],
  ])
  const entries = await server.db.sql(
    `select from ledger_entries e join ledger_transactions t on t.id = e.transaction_id where t.ref = 'four lines'`,
  )
  assert.equal(entries.length, 4)
})

test('entries that do not sum to zero are refused, in total and in each currency', async () => {
  await refuses(checkViolation, () =>
    post('off by one', [
      ['expense', 'USD', -900],
      ['pending', 'USD', 901],
    ]),
  )
  await refuses(checkViolation, () =>
    post('two currencies', [
      ['expense', 'USD', -900],
      ['pending', 'EUR', 900],
    ]),
  )
  await refuses(checkViolation, () => post('one line', [['pending', 'USD', 1]]))
})

test('an entry of nothing, of an unknown account or of a partner outside the program is refused', async () => {
  await refuses(checkViolation, () => post('nothing', [['pending', 'USD', 0]]))
  await refuses(checkViolation, () =>
    post('an account of its own', [
      ['pocket', 'USD', 5],
      ['expense', 'USD', -5],
    ]),
  )
  const other = await server.provision()
  await refuses(foreignKeyViolation, () =>
    post(
      'a stranger',
      [
        ['pending', 'USD', 5],
        ['expense', 'USD', -5],
      ],
      other.partnerId,
    ),
  )
})

test('entries that are added to a transaction later are refused, balanced or not', async () => {
  const id = await post('closed', [
    ['expense', 'USD', -100],
    ['pending', 'USD', 100],
  ])
  const add = (line: number, amounts: [number, number]) =>
    server.db.sql(
      `insert into ledger_entries (program_id, transaction_id, line, account, partner_id, currency, amount_cents)
        values ($1, $2, $3, 'expense', $4, 'USD', $5), ($1, $2, $3 + 1, 'pending', $4, 'USD', $6)`,
      [program.programId, id, line, program.partnerId, ...amounts],
    )
  await refuses(checkViolation, () => add(3, [-50, 50]))
  await refuses(checkViolation, () => add(3, [-50, 51]))
  const entries = await server.db.sql('select from ledger_entries where transaction_id = $1', [id])
  assert.equal(entries.length, 2)
})

test('entries that are added later within the same database transaction are refused too', async () => {
  const { programId, partnerId } = program
  await refuses(checkViolation, () =>
    inOneTransaction([
      `insert into ledger_transactions (program_id, id, created_at, kind, ref)
        values (${programId}, 900001, now(), 'commission_earned', 'in two steps')`,
      `insert into ledger_entries (program_id, transaction_id, line, account, partner_id, currency, amount_cents)
        values (${programId}, 900001, 1, 'expense', ${partnerId}, 'USD', -7),
          (${programId}, 900001, 2, 'pending', ${partnerId}, 'USD', 7)`,
      `insert into ledger_entries (program_id, transaction_id, line, account, partner_id, currency, amount_cents)
        values (${programId}, 900001, 3, 'expense', ${partnerId}, 'USD', -7),
          (${programId}, 900001, 4, 'pending', ${partnerId}, 'USD', 7)`,
    ]),
  )
})

test('a transaction without entries is refused when it is committed', async () => {
  const insert = `insert into ledger_transactions (program_id, created_at, kind, ref)
    values (${program.programId}, now(), 'commission_earned', 'says nothing')`
  await inOneTransaction([insert], 'rollback')
  await refuses(checkViolation, () => inOneTransaction([insert]))
})

test('kind and reference happen once in a program, and again in another', async () => {
  const entries: Line[] = [
    ['expense', 'USD', -100],
    ['pending', 'USD', 100],
  ]
  await post('commission:1', entries)
  await refuses(uniqueViolation, () => post('commission:1', entries))
  const other = await server.provision()
  await post('commission:1', entries, other.partnerId, other.programId)
})

test('nothing in the ledger can be changed, deleted or emptied, not even by its owner', async () => {
  await post('for ever', [
    ['expense', 'USD', -100],
    ['pending', 'USD', 100],
  ])
  const owner = await server.db.sql(
    `select pg_get_userbyid(relowner) = current_user as is_owner from pg_class
      where relname in ('ledger_entries', 'ledger_transactions')`,
  )
  assert.deepEqual(owner, [{ is_owner: true }, { is_owner: true }])
  const before = await server.db.sql('select * from ledger_entries order by transaction_id, line')
  for (const statement of [
    'update ledger_entries set amount_cents = amount_cents * 2',
    "update ledger_entries set account = 'paid' where amount_cents > 0",
    'delete from ledger_entries',
    'truncate ledger_entries',
    'truncate ledger_entries, ledger_transactions',
    'truncate ledger_transactions cascade',
    "update ledger_transactions set ref = ref || '!'",
    'delete from ledger_transactions',
    // Nothing to change is still a statement that has no business here.
    'delete from ledger_entries where false',
    'truncate affiliate_programs cascade',
  ]) {
    await refuses(restrictViolation, () => server.db.sql(statement), statement)
  }
  const afterwards = await server.db.sql(
    'select * from ledger_entries order by transaction_id, line',
  )
  assert.deepEqual(afterwards, before)
})

type Line = [account: string, currency: string, amountCents: number]

/** Writes a ledger transaction in one statement, as the server does. Returns its id. */
async function post(
  ref: string,
  lines: Line[],
  partnerId = program.partnerId,
  programId = program.programId,
): Promise<string> {
  const [row] = await server.db.sql(
    `with posted as (
        insert into ledger_transactions (program_id, created_at, kind, ref)
        values ($1, now(), 'commission_earned', $2) returning id)
      insert into ledger_entries (program_id, transaction_id, line, account, partner_id, currency, amount_cents)
      select $1, posted.id, line, account, $3, currency, amount
      from posted, unnest($4::text[], $5::text[], $6::bigint[]) with ordinality as e (account, currency, amount, line)
      returning transaction_id`,
    [
      programId,
      ref,
      partnerId,
      lines.map(([account]) => account),
      lines.map(([, currency]) => currency),
      lines.map(([, , amountCents]) => amountCents),
    ],
  )
  return row?.transaction_id
}

async function inOneTransaction(statements: string[], end = 'commit'): Promise<void> {
  await server.db.database.exclusively(async (client) => {
    try {
      for (const statement of ['begin', ...statements, end]) await client.query(statement)
    } finally {
      await client.query('rollback')
    }
  })
}

/** The statement fails with this SQLSTATE. */
async function refuses(code: string, work: () => Promise<unknown>, what?: string): Promise<void> {
  await assert.rejects(work, { code }, what)
}
