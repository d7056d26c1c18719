import { affitorCookieNames, cookieValues } from './cookies.ts'

/**
 * The route that sets the tracker's cookies again from the site's own server, because Safari deletes those
 * that a script has set after seven days. It gives a browser nothing but the cookies that it sent.
 */

export interface FirstPartyRequest {
  method: string
  header(name: string): string | null | undefined
  /** The body, parsed. */
  body: unknown
}

export interface FirstPartyAnswer {
  status: number
  headers: [name: string, value: string][]
  body: string
}

export const firstPartyPath = '/a/c'
export const bodyBytesMax = 1_024
/** The longest cookie window of a program. */
const daysMax = 3_650
/** No browser keeps a cookie longer. */
const cookieDaysMax = 400
/** Letters, digits and marks that can end neither the value nor the cookie. */
const safeValue = /^[\w!#$%&'()*+./:<=>?@[\]^`{|}~-]{1,4000}$/

export function answerFirstParty(request: FirstPartyRequest): FirstPartyAnswer {
  if (request.method !== 'POST') return refuse(405, 'Use POST', [['allow', 'POST']])
  const origin = ownOrigin(request)
  if (origin === null) return refuse(403, 'Only pages of this site may ask for this')
  if (!/^application\/json\b/i.test(request.header('content-type') ?? '')) {
    return refuse(415, 'Send JSON')
  }
  const { max_age_days: days, domain } = (request.body ?? {}) as Record<string, unknown>
  if (!Number.isInteger(days) || Number(days) < 1 || Number(days) > daysMax) {
    return refuse(400, `max_age_days must be a whole number from 1 to ${daysMax}`)
  }
  if (!isOwnDomain(domain, origin.hostname)) {
    return refuse(400, 'domain must be this host or one above it')
  }
  const values = cookieValues(request.header('cookie') ?? '')
  const cookies = affitorCookieNames.flatMap((name): [string, string][] => {
    const value = values.get(name)
    if (value === undefined || !safeValue.test(value)) return []
    const rules = [
      `${name}=${value}`,
      'Path=/',
      `Max-Age=${Math.min(Number(days), cookieDaysMax) * 86_400}`,
      'SameSite=Lax',
      ...(domain ? [`Domain=${domain}`] : []),
      ...(origin.protocol === 'https:' ? ['Secure'] : []),
    ]
    // Not HttpOnly: the tracker reads them.
    return [['set-cookie', rules.join('; ')]]
  })
  return answer(200, { success: true, cookies: cookies.length }, cookies)
}

/** The page's origin, when the page is one of this host. A browser always tells it with a POST. */
function ownOrigin({ header }: FirstPartyRequest): URL | null {
  const origin = header('origin') ?? ''
  if (!URL.canParse(origin)) return null
  const url = new URL(origin)
  const site = header('sec-fetch-site')
  // The browser's own word, which no page can change, and no proxy on the way.
  if (site) return site === 'same-origin' ? url : null
  return (header('host') ?? '').split(':')[0] === url.hostname ? url : null
}

function isOwnDomain(domain: unknown, host: string): boolean {
  if (domain === undefined || domain === null || domain === '') return true
  if (typeof domain !== 'string' || !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(domain)) return false
  return host === domain || host.endsWith(`.${domain}`)
}

export function refuse(
  status: number,
  error: string,
  headers: [string, string][] = [],
): FirstPartyAnswer {
  return answer(status, { success: false, error }, headers)
}

function answer(status: number, body: object, headers: [string, string][]): FirstPartyAnswer {
  return {
    status,
    headers: [['content-type', 'application/json'], ['cache-control', 'no-store'], ...headers],
    body: JSON.stringify(body),
  }
}

/** Undefined for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
