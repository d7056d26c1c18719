type Lane = string | number

export interface FairQueue<Item> {
  put(lane: Lane, item: Item): void
  /** To the front of its lane. */
  putBack(lane: Lane, item: Item): void
  /** Up to `max` items: an equal share for each lane that has some, first come, first served within it. */
  take(max: number): Item[]
  size(): number
  sizeOf(lane: Lane): number
}

/** A queue in which a lane that is full does not make the others wait. */
export function createFairQueue<Item>(): FairQueue<Item> {
  const lanes = new Map<Lane, Item[]>()
  let size = 0

  function laneOf(lane: Lane): Item[] {
    const known = lanes.get(lane)
    if (known !== undefined) return known
    const made: Item[] = []
    lanes.set(lane, made)
    return made
  }

  /** Takes from each lane once, and moves those that have more behind the others. */
  function takeRound(taken: Item[], max: number): void {
    const share = Math.max(1, Math.floor((max - taken.length) / lanes.size))
    for (const [lane, items] of [...lanes]) {
      if (taken.length >= max) return
      for (const item of items.splice(0, share)) taken.push(item)
      lanes.delete(lane)
      if (items.length > 0) lanes.set(lane, items)
    }
  }

  return {
    put(lane, item) {
      laneOf(lane).push(item)
      size += 1
    },
    putBack(lane, item) {
      laneOf(lane).unshift(item)
      size += 1
    },
    take(max) {
      const taken: Item[] = []
      // Every round takes at least one item, so there are at most `max` rounds.
      while (taken.length < max && lanes.size > 0) takeRound(taken, max)
      size -= taken.length
      return taken
    },
    size: () => size,
    sizeOf: (lane) => lanes.get(lane)?.length ?? 0,
  }
}
