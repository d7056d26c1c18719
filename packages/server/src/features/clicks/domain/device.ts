import Bowser from 'bowser'
import { isbot } from 'isbot'
import { remember } from '../../../shared/remember.ts'

export interface Device {
  readonly deviceType: 'desktop' | 'mobile' | 'tablet' | 'tv' | 'bot' | 'unknown'
  readonly deviceOs: string | null
  readonly browserName: string | null
  readonly isBot: boolean
}

export interface DeviceReader {
  describe(userAgent: string): Device
}

/** Longer user agents are cut: nobody's is, and the parsers' regular expressions see what they get. */
const userAgentCharsMax = 512
const deviceTypes = ['desktop', 'mobile', 'tablet', 'tv'] as const
/** The names that the parser knows: its own list, and those that the list has forgotten. */
const browserNames = new Set([
  ...Object.values(Bowser.BROWSER_MAP),
  'Miui',
  'Opera Touch',
  'PlayStation 4',
])

/**
 * Reads device, system and browser off a user agent. Parsing costs tens of microseconds and real
 * traffic repeats itself, so the last `entriesMax` answers are kept.
 */
export function createDeviceReader({ entriesMax }: { entriesMax: number }): DeviceReader {
  const limits = { entriesMax, keyCharsMax: userAgentCharsMax }
  const describe = remember(limits, describeDevice)
  return { describe: (userAgent) => describe(userAgent.slice(0, userAgentCharsMax)) }
}

/** Without a cache. Only the first 512 characters count. Never throws. */
export function describeDevice(userAgent: string): Device {
  const text = userAgent.slice(0, userAgentCharsMax)
  // Every browser names itself; what does not is a script.
  if (text.trim() === '') {
    return { deviceType: 'unknown', deviceOs: null, browserName: null, isBot: true }
  }
  const parser = Bowser.getParser(text, true)
  const deviceOs = parser.getOS().name ?? null
  // The parser has no device for Chromebooks.
  const platform = parser.getPlatform().type ?? (deviceOs === 'Chrome OS' ? 'desktop' : undefined)
  const isBot = platform === 'bot' || isbot(text)
  const deviceType = deviceTypes.find((type) => type === platform) ?? 'unknown'
  const browserName = parser.getBrowser().name ?? ''
  return {
    deviceType: isBot ? 'bot' : deviceType,
    deviceOs,
    // For a browser it does not know, the parser answers the visitor's own words, which reports would show.
    browserName: browserNames.has(browserName) ? browserName : null,
    isBot,
  }
}
