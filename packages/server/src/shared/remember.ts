/**
 * A pure function of a text that keeps the answers it gave last, at most `entriesMax`. Texts longer
 * than `keyCharsMax` UTF-16 units are answered and not kept, so the memory is bounded.
 *
 * There are two generations: what is asked for again moves to the young one, and when that is full it
 * becomes the old one, whose unused answers are forgotten. Unlike a list in order of use, a hit writes
 * nothing, and most asks are hits.
 */
export function remember<Value>(
  { entriesMax, keyCharsMax }: { entriesMax: number; keyCharsMax: number },
  answer: (key: string) => Value,
): (key: string) => Value {
  const generationMax = Math.ceil(entriesMax / 2)
  let young = new Map<string, Value>()
  let old = new Map<string, Value>()

  function keep(key: string, value: Value): void {
    if (young.size >= generationMax) {
      old = young
      young = new Map()
    }
    young.set(key, value)
  }

  return (key) => {
    const known = young.get(key)
    if (known !== undefined) return known
    if (key.length > keyCharsMax) return answer(key)
    const value = old.get(key) ?? answer(key)
    keep(copied(key), value)
    return value
  }
}

/** A slice keeps the whole string it was cut from alive: 5,000 slices of 64 KiB bodies would hold 300 MB. */
function copied(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le')
}
