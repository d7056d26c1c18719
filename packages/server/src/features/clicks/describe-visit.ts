import type { ClickBody } from '../../contract/tracking-requests.ts'
import { remember } from '../../shared/remember.ts'
import { cleanText } from '../../shared/text.ts'
import { type AffCode, readLanding, storedUrl } from '../../shared/web-url.ts'
import { type AddressReader, createAddressReader } from './address.ts'
import type { CountryReader } from './country.ts'
import type { Visit } from './domain/click.ts'
import { createDeviceReader, type DeviceReader } from './domain/device.ts'

export interface VisitTools {
  device: DeviceReader
  landing: (raw: string) => { aff: AffCode; stored: string | null }
  pageUrl: (raw: string) => string | null
  address: AddressReader
}

/** Visitors, pages and agents repeat themselves, and reading each anew is half of what a click costs. */
const kept = { entriesMax: 5_000, keyCharsMax: 512 }

/** `pepper` is the installation's secret, for the daily hash of addresses. */
export function createVisitTools(deps: { country: CountryReader; pepper: Buffer }): VisitTools {
  return {
    device: createDeviceReader({ entriesMax: kept.entriesMax }),
    landing: remember(kept, readLanding),
    // In a box, because null is an answer that is worth keeping.
    pageUrl: unboxed(remember(kept, (raw) => ({ value: storedUrl(raw) }))),
    address: createAddressReader(deps, kept),
  }
}

/** Characters kept of each free text. */
const charsMax = { title: 300, session: 255, userAgent: 512, small: 64 } as const

/** What is stored of a visitor: device, browser and country derived here, texts cleaned, the address not kept. */
export function describeVisit(
  tools: VisitTools,
  body: ClickBody,
  sender: { ip: string | null; userAgent: string | undefined },
  atMs: number,
): Visit {
  const userAgent = cleanText(body.user_agent ?? sender.userAgent ?? '', charsMax.userAgent)
  const device = tools.device.describe(userAgent)
  const address = tools.address.describe(sender.ip, atMs)
  const affiliateUrl = landing(tools, body.affiliate_url)
  return {
    affiliateUrl,
    pageUrl: body.page_url === body.affiliate_url ? affiliateUrl : pageUrl(tools, body.page_url),
    pageTitle: cut(body.page_title, charsMax.title),
    referrerUrl: pageUrl(tools, body.referrer_url),
    sessionId: cut(body.session_id, charsMax.session),
    userAgent: userAgent === '' ? null : userAgent,
    screenResolution: cut(body.screen_resolution, charsMax.small),
    viewportSize: cut(body.viewport_size, charsMax.small),
    language: cut(body.language, charsMax.small),
    timezone: cut(body.timezone, charsMax.small),
    geoCountry: address.country,
    deviceType: device.deviceType,
    deviceOs: device.deviceOs,
    browserName: device.browserName,
    isBot: device.isBot,
    ipTruncated: address.truncated,
    ipHash: address.hash,
  }
}

function landing(tools: VisitTools, value: string | undefined): string | null {
  return value === undefined ? null : tools.landing(value).stored
}

function pageUrl(tools: VisitTools, value: string | undefined): string | null {
  return value === undefined ? null : tools.pageUrl(value)
}

function unboxed<Value>(box: (key: string) => { value: Value }): (key: string) => Value {
  return (key) => box(key).value
}

function cut(value: string | undefined, chars: number): string | null {
  return value === undefined ? null : cleanText(value, chars)
}
