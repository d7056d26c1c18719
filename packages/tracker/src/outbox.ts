/**
 * What has to reach the server, until it has: a page that closes, or a network that is away, loses nothing.
 * It is written down before it is sent, and taken out when the server has answered.
 */

export interface Item {
  /** `click` or `lead`. */
  kind: string
  body: Record<string, unknown>
  /** When it was put in, in ms, and its name: a fraction makes it unlike any other's. */
  at: number
  /** Until then a page that is sending it has it, in ms. */
  until: number
}

const key = 'affitor_outbox'
const itemsMax = 10
const ageMaxMs = 86_400_000
/** So much older it gets with each failure, so that what is refused for ever is not sent for ever. */
export const ageOfFailureMs = ageMaxMs / 6

let inMemory: Item[] = []

export function load(): Item[] {
  try {
    return JSON.parse(localStorage[key] || '[]').filter(isFresh)
  } catch {
    // Refused, or not ours: what this page knows is all there is.
    return inMemory.filter(isFresh)
  }
}

function isFresh({ at }: Item): boolean {
  return Date.now() - at < ageMaxMs
}

export function save(items: Item[]): void {
  inMemory = items.slice(-itemsMax)
  try {
    if (items[0]) localStorage[key] = JSON.stringify(inMemory)
    else delete localStorage[key]
  } catch {}
}

/** Takes the item out of what is stored now, for other pages have been at the list, and puts another in. */
export function replace({ at }: Item, ...by: Item[]): void {
  save([...by, ...load().filter((one) => one.at !== at)])
}
