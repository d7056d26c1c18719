import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { applyRefund, type RefundReport, type RefundState, refundedOf } from './apply-refund.ts'

const saleCents = 1_000
const fresh: RefundState = { saleCents, totalCents: 0, byIdCents: 0 }
const total = (totalCents: number | null): RefundReport => ({ kind: 'total', totalCents })
const own = (amountCents: number | null): RefundReport => ({ kind: 'own', amountCents })

test('a total counts once, and only what it adds', () => {
  assert.deepEqual(run([total(300)]), { refunded: 300, added: [300] })
  assert.deepEqual(run([total(300), total(300)]), { refunded: 300, added: [300, 'nothing_new'] })
  assert.deepEqual(run([total(300), total(450)]), { refunded: 450, added: [300, 150] })
  // A report that was overtaken by a later one.
  assert.deepEqual(run([total(450), total(300)]), { refunded: 450, added: [450, 'nothing_new'] })
})

test('refunds with ids add up', () => {
  assert.deepEqual(run([own(300), own(300)]), { refunded: 600, added: [300, 300] })
})

test('nothing named means everything, or what is left', () => {
  assert.deepEqual(run([total(null)]), { refunded: 1_000, added: [1_000] })
  assert.deepEqual(run([own(300), own(null)]), { refunded: 1_000, added: [300, 700] })
  assert.deepEqual(run([own(1_000), own(null)]), { refunded: 1_000, added: [1_000, 'nothing_new'] })
  assert.deepEqual(run([total(300), total(null)]), { refunded: 1_000, added: [300, 700] })
})

test('totals and refunds with ids tell of the same money: the greater tally counts', () => {
  assert.deepEqual(run([total(500), own(500)]), { refunded: 500, added: [500, 0] })
  assert.deepEqual(run([own(500), total(500)]), { refunded: 500, added: [500, 'nothing_new'] })
  assert.deepEqual(run([own(300), total(500), own(400)]), { refunded: 700, added: [300, 200, 200] })
})

test('more than the sale is refused, and changes nothing', () => {
  assert.deepEqual(run([total(1_001)]), { refunded: 0, added: ['exceeds_sale'] })
  assert.deepEqual(run([own(600), own(600)]), { refunded: 600, added: [600, 'exceeds_sale'] })
  assert.deepEqual(run([total(1_000), own(1_001)]), {
    refunded: 1_000,
    added: [1_000, 'exceeds_sale'],
  })
})

test('no sequence of reports refunds more than the sale, or ever less than before', () => {
  fc.assert(
    fc.property(fc.array(anyReport, { maxLength: 12 }), (reports) => {
      let state = fresh
      for (const report of reports) {
        const step = applyRefund(state, report)
        if (step.kind !== 'refund') continue
        assert.ok(step.addedCents >= 0)
        assert.equal(step.refundedCents, refundedOf(state) + step.addedCents)
        assert.equal(step.refundedCents, refundedOf(step.next))
        assert.ok(step.refundedCents <= saleCents)
        state = step.next
      }
    }),
  )
})

test('what the reports added is what is refunded in the end', () => {
  fc.assert(
    fc.property(fc.array(anyReport, { maxLength: 12 }), (reports) => {
      const { refunded, added } = run(reports)
      assert.equal(
        added.reduce((sum: number, one) => sum + (typeof one === 'number' ? one : 0), 0),
        refunded,
      )
    }),
  )
})

test('in whatever order reports arrive of which none is refused, the end is the same', () => {
  fc.assert(
    fc.property(acceptable.chain(shuffledToo), ([reports, shuffled]) => {
      const { refunded, added } = run(reports)
      const other = run(shuffled)
      assert.ok(!added.includes('exceeds_sale') && !other.added.includes('exceeds_sale'))
      assert.equal(other.refunded, refunded)
    }),
  )
})

test('the end is the largest total or the sum of the refunds with ids', () => {
  fc.assert(
    fc.property(acceptable, (reports) => {
      const totals = reports.map((one) =>
        one.kind === 'total' ? (one.totalCents ?? saleCents) : 0,
      )
      const sum = reports.reduce(
        (cents, one) => cents + (one.kind === 'own' ? (one.amountCents ?? 0) : 0),
        0,
      )
      assert.equal(run(reports).refunded, Math.max(sum, ...totals))
    }),
  )
})

test('a refund of everything after any parts leaves nothing, and so does one with an id', () => {
  fc.assert(
    fc.property(fc.array(anyReport, { maxLength: 8 }), (reports) => {
      assert.equal(run([...reports, total(null)]).refunded, saleCents)
      assert.equal(run([...reports, own(null)]).refunded, saleCents)
    }),
  )
})

/** Applies reports one after the other: what is refunded at the end, and what each of them did. */
function run(reports: RefundReport[]) {
  let state = fresh
  const added: (number | 'exceeds_sale' | 'nothing_new')[] = []
  for (const report of reports) {
    const step = applyRefund(state, report)
    added.push(step.kind === 'refund' ? step.addedCents : step.kind)
    if (step.kind === 'refund') state = step.next
  }
  return { refunded: refundedOf(state), added }
}

const anyCents = fc.option(fc.integer({ min: 1, max: 1_300 }), { freq: 8 })
const anyReport = fc.oneof(anyCents.map(total), anyCents.map(own))

/** Totals within the sale, and refunds with ids that together do not exceed it. */
const acceptable = fc
  .tuple(
    fc.array(fc.option(fc.integer({ min: 1, max: saleCents })), { maxLength: 4 }),
    fc.array(fc.integer({ min: 1, max: saleCents / 4 }), { maxLength: 4 }),
  )
  .map(([totals, owns]) => [...totals.map(total), ...owns.map(own)])

function shuffledToo(reports: RefundReport[]) {
  const all = { minLength: reports.length, maxLength: reports.length }
  return fc.tuple(fc.constant(reports), fc.shuffledSubarray(reports, all))
}
