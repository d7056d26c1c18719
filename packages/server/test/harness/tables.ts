import type { TestDatabase } from './test-database.ts'

/** How many rows each table has; partitions count with their table. */
export async function rowCounts(db: TestDatabase): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const table of await tables(db)) {
    const [row] = await db.sql<{ count: number }>(`select count(*)::int as count from ${table}`)
    counts[table] = row?.count ?? 0
  }
  return counts
}

/** The tables in which a text stands anywhere in a row, in any column. */
export async function tablesHolding(db: TestDatabase, text: string): Promise<string[]> {
  const found: string[] = []
  for (const table of await tables(db)) {
    const rows = await db.sql(
      `select 1 from ${table} t where position($1 in t::text) > 0
        or position(encode(convert_to($1, 'UTF8'), 'hex') in t::text) > 0 limit 1`,
      [text],
    )
    if (rows.length > 0) found.push(table)
  }
  return found
}

/** Names of all tables, without partitions. */
async function tables(db: TestDatabase): Promise<string[]> {
  const rows = await db.sql<{ name: string }>(
    `select quote_ident(relname) as name from pg_class
      where relkind in ('r', 'p') and not relispartition and relnamespace = 'public'::regnamespace
      order by relname`,
  )
  return rows.map((row) => row.name)
}
