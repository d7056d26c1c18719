import type { SaleBody } from '../../contract/tracking-requests.ts'
import { parseCurrency } from '../../shared/currency.ts'
import { cleanJson, cleanText } from '../../shared/text.ts'
import type { SaleRequest } from '../conversions/index.ts'
import { storeEmail } from '../customers/index.ts'

const lineItemsBytesMax = 16 * 1024
const textCharsMax = 255

/** A sale as its use case takes it, from the fields of the wire. A string says what is missing. */
export function toSaleRequest(
  body: SaleBody,
  programId: number,
  pepper: Buffer,
  atMs: number,
): SaleRequest | string {
  if (body.transaction_id === undefined) return 'transaction_id is required and must be a string'
  if (body.amount_cents === undefined) {
    return 'amount_cents is required and must be a positive integer'
  }
  const items = body.line_items === undefined ? null : JSON.stringify(cleanJson(body.line_items))
  if (items !== null && Buffer.byteLength(items) > lineItemsBytesMax) {
    return 'line_items must be at most 16 KiB of JSON'
  }
  const email = storeEmail(body.email, pepper)
  const eventName = body.event_name ?? body.additional_data?.event_name
  return {
    programId,
    transactionId: body.transaction_id,
    amountCents: body.amount_cents,
    currency: body.currency === undefined ? null : parseCurrency(body.currency),
    customerKey: body.customer_key ?? null,
    clickId: body.click_id ?? null,
    atMs,
    details: {
      saleType: body.sale_type ?? 'payment',
      isRecurring: body.is_recurring ?? false,
      subscriptionId: body.subscription_id ?? null,
      subscriptionInterval: body.subscription_interval ?? null,
      productId: body.product_id ?? null,
      lineItems: items,
      eventName: eventName === undefined ? null : cleanText(eventName, textCharsMax),
      customerKey: body.customer_key ?? null,
      emailHash: email?.hash ?? null,
      emailMasked: email?.masked ?? null,
    },
  }
}
