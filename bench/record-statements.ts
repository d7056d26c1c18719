import type { Database, Db } from '../packages/server/src/db/database.ts'

/** A statement as it was run, with its values as PostgreSQL's text form; `null` stays null. */
export interface Step {
  name: string
  text: string
  values: (string | null)[]
  /** Its first row, if it answered one. */
  answer: Record<string, string | null> | null
}

/** The database, with every statement that goes through it written down in `steps`. */
export function recordStatements(database: Database, steps: Step[]): Database {
  const mark = (text: string) => steps.push({ name: text, text, values: [], answer: null })
  return {
    ...database,
    ...recorder(database, steps),
    async transaction(work, options) {
      mark('begin')
      const result = await database.transaction(
        (tx) => work({ isTransaction: true, ...recorder(tx, steps) }),
        options,
      )
      mark('commit')
      return result
    },
  }
}

function recorder(db: Db, steps: Step[]): Db {
  return {
    async query<Row extends Record<string, unknown>>(
      statement: { name: string; text: string },
      values: unknown[] = [],
    ) {
      const rows = await db.query<Row>(statement, values)
      const [row] = rows
      steps.push({
        ...statement,
        values: values.map(toText),
        answer:
          row === undefined
            ? null
            : Object.fromEntries(Object.entries(row).map(([key, value]) => [key, toText(value)])),
      })
      return rows
    },
  }
}

function toText(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (value instanceof Date) return value.toISOString()
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`
  // The arrays of these statements hold numbers, plain words and hashes.
  if (Array.isArray(value)) {
    const items = value.map((item) =>
      Buffer.isBuffer(item) ? `"\\\\x${item.toString('hex')}"` : item,
    )
    return `{${items.join(',')}}`
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
