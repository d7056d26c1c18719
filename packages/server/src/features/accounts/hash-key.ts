import { createHash } from 'node:crypto'

/** What is stored of a key. 256 random bits need no salt and no slow hash: they cannot be guessed. */
export function hashKey(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}
