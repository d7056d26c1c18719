type Lane = string | number

export interface FairQueue<Item> {
  put(lane: Lane, item: Item): void
  /** To the front of its lane. */
  putBack(lane: Lane, item: Item): void
  /**
   * Up to `max` items and up to `perLaneMax` of a lane: an equal share for each lane that has some, first
   * come, first served within it.
   */
  take(max: number, perLaneMax: number): Item[]
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
  function takeRound(taken: Item[], max: number, perLaneMax: number): void {
    const share = Math.max(1, Math.floor((max - taken.length) / lanes.size))
    for (const [lane, items] of [...lanes]) {
      const count = Math.min(share, perLaneMax, max - taken.length)
      if (count === 0) return
      for (const item of items.splice(0, count)) taken.push(item)
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
    take(max, perLaneMax) {
      const taken: Item[] = []
      // Every round takes at least one item, so there are at most `max` rounds. Where each lane may give
      // only so many, one round is all.
      do takeRound(taken, max, perLaneMax)
      while (perLaneMax >= max && taken.length < max && lanes.size > 0)
      size -= taken.length
      return taken
    },
    size: () => size,
    sizeOf: (lane) => lanes.get(lane)?.length ?? 0,
  }
}
