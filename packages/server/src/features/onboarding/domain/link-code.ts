/** Letters and digits that cannot be mistaken for one another when read aloud or copied by hand. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789'
export const codeRandomBytes = 10

/** A referral code: the start of the partner's name and eight random characters. */
export function makeLinkCode(partnerName: string, random: Buffer): string {
  const name = partnerName
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '')
    .slice(0, 12)
  const tail = [...random.subarray(0, 8)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('')
  return name === '' ? tail : `${name}-${tail}`
}
