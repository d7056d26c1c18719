/**
 * What has to reach the server, until it has: a page that closes, or a network that is away, loses nothing.
 * It is written down before it is sent, and taken out when the server has answered.
 */

export interface Item {
  /** A click's says where the visitor landed, a signup's does not. */
  body: Record<string, unknown>
  /** When it was put in, in ms, and its name: a fraction makes it unlike any other's. */
  at: number
  /** Until then a page that is sending it has it, in ms. */
  until: number
}

const key = 'affitor_outbox'
const itemsMax = 10
const ageMaxMs = 86_400_000
/** So much older it gets with each failure, so that what fails for ever is not sent for ever. */
export const ageOfFailureMs = 1_000_000

let known: Item[] = []
/** The browser refuses storage, or has no room: what this page knows is all there is. */
let isAlone: true | undefined

export function load(): Item[] {
  try {
    if (!isAlone) {
      known = JSON.parse(localStorage[key] || '[]').filter(
        ({ at }: Item) => Date.now() - at < ageMaxMs,
      )
    }
  } catch {
    // Not ours, and overwritten with the next item.
  }
  return known
}

/** What came first stays: that is the click, without which no signup counts. */
export function save(items: Item[]): void {
  known = items.slice(0, itemsMax)
  try {
    if (items[0]) localStorage[key] = JSON.stringify(known)
    else delete localStorage[key]
  } catch {
    isAlone = true
  }
}

/** Takes the item out of what is stored now, for other pages have been at the list, and puts another in. */
export function replace({ at }: Item, ...by: Item[]): void {
  save([...by, ...load().filter((one) => one.at !== at)])
}
