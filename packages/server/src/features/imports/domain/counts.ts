/** What became of the lines of one type. */
interface TypeCounts {
  imported: number
  /** Known from before: nothing was added. */
  alreadyThere: number
}

export interface ImportCounts {
  clicks: TypeCounts & {
    /** Older than what was decided of their visitors before: those verdicts stay. */
    late: number
  }
  leads: TypeCounts
  sales: TypeCounts & {
    /** Decided, and refused for the window: no sale, and nobody earns. */
    outsideWindow: number
  }
  refunds: TypeCounts
  rejected: number
}

export function noCounts(): ImportCounts {
  const none = { imported: 0, alreadyThere: 0 }
  return {
    clicks: { ...none, late: 0 },
    leads: { ...none },
    sales: { ...none, outsideWindow: 0 },
    refunds: { ...none },
    rejected: 0,
  }
}
