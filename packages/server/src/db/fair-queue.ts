export interface FairQueue<Item> {
  put(lane: number, item: Item): void
  /** To the front of its lane. */
  putBack(lane: number, item: Item): void
  /**
   * Up to `max` items and up to `laneMax` of a lane: an equal share for each lane that has some, first
   * come, first served within it.
   */
  take(max: number, laneMax: (lane: number) => number): Item[]
  size(): number
  sizeOf(lane: number): number
}

/** A queue in which a lane that is full does not make the others wait. */
export function createFairQueue<Item>(): FairQueue<Item> {
  const lanes = new Map<number, Item[]>()
  let size = 0

  function laneOf(lane: number): Item[] {
    const known = lanes.get(lane)
    if (known !== undefined) return known
    const made: Item[] = []
    lanes.set(lane, made)
    return made
  }

  /** Takes from each lane once, and moves those that have more behind the others. */
  function takeRound(taken: Item[], max: number, left: Map<number, number>): void {
    const share = Math.max(1, Math.floor((max - taken.length) / left.size))
    for (const [lane, laneLeft] of [...left]) {
      const items = laneOf(lane)
      const part = items.splice(0, Math.min(share, laneLeft, max - taken.length))
      for (const item of part) taken.push(item)
      lanes.delete(lane)
      if (items.length > 0) lanes.set(lane, items)
      if (items.length > 0 && laneLeft > part.length) left.set(lane, laneLeft - part.length)
      else left.delete(lane)
      if (taken.length >= max) return
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
    take(max, laneMax) {
      const taken: Item[] = []
      // How many each lane may still give; one that may give none is not in it.
      const left = new Map<number, number>()
      for (const lane of lanes.keys()) {
        const most = laneMax(lane)
        if (most > 0) left.set(lane, most)
      }
      // Every round takes at least one item, so there are at most `max` rounds.
      while (taken.length < max && left.size > 0) takeRound(taken, max, left)
      size -= taken.length
      return taken
    },
    size: () => size,
    sizeOf: (lane) => lanes.get(lane)?.length ?? 0,
  }
}
