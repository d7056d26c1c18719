import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  rmSync,
  writeSync,
} from 'node:fs'

export interface Reject {
  line: number
  /** One sentence. */
  error: string
  /** The event as it was read; null where nothing could be read. */
  event: unknown
}

export interface RejectFile {
  /** Writes rejects down, in the order of their lines. */
  append(rejects: Reject[]): void
  /** How long the file is. */
  bytes(): number
  close(): void
}

/**
 * The file of rejected lines. Beyond `keptBytes` stands what a killed import wrote without having noted
 * its progress; that is cut off, because those lines come again. Only made when there is something to
 * write: a file left by an earlier import of other content is removed.
 */
export function openRejects(file: string, keptBytes: number): RejectFile {
  let fd: number | null = null
  let length = 0
  if (keptBytes > 0 && existsSync(file)) {
    fd = openSync(file, 'r+')
    length = Math.min(keptBytes, fstatSync(fd).size)
    ftruncateSync(fd, length)
  } else rmSync(file, { force: true })
  return {
    append(rejects) {
      if (rejects.length === 0) return
      // Events may hold emails, so nobody else may read them.
      fd ??= openSync(file, 'w', 0o600)
      const sorted = [...rejects].sort((a, b) => a.line - b.line)
      const text = sorted.map(({ line, error, event }) => JSON.stringify({ line, error, event }))
      length += writeSync(fd, `${text.join('\n')}\n`, length)
    },
    bytes: () => length,
    close() {
      if (fd !== null) closeSync(fd)
    },
  }
}
