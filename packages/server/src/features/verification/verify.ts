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
  /** Clicks before this day (YYYY-MM-DD) are archived; null when none are. */
  archivedBefore: string | null
}

const examplesMax = 5

/**
 * Recomputes totals, commissions and the ledger, and compares. Works beside a running server: all
 * checks see one moment of the database, nothing is written, and no writer waits. Days whose clicks are
 * archived are recomputed from what is kept of them; the archive itself is not read.
 */
export async function verify(database: Database): Promise<Verification> {
  return database.exclusively(async (client) => {
    await client.query('begin transaction isolation level repeatable read, read only')
    try {
      await client.query('set local statement_timeout = 0')
      // Before the first reading, which fixes the moment: a month that left after that moment would be
      // missing here and not yet kept there. A detach waits for this lock, and writers do not.
      await client.query('lock table affiliate_click_events in access share mode')
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
      const archived = await client.query<{ before: string | null }>(
        "select (max(month) + interval '1 month')::date as before from affiliate_archived_months",
      )
      return {
        ok: results.every((result) => result.differences === 0),
        checks: results,
        archivedBefore: archived.rows[0]?.before ?? null,
      }
    } finally {
      await client.query('rollback')
    }
  })
}
