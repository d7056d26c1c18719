import { createHmac } from 'node:crypto'
import { maskEmail, normaliseEmail } from '../../shared/text.ts'

/** What is kept of an email: enough to recognise it again and to show it, not enough to write to it. */
export interface StoredEmail {
  hash: Buffer
  masked: string
}

/** HMAC-SHA-256 under the installation's pepper, so that a stolen table cannot be tried against lists of addresses. */
export function storeEmail(email: string | undefined, pepper: Buffer): StoredEmail | null {
  if (email === undefined) return null
  const hash = createHmac('sha256', pepper).update(normaliseEmail(email)).digest()
  return { hash, masked: maskEmail(email) }
}
