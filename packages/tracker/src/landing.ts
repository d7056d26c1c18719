import { parameters } from './options.ts'

const urlCharsMax = 2_000
const codeCharsMax = 255

/**
 * The partner code in a page's address, as codes are compared, with the address as it is sent and kept.
 * Nothing without a code.
 */
export function readLanding(href: string): { code: string; url: string } | undefined {
  const url = new URL(href, location.href)
  for (const name of parameters()) {
    const code = (url.searchParams.get(name) || '').slice(0, codeCharsMax)
    // What is longer than a cookie is cut down to what counts.
    const short = `${url.origin}/?${name}=${encodeURIComponent(code)}`
    if (code) return { code: code.toLowerCase(), url: href.length > urlCharsMax ? short : href }
  }
  return undefined
}
