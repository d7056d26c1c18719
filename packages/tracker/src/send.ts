import { apiBase, isDebug } from './options.ts'

/** For whoever installs the script. A visitor's console stays empty. */
export function warn(text: unknown): void {
  if (isDebug()) console.warn('[affitor]', text)
}

interface Answer {
  success?: boolean
  error?: string
  message?: string
  click_id?: string
  cookie_window_days?: number
}

/**
 * The answer of a call of the tracking API, or of a path of the page's own server, also where it refuses.
 * Rejects where the server cannot have decided: no network, its own failure, too many requests, something
 * that is not JSON. Trying again may help then. `keepalive`: it arrives although the page closes.
 */
export async function post(name: string, body: unknown): Promise<Answer> {
  const response = await fetch(/^\w/.test(name) ? `${apiBase()}/api/v1/track/${name}` : name, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    keepalive: true,
  })
  const answer: Answer = await response.json()
  // 429, 5xx and what proxies say; a refusal of the call itself is below.
  if (response.status > 428) throw response.status
  if (!answer.success) warn(answer)
  return answer
}
