export interface TrackerOptions {
  programId: number | string
  /** The address of your Affitor server, such as `https://affitor.example.com`. */
  apiBase: string
  debug?: boolean | undefined
  cookieDomain?: string | undefined
  /** `required`: nothing is written or sent before `consent('granted')`. */
  consent?: 'required' | undefined
  /** The path of your server's middleware that sets the cookies again, such as `/a/c`. */
  firstParty?: string | undefined
  /** Further URL parameters that carry a code, such as `ref via`. */
  params?: string | undefined
  /** For a policy that names one. */
  nonce?: string | undefined
  /** The hash of an exact version, and the script's path of that version. */
  integrity?: string | undefined
  /** Default `/js/affitor-tracker.js`. */
  scriptPath?: string | undefined
}

const attributes = {
  programId: 'program-id',
  apiBase: 'api-base',
  debug: 'debug',
  cookieDomain: 'cookie-domain',
  consent: 'consent',
  firstParty: 'first-party',
  params: 'params',
} as const satisfies Partial<Record<keyof TrackerOptions, string>>

/** One for the page: what asks a second time waits for the first. */
let loading: Promise<void> | null = null

/** Resolves when the script is there, or cannot be loaded. */
export function loadScript(options: TrackerOptions): Promise<void> {
  if (typeof document === 'undefined') return Promise.resolve()
  loading ??= append(options).catch(() => {
    // So that a page which tries again may succeed.
    loading = null
  })
  return loading
}

function append(options: TrackerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    if (document.querySelector('script[data-affitor-program-id]')) return whenLoaded(resolve)
    const script = document.createElement('script')
    for (const [option, name] of Object.entries(attributes)) {
      const value = options[option as keyof typeof attributes]
      if (value !== undefined && value !== false) {
        script.setAttribute(`data-affitor-${name}`, value === true ? '' : String(value))
      }
    }
    if (options.nonce !== undefined) script.nonce = options.nonce
    if (options.integrity !== undefined) {
      script.integrity = options.integrity
      script.crossOrigin = 'anonymous'
    }
    script.async = true
    script.onload = () => resolve()
    script.onerror = reject
    const path = options.scriptPath ?? '/js/affitor-tracker.js'
    script.src = trusted(options.apiBase.replace(/\/+$/, '') + path)
    document.head.append(script)
  })
}

/** The page has a tag of its own, which may still be on its way. */
function whenLoaded(resolve: () => void): void {
  const isLoaded = () => 'affitor' in window
  if (isLoaded() || document.readyState === 'complete') resolve()
  else addEventListener('load', resolve, { once: true })
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): {
    createScriptURL(url: string): string
  }
}

let policy: ReturnType<TrustedTypes['createPolicy']> | null = null

/** Under Trusted Types an address must come from a policy; its name is `affitor`. */
function trusted(url: string): string {
  const { trustedTypes } = window as { trustedTypes?: TrustedTypes }
  if (trustedTypes === undefined) return url
  policy ??= trustedTypes.createPolicy('affitor', { createScriptURL: (text) => text })
  return policy.createScriptURL(url)
}
