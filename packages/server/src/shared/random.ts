import { randomBytes } from 'node:crypto'

/** Where unguessable bytes come from. Injected, so that tests can repeat a run. */
export interface Randomness {
  bytes(count: number): Buffer
}

export const systemRandomness: Randomness = { bytes: (count) => randomBytes(count) }
