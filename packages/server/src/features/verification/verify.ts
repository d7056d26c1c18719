import type { Database } from '../../db/database.ts'
import { checks } from './checks.ts'

export interface CheckResult {
  name: string
  rule: string
  differences: number
  /** The first few rows that are wrong. */
  examples: Record<string, unknown>[]
}

export interface Verification {
  ok: boolean
  checks: CheckResult[]
}

const examplesMax = 5

/**
 * Recomputes totals, commissions and the ledger, and compares. Works beside a running server: all
 * checks see one moment of the database, and nothing is locked or written.
 */
export async function verify(database: Database): Promise<Verification> {
  return database.exclusively(async (client) => {
    await client.query('begin transaction isolation level repeatable read, read only')
    try {
      await client.query('set local statement_timeout = 0')
      const results: CheckResult[] = []
      for (const { name, rule, sql } of checks) {
        const counted = await client.query<{
          differences: number
          examples: CheckResult['examples']
        }>(
          `with wrong as materialized (${sql})
          select (select count(*) from wrong) as differences,
            coalesce((select json_agg(w) from (select * from wrong limit ${examplesMax}) w), '[]') as examples`,
        )
        const [row] = counted.rows
        results.push({
          name,
          rule,
          differences: row?.differences ?? 0,
          examples: row?.examples ?? [],
        })
      }
      return { ok: results.every((result) => result.differences === 0), checks: results }
    } finally {
      await client.query('rollback')
    }
  })
}
