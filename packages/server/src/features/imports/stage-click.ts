import { createHmac } from 'node:crypto'
import { isStorable } from '../../shared/text.ts'
import { describeVisit, type VisitTools } from '../clicks/index.ts'
import { clickIdRandomBytes } from '../customers/index.ts'
import { codeKey } from '../links/index.ts'
import type { ParsedEvent } from './parse-line.ts'
import type { OpenLink } from './store.ts'

export type ParsedClick = Extract<ParsedEvent, { type: 'click' }>

export interface ClickStager {
  /** The click as a row for COPY, or in a sentence why it cannot be taken. */
  stage(click: ParsedClick): { row: string } | { error: string }
}

const NEEDS_ESCAPE = /[\\\t\n\r]/
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
}

export function createClickStager(options: {
  programId: number
  links: ReadonlyMap<string, OpenLink>
  visitTools: VisitTools
  /** The installation's secret. */
  pepper: Buffer
}): ClickStager {
  const { programId, links, visitTools, pepper } = options
  return {
    stage(click) {
      const code = linkCode(click.body, visitTools)
      if (typeof code !== 'string') return code
      const key = codeKey(code)
      const link = key === null ? undefined : links.get(key)
      if (link === undefined) return { error: 'Referral link not found in this program' }
      if (!link.isOpen) return { error: 'Referral link is inactive' }
      const given = click.body.click_id ?? click.body.existing_click_id
      if (given !== undefined && !isStorable(given)) {
        return { error: 'click_id must not contain NUL characters or broken Unicode' }
      }
      const clickId = given ?? madeClickId(programId, click, pepper)
      return { row: copyRow(clickId, link, click, visitTools) }
    },
  }
}

/** The link's code: spelled out, else from the landing URL. */
function linkCode(
  { aff, code, affiliate_url: landing }: ParsedClick['body'],
  { landing: read }: VisitTools,
): string | { error: string } {
  const spelled = aff ?? code
  if (spelled !== undefined) return spelled.trim()
  if (landing === undefined) return { error: 'affiliate_url, aff or code is required' }
  const found = read(landing).aff
  if (found.kind === 'invalid_url') return { error: 'Invalid affiliate_url' }
  if (found.kind === 'missing') return { error: 'No aff parameter found in affiliate_url' }
  return found.code
}

/**
 * Made from the event alone, so that the same event has the same id in every import; and under the
 * installation's secret, because who could compute it could add to the visitor's history.
 */
function madeClickId(programId: number, { atMs, event }: ParsedClick, pepper: Buffer): string {
  const digest = createHmac('sha256', pepper)
    .update(`import ${JSON.stringify(event)}`)
    .digest('hex')
  return `cust_${programId}_${atMs}_${digest.slice(0, clickIdRandomBytes * 2)}`
}

/** The order is that of `stagedColumns` in store.ts. */
function copyRow(clickId: string, link: OpenLink, click: ParsedClick, tools: VisitTools): string {
  const { body, atMs } = click
  const sender = { ip: body.ip ?? null, userAgent: undefined }
  const visit = describeVisit(tools, body, sender, atMs)
  const fixed = `${text(clickId)}\t${new Date(atMs).toISOString()}\t${link.linkId}\t${link.partnerId}`
  const texts = `${text(visit.affiliateUrl)}\t${text(visit.pageUrl)}\t${text(visit.pageTitle)}\t${text(visit.referrerUrl)}\t${text(visit.sessionId)}\t${text(visit.userAgent)}`
  const screen = `${text(visit.screenResolution)}\t${text(visit.viewportSize)}\t${text(visit.language)}\t${text(visit.timezone)}`
  const derived = `${text(visit.geoCountry)}\t${text(visit.deviceType)}\t${text(visit.deviceOs)}\t${text(visit.browserName)}\t${text(visit.ipTruncated)}`
  const hash = visit.ipHash === null ? '\\N' : `\\\\x${visit.ipHash}`
  return `${fixed}\t${texts}\t${screen}\t${derived}\t${hash}\t${visit.isBot ? 't' : 'f'}\n`
}

function text(value: string | null): string {
  if (value === null) return '\\N'
  if (!NEEDS_ESCAPE.test(value)) return value
  return value.replace(/[\\\t\n\r]/g, (char) => ESCAPES[char] ?? char)
}
