import { parameters } from './options.ts'

const urlCharsMax = 2_000
const codeCharsMax = 1_000
/** Other trackers kept a path alone; where it is does not matter. */
const anyBase = 'x:/'

/**
 * The partner code in a page's address, as codes are compared, with the address as it is sent and kept.
 * Nothing without a code.
 */
export function readLanding(href: string): { code: string; url: string } | undefined {
  const url = new URL(href, anyBase)
  for (const name of parameters()) {
    const code = url.searchParams.get(name)?.slice(0, codeCharsMax)
    if (code) {
      return {
        code: code.toLowerCase(),
        // What is longer than a cookie is cut down to what counts. No code needs escapes.
        url: href[urlCharsMax] ? `${url.origin}/?${name}=${code}` : href,
      }
    }
  }
  return undefined
}
