/** Rows for COPY, written out a few hundred at a time: what is kept as bytes, garbage collection never copies. */
export interface CopyRows {
  count: number
  blocks: Buffer[]
  /** Not written out yet. */
  pending: string
}

const pendingCharsMax = 256 * 1024

export function emptyRows(): CopyRows {
  return { count: 0, blocks: [], pending: '' }
}

export function addRow(rows: CopyRows, row: string): void {
  rows.count += 1
  rows.pending += row
  if (rows.pending.length >= pendingCharsMax) writeOut(rows)
}

/** All rows in their order. */
export function rowBlocks(rows: CopyRows): Buffer[] {
  if (rows.pending !== '') writeOut(rows)
  return rows.blocks
}

function writeOut(rows: CopyRows): void {
  rows.blocks.push(Buffer.from(rows.pending))
  rows.pending = ''
}
