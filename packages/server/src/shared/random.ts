import { randomBytes } from 'node:crypto'

/** Where unguessable bytes come from. Injected, so that tests can repeat a run. */
export interface Randomness {
  bytes(count: number): Buffer
}

/** Asking the system costs the same for 12 bytes as for thousands, and every click needs 12. */
const pooledBytes = 4_096
let pool = Buffer.alloc(0)

/** The system's randomness. No byte is handed out twice. */
export const systemRandomness: Randomness = {
  bytes(count) {
    if (count > pooledBytes) return randomBytes(count)
    if (pool.length < count) pool = randomBytes(pooledBytes)
    const taken = pool.subarray(0, count)
    pool = pool.subarray(count)
    return taken
  },
}
