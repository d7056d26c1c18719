/**
 * A click id names a visitor of one program. It is a capability: who knows it may add to that visitor's
 * history, so its last part is 96 random bits. Clients treat it as opaque.
 */
export const clickIdRandomBytes = 12

/** The program a click id was made for, or null when it is not one of ours. Whether it exists is another question. */
export function programOfClickId(clickId: string): number | null {
  const digits = /^cust_([1-9][0-9]{0,14})_[0-9]{1,15}_[0-9a-f]{24}$/.exec(clickId)?.[1]
  return digits === undefined ? null : Number(digits)
}
