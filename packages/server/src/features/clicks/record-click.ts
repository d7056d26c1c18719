import type { Db } from '../../db/database.ts'
import type { Randomness } from '../../shared/random.ts'
import { clickIdRandomBytes } from '../customers/index.ts'
import { codeKey } from '../links/index.ts'
import type { ClickRequest } from './domain/click.ts'
import { type ClickOutcome, clickOutcome } from './domain/click-outcome.ts'
import { insertClicks } from './store.ts'

/** Records clicks that arrived together, in one commit. Answers in the order of the requests. */
export async function recordClicks(
  db: Db,
  randomness: Randomness,
  requests: ClickRequest[],
): Promise<ClickOutcome[]> {
  const recorded = await insertClicks(
    db,
    requests.map(({ code, existingClickId, atMs, visit }) => ({
      // First, because an object that begins as a copy of another is made in one step.
      ...visit,
      codeKey: codeKey(code),
      existingClickId,
      atMs,
      random: randomness.bytes(clickIdRandomBytes).toString('hex'),
    })),
  )
  return recorded.map(clickOutcome)
}
