import { apiBase, isDebug } from './options.ts'

/** For whoever installs the script. A visitor's console stays empty. */
export function warn(text: unknown): void {
  if (isDebug()) console.warn('[affitor]', text)
}

interface Answer {
  click_id?: string
  cookie_window_days?: number
}

/**
 * The answer of a call of the tracking API, or of a path of the page's own server; an empty one where it
 * refuses. Rejects where the server cannot have decided: no network, its own failure, too many requests, a
 * success that is not JSON. Trying again may help then. `keepalive`: it arrives although the page closes.
 */
export async function post(name: string, body: unknown): Promise<Answer> {
  const response = await fetch(name[0] === '/' ? name : `${apiBase()}/api/v1/track/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    keepalive: true,
  })
  const { status } = response
  const text = await response.text()
  warn(text)
  if (status === 429 || status > 499) throw status
  return status < 300 ? JSON.parse(text) : {}
}
