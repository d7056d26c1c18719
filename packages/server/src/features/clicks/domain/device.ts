import Bowser from 'bowser'
import { isbot } from 'isbot'

export interface Device {
  deviceType: 'desktop' | 'mobile' | 'tablet' | 'tv' | 'bot' | 'unknown'
  deviceOs: string | null
  browserName: string | null
  isBot: boolean
}

export interface DeviceReader {
  describe(userAgent: string): Device
}

/** Longer user agents are cut: nobody's is, and the parsers' regular expressions see what they get. */
const userAgentCharsMax = 512
const deviceTypes = ['desktop', 'mobile', 'tablet', 'tv'] as const

/**
 * Reads device, system and browser off a user agent. Parsing costs tens of microseconds and real
 * traffic repeats itself, so the last `entriesMax` answers are kept.
 */
export function createDeviceReader({ entriesMax }: { entriesMax: number }): DeviceReader {
  const cache = new Map<string, Device>()
  return {
    describe(userAgent) {
      const key = userAgent.slice(0, userAgentCharsMax)
      const known = cache.get(key)
      if (known !== undefined) {
        // Moved to the end, so that the first entry is always the one unused for longest.
        cache.delete(key)
        cache.set(key, known)
        return known
      }
      const device = describeDevice(key)
      const oldest = cache.size >= entriesMax ? cache.keys().next().value : undefined
      if (oldest !== undefined) cache.delete(oldest)
      cache.set(key, device)
      return device
    },
  }
}

export function describeDevice(userAgent: string): Device {
  // Every browser names itself; what does not is a script.
  if (userAgent === '') {
    return { deviceType: 'unknown', deviceOs: null, browserName: null, isBot: true }
  }
  const parsed = Bowser.parse(userAgent)
  const isBot = isbot(userAgent)
  const deviceType = deviceTypes.find((type) => type === parsed.platform.type) ?? 'unknown'
  return {
    deviceType: isBot ? 'bot' : deviceType,
    deviceOs: parsed.os.name ?? null,
    browserName: parsed.browser.name === '' ? null : (parsed.browser.name ?? null),
    isBot,
  }
}
