import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AMOUNT_MAX, mulDivHalfUp, shareOf } from './money.ts'

test('half a minor unit rounds up, less rounds down', () => {
  assert.equal(shareOf(4_900, 3_000), 1_470)
  assert.equal(shareOf(5, 1_000), 1)
  assert.equal(shareOf(4, 1_000), 0)
  assert.equal(shareOf(15, 1_000), 2)
  assert.equal(shareOf(333, 3_333), 111)
  assert.equal(shareOf(1, 4_999), 0)
  assert.equal(shareOf(1, 5_000), 1)
})

test('the largest sale at every whole percentage is exact', () => {
  assert.equal(shareOf(AMOUNT_MAX, 10_000), AMOUNT_MAX)
  assert.equal(shareOf(AMOUNT_MAX - 1, 9_999), 999_899_999_999)
  assert.equal(mulDivHalfUp(AMOUNT_MAX, AMOUNT_MAX, AMOUNT_MAX), AMOUNT_MAX)
})

test('the result is the nearest whole number, and the upper one of two equally near', () => {
  fc.assert(
    fc.property(amounts, amounts, positives, (n, numerator, denominator) => {
      fc.pre(BigInt(n) * BigInt(numerator) <= BigInt(denominator) * BigInt(AMOUNT_MAX))
      const product = BigInt(n) * BigInt(numerator)
      const twiceOff =
        2n * (BigInt(mulDivHalfUp(n, numerator, denominator)) * BigInt(denominator) - product)
      assert.ok(twiceOff <= BigInt(denominator) && twiceOff > -BigInt(denominator))
    }),
  )
})

test('a share is never more than the amount, and never shrinks when amount or rate grow', () => {
  fc.assert(
    fc.property(amounts, rates, rates, amounts, (amount, rate, otherRate, otherAmount) => {
      const [low, high] = [Math.min(rate, otherRate), Math.max(rate, otherRate)]
      const [small, large] = [Math.min(amount, otherAmount), Math.max(amount, otherAmount)]
      assert.ok(shareOf(amount, rate) <= amount)
      assert.ok(shareOf(small, low) <= shareOf(large, high))
    }),
  )
})

const amounts = fc.integer({ min: 0, max: AMOUNT_MAX })
const positives = fc.integer({ min: 1, max: AMOUNT_MAX })
const rates = fc.integer({ min: 0, max: 10_000 })
