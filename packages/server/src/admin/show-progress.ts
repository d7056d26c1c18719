import type { ImportProgress } from '../features/imports/index.ts'

const barChars = 30
const lineEveryMs = 5_000

export interface ProgressView {
  show(progress: ImportProgress): void
  /** Ends the line of the bar. */
  end(): void
}

/** How an import goes, on stderr: a bar on a terminal, elsewhere a line every few seconds. */
export function createProgressView(stderr: NodeJS.WriteStream): ProgressView {
  let first: { progress: ImportProgress; atMs: number } | null = null
  let shownMs = performance.now()
  let hasBar = false
  return {
    show(progress) {
      const nowMs = performance.now()
      // An import that goes on begins far behind 0, so speed is measured from the first report.
      first ??= { progress, atMs: nowMs }
      if (!stderr.isTTY && nowMs - shownMs < lineEveryMs) return
      shownMs = nowMs
      const text = progressText(progress, first.progress, (nowMs - first.atMs) / 1_000)
      if (!stderr.isTTY) {
        stderr.write(`${text}\n`)
        return
      }
      const filled = Math.round((progress.bytesDone / progress.bytesTotal) * barChars)
      stderr.write(`\r[${'#'.repeat(filled)}${'.'.repeat(barChars - filled)}] ${text}\u001b[K`)
      hasBar = true
    },
    end() {
      if (hasBar) stderr.write('\n')
    },
  }
}

function progressText(now: ImportProgress, first: ImportProgress, seconds: number): string {
  const percent = Math.floor((now.bytesDone / now.bytesTotal) * 100)
  const done = `${percent} %, ${now.linesDone} lines`
  const bytesPerSecond = (now.bytesDone - first.bytesDone) / seconds
  if (!(seconds > 0) || !(bytesPerSecond > 0)) return done
  const linesPerSecond = Math.round((now.linesDone - first.linesDone) / seconds)
  const left = Math.ceil((now.bytesTotal - now.bytesDone) / bytesPerSecond)
  return `${done}, ${linesPerSecond} lines/s, ${left} s left`
}
