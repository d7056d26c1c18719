/** Work whose program is not known yet. It tells nothing about who is at work. */
export const nobodysLane = 0

/** So long after its last work, a program is taken to be in use. */
const inUseMs = 1_000

/** Who is at work in this process, over all of its writers. */
export interface Sharing {
  note(lane: number): void
  /** Whether several programs are in use. */
  isShared(): boolean
}

/** One for all writers: whoever floods one of them takes the process from those who wait in another. */
export function createSharing(nowMs: () => number): Sharing {
  let lastLane = nobodysLane
  let changedAtMs = Number.NEGATIVE_INFINITY
  return {
    note(lane) {
      if (lane === nobodysLane || lane === lastLane) return
      if (lastLane !== nobodysLane) changedAtMs = nowMs()
      lastLane = lane
    },
    isShared: () => nowMs() - changedAtMs < inUseMs,
  }
}
