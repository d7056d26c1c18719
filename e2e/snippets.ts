import { readFile } from 'node:fs/promises'

/** The examples of a guide. */
export interface Snippet {
  guide: string
  line: number
  language: string
  /** From its first line, if that is a comment with a path. */
  file: string | null
  code: string
}

const guides = new URL('../docs/guide/', import.meta.url)

export async function readSnippets(guide: string): Promise<Snippet[]> {
  const text = await readFile(new URL(guide, guides), 'utf8')
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map((found) => {
    const [, language = '', code = ''] = found
    return {
      ...{ guide, language, code },
      line: text.slice(0, found.index).split('\n').length,
      file: /^(?:\/\/|<!--|---\n\/\/) (\S+\.\w+)/.exec(code)?.[1] ?? null,
    }
  })
}

export function nameOf({ guide, line }: Snippet): string {
  return `${guide} line ${line}`
}
