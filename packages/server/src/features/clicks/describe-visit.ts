import type { ClickBody } from '../../contract/tracking-requests.ts'
import { utcDay } from '../../shared/calendar.ts'
import { dailyIpHash, truncateIp } from '../../shared/ip-address.ts'
import { cleanText } from '../../shared/text.ts'
import { storedUrl } from '../../shared/web-url.ts'
import type { CountryReader } from './country.ts'
import type { Visit } from './domain/click.ts'
import type { DeviceReader } from './domain/device.ts'

export interface VisitTools {
  device: DeviceReader
  country: CountryReader
  /** The installation's secret, for the daily hash of addresses. */
  pepper: Buffer
  /** `storedUrl`, or one that remembers: pages repeat themselves, and reading an address is dear. */
  storedUrl?: (raw: string) => string | null
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
  const url = (raw: string | undefined) =>
    raw === undefined ? null : (tools.storedUrl ?? storedUrl)(raw)
  const { ip } = sender
  const device = tools.device.describe(userAgent)
  return {
    affiliateUrl: url(body.affiliate_url),
    pageUrl: url(body.page_url),
    pageTitle: cut(body.page_title, charsMax.title),
    referrerUrl: url(body.referrer_url),
    sessionId: cut(body.session_id, charsMax.session),
    userAgent: userAgent === '' ? null : userAgent,
    screenResolution: cut(body.screen_resolution, charsMax.small),
    viewportSize: cut(body.viewport_size, charsMax.small),
    language: cut(body.language, charsMax.small),
    timezone: cut(body.timezone, charsMax.small),
    geoCountry: ip === null ? null : tools.country.country(ip),
    ...device,
    ipTruncated: ip === null ? null : truncateIp(ip),
    ipHash: ip === null ? null : dailyIpHash(ip, tools.pepper, utcDay(atMs)).toString('hex'),
  }
}

function cut(value: string | undefined, chars: number): string | null {
  return value === undefined ? null : cleanText(value, chars)
}
