export type KeyKind = 'program' | 'management'

/** Bytes of randomness in a key: 256 bits, which base64url writes in 43 characters. */
export const keyRandomBytes = 32

const prefixes: Record<KeyKind, string> = { program: 'aff_', management: 'affk_' }
const PROGRAM_KEY_FORM = /^aff_[A-Za-z0-9_-]{43}$/

export function makeKey(kind: KeyKind, random: Buffer): string {
  return prefixes[kind] + random.toString('base64url')
}

/** Whether a text can be a program key at all. Saves the database from guesses. */
export function looksLikeProgramKey(text: string): boolean {
  return PROGRAM_KEY_FORM.test(text)
}

/** How a key is shown after its first showing: `aff_abcdefgh****wxyz`. */
export function maskKey(key: string): string {
  const start = key.indexOf('_') + 1
  return `${key.slice(0, start + 8)}****${key.slice(-4)}`
}
