import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'

/** As long as a body may be over HTTP. */
const lineBytesMax = 64 * 1024
const readBytes = 16 * 1024
const NEWLINE = 0x0a

export interface FileLine {
  /** Counted from 1. */
  number: number
  /** The byte behind the line and its newline: where the next one begins. */
  endByte: number
  /** Null for a line that is too long or not UTF-8; `error` says which. */
  text: string | null
  error: string | null
}

/**
 * The lines of a file from a byte on, in groups as the disk gives them. Memory does not grow with the
 * file, nor with a line: of one that is too long only its end is looked for.
 */
export async function* readLines(
  file: string,
  from: { byte: number; linesBefore: number },
): AsyncGenerator<FileLine[]> {
  let { byte, linesBefore: number } = from
  let rest: Buffer[] = []
  let restBytes = 0
  const toLine = (bytes: Buffer | null, lengthBytes: number): FileLine => {
    byte += lengthBytes
    number += 1
    return { number, endByte: byte, ...decode(bytes) }
  }
  const keep = (part: Buffer): void => {
    restBytes += part.length
    // One byte more than fits is enough to know that the line does not.
    if (restBytes <= lineBytesMax) rest.push(part)
    else rest = []
  }
  for await (const block of createReadStream(file, {
    start: from.byte,
    highWaterMark: readBytes,
  })) {
    const bytes = block as Buffer
    const lines: FileLine[] = []
    let at = 0
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, at)) {
      if (restBytes === 0) lines.push(toLine(fitting(bytes.subarray(at, end)), end - at + 1))
      else {
        keep(bytes.subarray(at, end))
        const whole = restBytes <= lineBytesMax ? Buffer.concat(rest) : null
        lines.push(toLine(whole, restBytes + 1))
        rest = []
        restBytes = 0
      }
      at = end + 1
    }
    // Copied: a slice would keep the whole block alive.
    if (at < bytes.length) keep(Buffer.from(bytes.subarray(at)))
    yield lines
  }
  if (restBytes > 0) {
    yield [toLine(restBytes <= lineBytesMax ? Buffer.concat(rest) : null, restBytes)]
  }
}

function fitting(line: Buffer): Buffer | null {
  return line.length <= lineBytesMax ? line : null
}

/** Strictly: replaced bytes would make two different ids one. */
function decode(bytes: Buffer | null): { text: string | null; error: string | null } {
  if (bytes === null) return { text: null, error: 'The line is longer than 64 KiB' }
  const text = bytes.toString('utf8')
  if (text.includes('\ufffd') && !isUtf8(bytes)) {
    return { text: null, error: 'The line is not valid UTF-8' }
  }
  return { text, error: null }
}
