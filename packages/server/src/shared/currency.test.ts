import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { currencyCodes, currencyDigits, parseCurrency, toMajorUnits } from './currency.ts'

test('each currency has the minor units of ISO 4217', () => {
  const digits: Record<string, number> = {
    USD: 2,
    EUR: 2,
    AFN: 2,
    LBP: 2,
    JPY: 0,
    KRW: 0,
    CLP: 0,
    XOF: 0,
    KWD: 3,
    BHD: 3,
    TND: 3,
    CLF: 4,
    UYW: 4,
  }
  for (const [code, expected] of Object.entries(digits)) {
    assert.equal(currencyDigits(code), expected, code)
  }
  assert.throws(() => currencyDigits('usd'), /Unknown currency usd/)
})

test('every code is three capital letters, listed once', () => {
  assert.ok(currencyCodes.length > 150)
  assert.equal(new Set(currencyCodes).size, currencyCodes.length)
  for (const code of currencyCodes) assert.match(code, /^[A-Z]{3}$/)
})

test('a code is found in any case, and nothing else is a currency', () => {
  for (const code of currencyCodes) {
    assert.equal(parseCurrency(code.toLowerCase()), code)
    assert.equal(parseCurrency(code), code)
  }
  for (const text of ['', 'US', 'USDD', ' USD', 'USD\n', 'XXX', 'BTC', '840', 'constructor']) {
    assert.equal(parseCurrency(text), null, JSON.stringify(text))
  }
})

test('whatever the text, the answer is null or a known code', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const code = parseCurrency(text)
      assert.ok(code === null || currencyCodes.includes(code))
    }),
  )
})

test('major units are the number that people write', () => {
  assert.equal(toMajorUnits(2_500, 'USD'), 25)
  assert.equal(toMajorUnits(1_999, 'USD'), 19.99)
  assert.equal(toMajorUnits(4_900, 'JPY'), 4_900)
  assert.equal(toMajorUnits(1_234, 'KWD'), 1.234)
  assert.equal(toMajorUnits(0, 'USD'), 0)
})

test('major units written out are the exact minor units again, up to the largest sale', () => {
  const amounts = fc.integer({ min: 0, max: 1_000_000_000_000 })
  fc.assert(
    fc.property(amounts, fc.constantFrom('USD', 'JPY', 'KWD', 'CLF'), (cents, currency) => {
      const [whole = '', part = ''] = String(toMajorUnits(cents, currency)).split('.')
      assert.equal(Number(whole + part.padEnd(currencyDigits(currency), '0')), cents)
    }),
  )
})
