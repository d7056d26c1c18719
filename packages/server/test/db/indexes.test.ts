import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createTestDatabase } from '../harness/test-database.ts'

const record = new URL('../../../../docs/decisions/0014-retention-and-indexes.md', import.meta.url)
const sources = fileURLToPath(new URL('../../src/', import.meta.url))

/** The last table of the record: each index, and what needs it. */
function listed(): { index: string; neededBy: string }[] {
  const [, table = ''] = readFileSync(record, 'utf8').split('## Every index')
  return [...table.matchAll(/^\| `(\w+)` \| (.+) \|$/gm)].map(([, index = '', neededBy = '']) => ({
    index,
    neededBy,
  }))
}

test('every index of the schema stands in decision record 0014 with what needs it', async (t) => {
  const db = await createTestDatabase()
  t.after(() => db.drop())
  // Partitions have the indexes of their table.
  const rows = await db.sql<{ name: string }>(
    `select c.relname as name from pg_class c
      where c.relkind in ('i', 'I') and not c.relispartition and c.relnamespace = 'public'::regnamespace
      order by c.relname collate "C"`,
  )
  assert.deepEqual(
    listed().map(({ index }) => index),
    rows.map(({ name }) => name),
  )
})

test('every statement, check and table that record 0014 names as needing an index exists', async (t) => {
  const db = await createTestDatabase()
  t.after(() => db.drop())
  const rows = await db.sql<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public'",
  )
  const tables = new Set(rows.map(({ name }) => name))
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' })
  const code = files
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(sources + file, 'utf8'))
    .join('\n')
  for (const { index, neededBy } of listed()) {
    const names = [...neededBy.matchAll(/`(\w+)`/g)].map(([, name = '']) => name)
    assert.ok(names.length > 0 || /^(rule|archiving): /.test(neededBy), `${index}: ${neededBy}`)
    for (const name of names) {
      const isNamed = code.includes(`name: '${name}'`) || tables.has(name)
      assert.ok(isNamed, `${index} is needed by ${name}, which does not exist`)
    }
  }
})
