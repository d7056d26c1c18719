import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { toFields } from '../src/fields.ts'

test('camel case and the names of the wire are the same fields', () => {
  const name = fc.stringMatching(/^[a-z]{1,6}(_[a-z]{1,5}){0,3}$/)
  const value = fc.oneof(fc.integer(), fc.string({ minLength: 1 }), fc.boolean())
  const input = fc.dictionary(name, value, { maxKeys: 8 })
  fc.assert(
    fc.property(input, (fields) => {
      const camel = Object.fromEntries(
        Object.entries(fields).map(([key, one]) => [
          key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
          one,
        ]),
      )
      assert.deepEqual(toFields(camel, 'sale'), toFields(fields, 'sale'))
    }),
  )
})

test('every name of the customer and of the transaction is understood', () => {
  for (const name of [
    'customerKey',
    'customer_key',
    'customerExternalId',
    'customer_external_id',
  ]) {
    assert.deepEqual(toFields({ [name]: 'u' }, 'lead'), {
      kind: 'ok',
      fields: { customer_key: 'u' },
    })
  }
  for (const name of ['transactionId', 'transaction_id', 'invoiceId', 'invoice_id']) {
    assert.deepEqual(toFields({ [name]: 't' }, 'sale'), {
      kind: 'ok',
      fields: { transaction_id: 't' },
    })
  }
})

test('two names that agree are one, and two that do not are refused', () => {
  assert.equal(toFields({ customerKey: 'u', customerExternalId: 'u' }, 'sale').kind, 'ok')
  assert.equal(toFields({ customerKey: 'u', customerExternalId: 'v' }, 'sale').kind, 'conflict')
  // Nothing is no name.
  assert.deepEqual(toFields({ customerKey: '', customerExternalId: 'v', email: null }, 'sale'), {
    kind: 'ok',
    fields: { customer_key: 'v' },
  })
})

test('the amount of a refund is not the amount of a sale', () => {
  assert.deepEqual(toFields({ amountCents: 5, reason: 'x', refundId: 'r' }, 'refund'), {
    kind: 'ok',
    fields: { refund_amount_cents: 5, refund_reason: 'x', refund_id: 'r' },
  })
})

test('test mode goes where the wire has it, and keeps what is there', () => {
  assert.deepEqual(
    toFields({ testMode: true, programId: 7, additionalData: { note: 'x' } }, 'click'),
    {
      kind: 'ok',
      fields: {
        program_id: 7,
        additional_data: { note: 'x', test_mode: true, program_id: 7 },
      },
    },
  )
  assert.deepEqual(toFields({ testMode: false }, 'click'), { kind: 'ok', fields: {} })
})
