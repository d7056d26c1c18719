import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { median, rounded, roundsMin } from './compare-rounds.ts'
import { startShippedServer } from './shipped-server.ts'

/** Seconds from the start of the process to `Affitor listening`, on a new and on a filled data directory. */
export async function measureStart(options: {
  filledDir: string
  /** Stored in `filledDir`. */
  events: number
  /** Where the new ones are made. */
  directory: string
  signal: AbortSignal
}) {
  const { filledDir, events, directory, signal } = options
  const empty: number[] = []
  const filled: number[] = []
  for (let round = 0; round < roundsMin; round += 1) {
    const emptyDir = join(directory, `empty-${round}`)
    empty.push(await secondsToStart(emptyDir, signal))
    await rm(emptyDir, { recursive: true, force: true })
    filled.push(await secondsToStart(filledDir, signal))
    const told = [empty, filled].map((list) => `${rounded(list.at(-1) ?? Number.NaN, 2)} s`)
    process.stderr.write(
      `start, round ${round + 1} of ${roundsMin}: empty ${told[0]}, filled ${told[1]}\n`,
    )
  }
  const ratios = filled.map((seconds, i) => seconds / (empty[i] ?? Number.NaN))
  const all = (list: number[]) => list.map((seconds) => rounded(seconds, 2))
  return {
    ratio_filled_to_empty: rounded(median(ratios), 2),
    rounds: roundsMin,
    empty_seconds: rounded(median(empty), 2),
    filled_seconds: rounded(median(filled), 2),
    events_when_filled: events,
    each: { empty: all(empty), filled: all(filled) },
  }
}

async function secondsToStart(dataDir: string, signal: AbortSignal): Promise<number> {
  signal.throwIfAborted()
  const server = await startShippedServer(dataDir)
  await server.stop()
  return server.startSeconds
}
