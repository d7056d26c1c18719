import { programKey } from '../../../../shared/program-key.ts'

/** What of a sale another sale of the same batch may change before it is decided. */
export function namesOfSale({
  programId,
  transactionId,
  customerKey,
  details: { subscriptionId },
}: {
  programId: number
  transactionId: string
  customerKey: string | null
  details: { subscriptionId: string | null }
}): string[] {
  return [
    `transaction ${transactionId}`,
    ...(customerKey === null ? [] : [`key ${customerKey}`]),
    ...(subscriptionId === null ? [] : [`subscription ${subscriptionId}`]),
  ].map((name) => programKey(programId, name))
}
