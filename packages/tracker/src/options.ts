/**
 * What the page says about the script, in the attributes of its tag (`data-affitor-program-id`) or through
 * `init({ programId })`. Names are those of the tag's dataset: `affitorProgramId`.
 */
export type Options = Record<string, string | undefined>

/** A module has no current script, and neither has one that another script adds: then its attribute tells. */
const script = (document.currentScript ||
  document.querySelector('[data-affitor-program-id]')) as HTMLScriptElement | null

export const options: Options = { ...script?.dataset }

export const programId = (): number | null => +(options.affitorProgramId as string) || null

// An attribute without a value is there too.
export const isDebug = (): boolean => (options.affitorDebug ?? 'false') !== 'false'

/** Where the API is: the script's own origin, unless the page says otherwise. */
export const apiBase = (): string =>
  options.affitorApiBase || new URL(script?.src || location.href).origin

/** URL parameters that carry a partner code, the surest first. */
export function parameters(): string[] {
  return `aff ${options.affitorParams || ''}`.match(/[^\s,]+/g) as string[]
}
