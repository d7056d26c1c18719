'use client'

import {
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import {
  consent,
  getClickId,
  getData,
  init,
  signup,
  type Tracker,
  type TrackerData,
  type TrackerOptions,
  trackClick,
} from './index.ts'

export type { Signup, Tracker, TrackerData, TrackerOptions } from './index.ts'

export interface Affitor {
  /** The script; null until it is there. */
  tracker: Tracker | null
  signup: typeof signup
  trackClick: typeof trackClick
  consent: typeof consent
  getClickId: () => string | null
  getData: () => TrackerData
}

const AffitorContext = createContext<Affitor | null>(null)

/** Loads the tracker and gives it to `useAffitor` below. */
export function AffitorProvider({
  children,
  ...options
}: TrackerOptions & { children?: ReactNode }): ReactElement {
  const tracker = useTracker(options)
  const value = useMemo(
    () => ({ tracker, signup, trackClick, consent, getClickId, getData }),
    [tracker],
  )
  return createElement(AffitorContext.Provider, { value }, children)
}

/** Loads the tracker, for pages that need nothing else of it. Renders nothing. */
export function AffitorTracker(options: TrackerOptions): null {
  useTracker(options)
  return null
}

/** Throws outside of `AffitorProvider`. */
export function useAffitor(): Affitor {
  const affitor = useContext(AffitorContext)
  if (affitor === null) throw new Error('useAffitor needs an AffitorProvider above it')
  return affitor
}

function useTracker(options: TrackerOptions): Tracker | null {
  const [tracker, setTracker] = useState<Tracker | null>(null)
  // What the script was loaded with stays: a page has one script.
  const first = useRef(options)
  useEffect(() => {
    let isGone = false
    void init(first.current).then((loaded) => {
      if (!isGone) setTracker(loaded)
    })
    return () => {
      isGone = true
    }
  }, [])
  return tracker
}
