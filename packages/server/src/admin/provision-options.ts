import type { ProgramPlan } from '../features/onboarding/index.ts'
import { currencyDigits, parseCurrency } from '../shared/currency.ts'
import { StartError } from '../shared/errors.ts'
import { AMOUNT_MAX } from '../shared/money.ts'

/** The options of `admin provision` as typed. */
export interface ProvisionOptions {
  programId?: string
  name?: string
  domain?: string
  commission?: string
  durationMonths?: string
  oneTime?: boolean
  holdDays?: string
  currency?: string
  windowDays?: string
  cookieDays?: string
  binding?: string
  leadAuth?: string
  linkParameters?: string
  partner?: string
  code?: string
  links?: string
}

const programOptions = {
  name: '--name',
  domain: '--domain',
  commission: '--commission',
  durationMonths: '--duration-months',
  oneTime: '--one-time',
  holdDays: '--hold-days',
  currency: '--currency',
  windowDays: '--window-days',
  cookieDays: '--cookie-days',
  binding: '--binding',
  leadAuth: '--lead-auth',
  linkParameters: '--link-parameters',
} as const satisfies Partial<Record<keyof ProvisionOptions, string>>

const defaultDays = { window: 60, cookie: 60, hold: 30 }
const linksMax = 10_000
const linkParametersMax = 10

/** The id of the program to add a partner to, or null for a new program. Throws StartError. */
export function existingProgramId(options: ProvisionOptions): number | null {
  if (options.programId === undefined) return null
  for (const [option, flag] of Object.entries(programOptions)) {
    if (options[option as keyof typeof programOptions] !== undefined) {
      throw new StartError(`${flag} describes a new program: leave it out with --program-id`)
    }
  }
  return wholeNumber('--program-id', options.programId, 1, Number.MAX_SAFE_INTEGER)
}

/** The program that the options describe. Throws StartError with one sentence for the first wrong one. */
export function toProgramPlan(options: ProvisionOptions): ProgramPlan {
  const currency = toCurrency(options.currency ?? 'USD')
  return {
    program: {
      name: required('--name', options.name, 200),
      domain: toDomain(required('--domain', options.domain, 253)),
      status: 'active',
      currency,
      attributionModel: 'last_click',
      attributionBinding: oneOf('--binding', options.binding ?? 'click', ['click', 'signup']),
      attributionWindowDays: days('--window-days', options.windowDays, defaultDays.window),
      cookieWindowDays: days('--cookie-days', options.cookieDays, defaultDays.cookie),
      leadAuth: oneOf('--lead-auth', options.leadAuth ?? 'open', ['open', 'server_required']),
      linkParameters: toLinkParameters('--link-parameters', options.linkParameters ?? ''),
    },
    policy: {
      rate: toRate(required('--commission', options.commission, 40), currency),
      duration: toDuration(options),
      holdDays: wholeNumber('--hold-days', options.holdDays ?? String(defaultDays.hold), 0, 3650),
    },
    partner: toPartnerPlan(options),
  }
}

export function toPartnerPlan(options: ProvisionOptions): ProgramPlan['partner'] {
  const { code } = options
  if (code !== undefined && !/^[A-Za-z0-9_-]{1,64}$/.test(code)) {
    throw new StartError('--code must be 1 to 64 letters, digits, dashes or underscores')
  }
  return {
    name: required('--partner', options.partner ?? 'First partner', 200),
    code: code ?? null,
    links: wholeNumber('--links', options.links ?? '1', 1, linksMax),
  }
}

/** Names divided by commas; none at all is no parameter. */
export function toLinkParameters(flag: string, text: string): string[] {
  const names = text.split(',').flatMap((name) => name.trim() || [])
  const isRight = names.every((name) => /^[A-Za-z0-9_-]{1,40}$/.test(name) && name !== 'aff')
  if (isRight && names.length <= linkParametersMax) return [...new Set(names)]
  throw new StartError(
    `${flag} must be at most ${linkParametersMax} names besides aff, such as ref,via: letters, digits, dashes and underscores`,
  )
}

/** `percent:30` is 30 % of each sale, `fixed:25.00` is 25.00 of the program's currency for each. */
function toRate(text: string, currency: string): ProgramPlan['policy']['rate'] {
  const [, type, number = ''] = /^(percent|fixed):([0-9]+(?:\.[0-9]+)?)$/.exec(text) ?? []
  if (type === 'percent') {
    const bps = decimal(number, 2)
    if (bps !== null && bps <= 10_000) return { type, bps }
    throw new StartError('--commission percent must be from 0 to 100 with at most two decimals')
  }
  if (type === 'fixed') {
    const digits = currencyDigits(currency)
    const amountCents = decimal(number, digits)
    if (amountCents !== null && amountCents <= AMOUNT_MAX) return { type, amountCents, currency }
    throw new StartError(
      `--commission fixed must be an amount of ${currency} with at most ${digits} decimals`,
    )
  }
  throw new StartError('--commission must be percent:<rate> or fixed:<amount>, such as percent:30')
}

function toDuration(options: ProvisionOptions): ProgramPlan['policy']['duration'] {
  if (options.oneTime) {
    if (options.durationMonths === undefined) return { type: 'one_time' }
    throw new StartError('--one-time and --duration-months exclude one another')
  }
  const months = wholeNumber('--duration-months', options.durationMonths ?? '0', 0, 1200)
  return months === 0 ? { type: 'lifetime' } : { type: 'months', months }
}

function toDomain(text: string): string {
  const domain = text.replace(/^https?:\/\//, '').replace(/\/.*$/, '')
  if (!URL.canParse(`https://${domain}/`) || /[\s@?#]/.test(domain)) {
    throw new StartError('--domain must be a host name, such as example.com')
  }
  return domain.toLowerCase()
}

function toCurrency(text: string): string {
  const currency = parseCurrency(text)
  if (currency === null) {
    throw new StartError('--currency must be an ISO 4217 code, such as USD')
  }
  return currency
}

/** Digits after the point become minor units: "30" with 2 is 3000. Null when there are too many of them. */
function decimal(text: string, digits: number): number | null {
  const [whole = '', fraction = ''] = text.split('.')
  if (fraction.length > digits) return null
  const value = Number(whole + fraction.padEnd(digits, '0'))
  return Number.isSafeInteger(value) ? value : null
}

function days(flag: string, text: string | undefined, byDefault: number): number {
  return wholeNumber(flag, text ?? String(byDefault), 1, 3650)
}

export function wholeNumber(flag: string, text: string, min: number, max: number): number {
  const value = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  throw new StartError(`${flag} must be a whole number from ${min} to ${max}`)
}

function oneOf<const Value extends string>(flag: string, text: string, values: Value[]): Value {
  const found = values.find((value) => value === text)
  if (found === undefined) throw new StartError(`${flag} must be one of ${values.join(', ')}`)
  return found
}

function required(flag: string, text: string | undefined, charsMax: number): string {
  const value = text?.trim() ?? ''
  if (value === '' || value.length > charsMax) {
    throw new StartError(`${flag} is required and must be at most ${charsMax} characters`)
  }
  return value
}
