/** Names as they go over the wire, and what else each may be called. */

const otherNames: Record<string, string> = {
  customer_external_id: 'customer_key',
  invoice_id: 'transaction_id',
}

const otherNamesInRefunds: Record<string, string> = {
  ...otherNames,
  amount_cents: 'refund_amount_cents',
  reason: 'refund_reason',
}

export type Fields =
  | { kind: 'ok'; fields: Record<string, unknown> }
  | { kind: 'conflict'; message: string }

/**
 * The input with the names of the wire: `customerKey`, `customer_key`, `customerExternalId` are one field.
 * What is undefined, null or an empty string is left out. Two names for one field must agree.
 */
export function toFields(input: object, call: 'click' | 'lead' | 'sale' | 'refund'): Fields {
  const others = call === 'refund' ? otherNamesInRefunds : otherNames
  const fields: Record<string, unknown> = {}
  const saidAs: Record<string, string> = {}
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined || value === null || value === '') continue
    const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    const field = others[snake] ?? snake
    const before = saidAs[field]
    if (before !== undefined && fields[field] !== value) {
      return { kind: 'conflict', message: `${before} and ${name} name the same field differently` }
    }
    saidAs[field] = name
    fields[field] = value
  }
  return { kind: 'ok', fields: withTestMode(fields) }
}

/** `testMode` and `programId` stand where the wire has them. */
function withTestMode({ test_mode, ...fields }: Record<string, unknown>) {
  if (test_mode !== true) return fields
  const { additional_data: more, program_id } = fields
  const additional_data = {
    ...(typeof more === 'object' ? more : {}),
    test_mode,
    ...(program_id === undefined ? {} : { program_id }),
  }
  return { ...fields, additional_data }
}
