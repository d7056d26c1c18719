import type { Step } from './record-statements.ts'

/** A pgbench script, and the variables (`-D name=value`) that hold what is the same in every run. */
export interface PgbenchScript {
  text: string
  variables: Record<string, string>
}

/** A value of the recorded sale that is another in every transaction. */
interface Varying {
  value: string
  variable: string
}

/** Answers that later statements use: the statement's name and the column. */
const captures: Record<string, string> = {
  customers_by_keys: 'customer_id',
  sale_transaction_claim: 'sale_id',
  commission_insert: 'id',
}

/**
 * The statements of a recorded sale as a pgbench script: the same texts in the same order, with another
 * transaction id and customer each time. Throws when a statement that it relies on was not recorded.
 */
export function writePgbenchScript(
  steps: readonly Step[],
  sale: { transactionId: string; customerKey: string },
  customers: { firstKey: number; count: number },
): PgbenchScript {
  const varying: Varying[] = [
    { value: sale.transactionId, variable: 'transaction_id' },
    { value: sale.customerKey, variable: 'customer_key' },
  ]
  const variables: Record<string, string> = {}
  const keep = (value: string) => {
    const name = `v${Object.keys(variables).length}`
    variables[name] = value
    return `:${name}`
  }
  const statements = steps.map(
    (step) =>
      withVariables(step, (value) => expression(value, varying, keep)) + ending(step, varying),
  )
  const missing = Object.keys(captures).filter((name) => !steps.some((step) => step.name === name))
  if (missing.length > 0) throw new Error(`The sale ran no statement ${missing.join(', ')}`)
  const header = [
    `\\set customer_key random(${customers.firstKey}, ${customers.firstKey + customers.count - 1})`,
    '\\set transaction_id random(6000000000000000, 6999999999999999)',
  ]
  return { text: `${[...header, ...statements].join('\n')}\n`, variables }
}

function withVariables(step: Step, variable: (value: string) => string): string {
  return step.text.replace(/\$(\d+)/g, (_, digits: string) => {
    const value = step.values[Number(digits) - 1]
    return value === null || value === undefined ? 'null' : variable(value)
  })
}

/** A value in which something varies is put together from its parts: `'[{"customerId":' || :id || '}]'`. */
function expression(
  value: string,
  varying: readonly Varying[],
  keep: (value: string) => string,
): string {
  const values = varying.map((one) => one.value).join('|')
  const parts = value.split(new RegExp(`(?<!\\d)(${values})(?!\\d)`))
  if (parts.length === 1) return keep(value)
  const texts = parts.flatMap((part) => {
    const known = varying.find((one) => one.value === part)
    if (known !== undefined) return [`:${known.variable}::text`]
    return part === '' ? [] : [`${keep(part)}::text`]
  })
  return `(${texts.join(' || ')})`
}

/** Keeps what the statement answers where later ones use it. */
function ending(step: Step, varying: Varying[]): string {
  const column = captures[step.name]
  const value = column === undefined ? null : step.answer?.[column]
  if (value === null || value === undefined) return ';'
  varying.push({ value, variable: `${step.name}_${column}` })
  return ` \\gset ${step.name}_`
}
