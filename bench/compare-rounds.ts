/** A measurement's figures. Only their ratios within one round mean anything on a shared machine. */
export interface Figure {
  perSecond: number
  p50Ms?: number
  p99Ms?: number
}

export const roundsMin = 3

/**
 * Measures every variant once a round, each round beginning with another one, so that what else the
 * machine does falls on all of them. The figures of a variant are in the order of the rounds.
 */
export async function compareRounds<Name extends string>(
  variants: Record<Name, () => Promise<Figure>>,
  title: string,
): Promise<Record<Name, Figure[]>> {
  const names = Object.keys(variants) as Name[]
  const figures = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    Name,
    Figure[]
  >
  for (let round = 0; round < roundsMin; round += 1) {
    const order = names.map((_, i) => names[(i + round) % names.length] as Name)
    for (const name of order) figures[name].push(await variants[name]())
    const told = names.map(
      (name) => `${name} ${Math.round(figures[name][round]?.perSecond ?? 0)}/s`,
    )
    process.stderr.write(`${title}, round ${round + 1} of ${roundsMin}: ${told.join(', ')}\n`)
  }
  return figures
}

/** The median of the rounds' ratios: each is of figures measured one after the other. */
export function medianRatio(of: readonly Figure[], to: readonly Figure[]): number {
  const ratios = of.map((figure, i) => figure.perSecond / (to[i]?.perSecond ?? Number.NaN))
  return rounded(median(ratios), 2)
}

/** Medians, for a feeling of the size. */
export function summary(figures: readonly Figure[]) {
  const latency = (name: 'p50Ms' | 'p99Ms') => {
    const values = figures.map((figure) => figure[name]).filter((value) => value !== undefined)
    return values.length === 0 ? {} : rounded(median(values), 1)
  }
  const hasLatency = figures.every((figure) => figure.p50Ms !== undefined)
  return {
    per_second: rounded(median(figures.map((figure) => figure.perSecond)), 0),
    ...(hasLatency ? { p50_ms: latency('p50Ms'), p99_ms: latency('p99Ms') } : {}),
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
