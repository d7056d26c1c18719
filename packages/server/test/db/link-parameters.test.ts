import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { runAdmin, temporaryDirectory } from '../harness/server-command.ts'
import { createTestDatabase } from '../harness/test-database.ts'

/** The operator names the URL parameters of former links. */

async function installation(t: TestContext) {
  const db = await createTestDatabase()
  const env = { DATABASE_URL: db.url, AFFITOR_DATA_DIR: temporaryDirectory(t) }
  t.after(() => db.drop())
  const admin = (...args: string[]) => runAdmin(t, args, env)
  const stored = async () => {
    const [row] = await db.sql<{ link_parameters: string[] }>(
      'select link_parameters from affiliate_programs order by id limit 1',
    )
    return row?.link_parameters
  }
  return { admin, stored }
}

const acme = ['--name', 'Acme', '--domain', 'acme.example', '--commission', 'percent:30']

test('with the program, or later, and none again', async (t) => {
  const { admin, stored } = await installation(t)
  const made = await admin('provision', ...acme, '--link-parameters', 'ref, via,ref', '--json')
  assert.equal(made.code, 0, made.stderr)
  assert.deepEqual(await stored(), ['ref', 'via'])
  const id = String(JSON.parse(made.stdout).program_id)
  const changed = await admin('link-parameters', '--program-id', id, '--accept', 'tap_a')
  assert.match(changed.stdout, /aff, then tap_a.* data-affitor-params="tap_a"/)
  assert.deepEqual(await stored(), ['tap_a'])
  const none = await admin('link-parameters', '--program-id', id, '--accept', '', '--json')
  assert.deepEqual(JSON.parse(none.stdout), { program_id: Number(id), link_parameters: [] })
  assert.deepEqual(await stored(), [])
})

test('what cannot be a parameter is refused in one sentence', async (t) => {
  const { admin } = await installation(t)
  const wrong = ['aff', 'a b', 'x'.repeat(41), 'é', 'a,b,c,d,e,f,g,h,i,j,k']
  for (const names of wrong) {
    const { code, stderr } = await admin('link-parameters', '--program-id', '1', '--accept', names)
    assert.equal(code, 1)
    assert.match(stderr, /^--accept must be at most 10 names besides aff[^\n]*\n$/)
  }
  const nobody = await admin('link-parameters', '--program-id', '7', '--accept', 'ref')
  assert.equal(nobody.stderr, '--program-id 7 names no program\n')
})
