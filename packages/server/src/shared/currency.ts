/**
 * Currencies of ISO 4217 and their minor units. Written out, because `Intl` answers with CLDR's habits
 * (no decimals for AFN or LBP), and a cent must never depend on a runtime's locale data.
 */
const DEFAULT_DIGITS =
  'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF ' +
  'CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD ' +
  'GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL ' +
  'MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR ' +
  'PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP ' +
  'TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG ' +
  // Replaced since 2025, still on invoices of that time.
  'ANG BGN'
const OTHER_DIGITS: ReadonlyArray<readonly [number, string]> = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
]

const minorDigits = new Map<string, number>(DEFAULT_DIGITS.split(' ').map((code) => [code, 2]))
for (const [digits, codes] of OTHER_DIGITS) {
  for (const code of codes.split(' ')) minorDigits.set(code, digits)
}

/** The upper-case ISO 4217 code, or null when there is no such currency. Any case is accepted. */
export function parseCurrency(text: string): string | null {
  const code = text.toUpperCase()
  return minorDigits.has(code) ? code : null
}

/** How many decimals the currency's major unit has: USD 2, JPY 0, KWD 3. */
export function currencyDigits(currency: string): number {
  const digits = minorDigits.get(currency)
  if (digits === undefined) throw new Error(`Unknown currency ${currency}`)
  return digits
}

/**
 * An amount of minor units as a number of major units, for answers whose shape is fixed to that.
 * Exact figures travel beside it in minor units.
 */
export function toMajorUnits(amountMinor: number, currency: string): number {
  return amountMinor / 10 ** currencyDigits(currency)
}

export const currencyCodes: readonly string[] = [...minorDigits.keys()].sort()
