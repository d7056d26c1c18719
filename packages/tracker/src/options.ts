/**
 * What the page says about the script, in the attributes of its tag (`data-affitor-program-id`) or through
 * `init({ programId })`. Names are those of the tag's dataset: `affitorProgramId`.
 */
export type Options = Record<string, string | undefined>

/** A module has no current script, and neither has one that another script adds: then its attribute tells. */
const script = (document.currentScript ||
  document.querySelector('script[data-affitor-program-id]')) as HTMLScriptElement | null

export const options: Options = { ...script?.dataset }

/** Replaces what is named and keeps the rest. */
export function setOptions(more: Record<string, unknown>): void {
  for (const name in more) {
    options[`affitor${name[0]?.toUpperCase()}${name.slice(1)}`] = `${more[name]}`
  }
}

export function programId(): number | null {
  return Number(options.affitorProgramId) || null
}

export function isDebug(): boolean {
  // An attribute without a value is there too.
  return (options.affitorDebug ?? 'false') !== 'false'
}

/** Where the API is: the script's own origin, unless the page says otherwise. */
export function apiBase(): string {
  return options.affitorApiBase || new URL(script?.src || '', location.href).origin
}

/** URL parameters that carry a partner code, the surest first. */
export function parameters(): string[] {
  return `aff ${options.affitorParams || ''}`.match(/[^\s,]+/g) || []
}
