import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { clickIdRandomBytes, programOfClickId } from './click-id.ts'

test('the random part of a click id has at least 96 bits', () => {
  assert.ok(clickIdRandomBytes * 8 >= 96)
})

test('the program of a click id is read from it', () => {
  assert.equal(programOfClickId('cust_42_1714000000000_abababababababababababab'), 42)
  fc.assert(
    fc.property(programs, moments, randomness, (programId, atMs, random) => {
      const id = `cust_${programId}_${atMs}_${Buffer.from(random).toString('hex')}`
      assert.equal(programOfClickId(id), programId)
    }),
  )
})

test('what is nearly a click id names no program', () => {
  const id = 'cust_42_1714000000000_abababababababababababab'
  for (const text of [
    '',
    'cust_',
    'cust_42',
    id.slice(0, -1),
    `${id}0`,
    ` ${id}`,
    `${id}\n`,
    `${id}\n${id}`,
    id.toUpperCase(),
    id.replace('ab', 'AB'),
    id.replace('ab', 'xy'),
    id.replace('cust_', 'cust_0'),
    id.replace('cust_', 'cust_-'),
    id.replace('_42_', '_0_'),
    id.replace('_42_', '_1e3_'),
    id.replace('_42_', '_4.2_'),
    id.replace('_42_', '_٤٢_'),
    // More than a number holds exactly.
    id.replace('_42_', '_9007199254740993_'),
    id.replace('_1714000000000_', '__'),
  ]) {
    assert.equal(programOfClickId(text), null, JSON.stringify(text))
  }
})

test('no text makes it throw, and what it names is always a whole positive number', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[0-9_]{0,30}$/))
  fc.assert(
    fc.property(text, (middle) => {
      const programId = programOfClickId(`cust_${middle}_1_${'a'.repeat(24)}`)
      assert.ok(programId === null || (Number.isSafeInteger(programId) && programId > 0))
    }),
  )
})

const programs = fc.integer({ min: 1, max: 999_999_999_999_999 })
const moments = fc.integer({ min: 0, max: 999_999_999_999_999 })
const randomness = fc.uint8Array({ minLength: clickIdRandomBytes, maxLength: clickIdRandomBytes })
