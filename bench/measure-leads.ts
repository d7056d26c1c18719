import type { BenchServer } from './bench-server.ts'
import { compareRounds, medianRatio, roundsMin, summary } from './compare-rounds.ts'

const leadsPerSecondGuessed = 500

/** Signups of new visitors that share commits, against a transaction each. Without HTTP. */
export async function measureLeads(server: BenchServer, seconds: number) {
  const { programId, codes } = await server.makeProgram()
  const [code = ''] = codes
  const count = seconds * leadsPerSecondGuessed
  const run = (isShared: boolean) => async () => {
    const { seconds, leads } = await server.recordLeads({ programId, code, count, isShared })
    return { perSecond: leads / seconds }
  }
  const figures = await compareRounds({ shared: run(true), alone: run(false) }, 'leads')
  return {
    ratio_to_transaction_per_lead: medianRatio(figures.shared, figures.alone),
    rounds: roundsMin,
    leads_a_round: count,
    shared: summary(figures.shared),
    transaction_per_lead: summary(figures.alone),
  }
}
