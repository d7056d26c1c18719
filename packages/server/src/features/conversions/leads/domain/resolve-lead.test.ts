import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { mayBindKey, resolveLead, statusAfterLead } from './resolve-lead.ts'

const visitor = {
  customerKey: null,
  status: 'click' as const,
  leadAtMs: null,
  provisionalLeadAtMs: null,
}
const held = { ...visitor, provisionalLeadAtMs: 1 }
const lead = { ...visitor, status: 'lead' as const, leadAtMs: 2 }
const settled = { ...lead, provisionalLeadAtMs: 1 }

test('what a lead does follows from what the customer has and whether a backend must confirm', () => {
  const steps = [visitor, held, lead, settled].map((customer) => [
    resolveLead(customer, false),
    resolveLead(customer, true),
  ])
  assert.deepEqual(steps, [
    ['record', 'hold'],
    ['settle', 'already_held'],
    ['already_tracked', 'already_tracked'],
    ['already_tracked', 'already_tracked'],
  ])
})

test('a lead after the sale is recorded', () => {
  assert.equal(resolveLead({ ...visitor, status: 'conversion' }, false), 'record')
})

test('a backend binds further keys, a browser only the first, and none where it needs confirmation', () => {
  const named = { ...visitor, customerKey: 'u1' }
  assert.equal(mayBindKey(named, true, false), true)
  assert.equal(mayBindKey(visitor, true, false), true)
  assert.equal(mayBindKey(visitor, false, false), true)
  assert.equal(mayBindKey(named, false, false), false)
  assert.equal(mayBindKey(visitor, false, true), false)
  assert.equal(mayBindKey(named, false, true), false)
})

test('status runs from click to lead to conversion, and a lead never takes it back', () => {
  assert.equal(statusAfterLead('click'), 'lead')
  assert.equal(statusAfterLead('lead'), 'lead')
  assert.equal(statusAfterLead('conversion'), 'conversion')
})

test('any sequence of leads counts exactly once as soon as one needs no confirmation', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 8 }), (needsBackend) => {
      let customer: Parameters<typeof resolveLead>[0] = visitor
      const steps = needsBackend.map((needs, atMs) => {
        const step = resolveLead(customer, needs)
        if (step === 'hold') customer = { ...customer, provisionalLeadAtMs: atMs }
        if (step === 'record' || step === 'settle') customer = { ...customer, leadAtMs: atMs }
        return step
      })
      const counted = steps.filter((step) => step === 'record' || step === 'settle').length
      assert.equal(counted, needsBackend.includes(false) ? 1 : 0)
    }),
  )
})
