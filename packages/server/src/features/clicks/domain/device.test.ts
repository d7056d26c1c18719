import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import UserAgent from 'user-agents'
import { createDeviceReader, describeDevice } from './device.ts'

const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1'
const categories = ['desktop', 'mobile', 'tablet'] as const

/** The package's whole collection from real traffic, so there is nothing random in these tests. */
function realUserAgents(category: (typeof categories)[number]): string[] {
  return UserAgent.top(10_000, { deviceCategory: category }).map((found) => found.userAgent)
}

for (const category of categories) {
  test(`real ${category} browsers are read as such, and none is taken for a bot`, () => {
    const userAgents = realUserAgents(category)
    assert.ok(userAgents.length >= 20, `only ${userAgents.length} samples`)
    const devices = userAgents.map(describeDevice)
    const agreeing = devices.filter((device) => device.deviceType === category)
    assert.ok(agreeing.length >= 0.95 * devices.length, `${agreeing.length} of ${devices.length}`)
    const misjudged = userAgents.filter((_, i) => devices[i]?.isBot)
    assert.ok(misjudged.length <= 0.001 * devices.length, misjudged.join('\n'))
    const unnamed = devices.filter((device) => !device.browserName || !device.deviceOs)
    assert.ok(unnamed.length <= 0.01 * devices.length, `${unnamed.length} without a name`)
  })
}

test('a phone, a tablet, a desktop, a Chromebook and a television are told apart', () => {
  const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)'
  const devices: [string, string, string, string][] = [
    [iphone, 'mobile', 'iOS', 'Safari'],
    [iphone.replace('iPhone;', 'iPad;'), 'tablet', 'iOS', 'Safari'],
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0`,
      'desktop',
      'Windows',
      'Microsoft Edge',
    ],
    [
      `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${webkit} Chrome/138.0.0.0 Safari/537.36`,
      'desktop',
      'Chrome OS',
      'Chrome',
    ],
    [
      'Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/538.1 (KHTML, like Gecko) Version/6.0 TV Safari/538.1',
      'tv',
      'Tizen',
      'Tizen',
    ],
  ]
  for (const [userAgent, deviceType, deviceOs, browserName] of devices) {
    assert.deepEqual(describeDevice(userAgent), { deviceType, deviceOs, browserName, isBot: false })
  }
})

test('buyers inside the apps of social networks are people', () => {
  const inApp = iphone.replace(' Version/17.5', '').replace(' Safari/604.1', '')
  for (const app of [
    '[FBAN/FBIOS;FBAV/465.0.0.34.106;FBDV/iPhone14,5;FBMD/iPhone;FBSN/iOS;FBSV/17.5]',
    'Instagram 334.0.4.32.98 (iPhone14,5; iOS 17_5_1; en_US; en; scale=3.00; 1170x2532)',
    'Snapchat/12.90.0.43 (like Safari/8618.2.12.10.9, panda)',
    'LinkedInApp/9.29',
  ]) {
    const device = describeDevice(`${inApp} ${app}`)
    assert.equal(device.isBot, false, app)
    assert.equal(device.deviceType, 'mobile', app)
  }
})

test('well-known robots are bots', () => {
  for (const userAgent of [
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/138.0.0.0 Safari/537.36',
    'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; ChatGPT-User/1.0',
    'curl/8.5.0',
    'Wget/1.21.4',
    'python-requests/2.32.3',
    'Go-http-client/1.1',
    'node',
    'axios/1.7.2',
    'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
  ]) {
    const device = describeDevice(userAgent)
    assert.equal(device.isBot, true, userAgent)
    assert.equal(device.deviceType, 'bot', userAgent)
  }
})

test('who sends no user agent is a bot on an unknown device', () => {
  const nobody = { deviceType: 'unknown', deviceOs: null, browserName: null, isBot: true }
  for (const empty of ['', ' ', '\t\n']) assert.deepEqual(describeDevice(empty), nobody)
})

test('browsers are named that the list of the parser has forgotten', () => {
  const operaTouch = iphone.replace('Safari/604.1', 'Safari/604.1 OPT/4.5.1')
  assert.equal(describeDevice(operaTouch).browserName, 'Opera Touch')
})

test('a visitor cannot write words of his own into the reports', () => {
  const device = describeDevice('<b>Buy now</b>/5.0 (some device; with a "name") Something/1.0')
  assert.equal(device.browserName, null)
  assert.equal(device.deviceOs, null)
})

test('no user agent, however broken, makes it throw or run long', () => {
  const words = [
    ...[
      'Mozilla/5.0',
      ' (',
      ')',
      ';',
      '/',
      '.',
      '_',
      ' ',
      '\0',
      '\ud800',
      '😀',
      '1',
      'x',
      '[',
      '|',
      '@',
    ],
    ...[
      'Windows NT ',
      'Macintosh',
      'FxiOS',
      'iPhone OS ',
      'CPU OS ',
      'Android ',
      'Tizen',
      'CrOS',
      'X11',
    ],
    ...[
      'Chrome/',
      'Safari',
      'Version/',
      'Opera',
      'MSIE ',
      'Trident/',
      'Edge/',
      'like Gecko',
      'Mobile',
    ],
    ...[
      'SamsungBrowser',
      'PlayStation 4',
      'Roku/DVP',
      'Nexus',
      'Silk',
      'Web0S',
      'BB10',
      'bot',
      'http',
    ],
  ]
  const anyUserAgent = fc.string({ unit: fc.constantFrom(...words), maxLength: 40 })
  fc.assert(
    fc.property(anyUserAgent, (userAgent) => {
      describeDevice(userAgent)
    }),
    { numRuns: 3_000 },
  )
  for (const word of words) {
    const userAgent = `Mozilla/5.0 (${word.repeat(65_536 / word.length)}`
    const startedMs = performance.now()
    describeDevice(userAgent)
    const tookMs = performance.now() - startedMs
    assert.ok(tookMs < 50, `${JSON.stringify(word)} took ${tookMs} ms`)
  }
})

test('only the first 512 characters count', () => {
  const padded = `${iphone} ${'x'.repeat(511 - iphone.length)}`
  assert.equal(padded.length, 512)
  assert.equal(describeDevice(`${padded} Googlebot/2.1`).isBot, false)
  const reader = createDeviceReader({ entriesMax: 10 })
  assert.equal(reader.describe(padded), reader.describe(`${padded}${'y'.repeat(65_536)}`))
})

test('a reader answers what the description says, and remembers the agents used last', () => {
  const reader = createDeviceReader({ entriesMax: 2 })
  const first = reader.describe(iphone)
  assert.deepEqual(first, describeDevice(iphone))
  const curl = reader.describe('curl/8.5.0')
  assert.equal(reader.describe(iphone), first)
  reader.describe('Wget/1.21.4')
  assert.equal(reader.describe(iphone), first, 'it was used after curl, so it stays')
  assert.notEqual(
    reader.describe('curl/8.5.0'),
    curl,
    'it was unused for longest, so it was forgotten',
  )
})

test('remembering user agents does not keep the bodies alive that they came in', () => {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  const heapMb = () => {
    collectGarbage()
    return process.memoryUsage().heapUsed / 1e6
  }
  const reader = createDeviceReader({ entriesMax: 1_000 })
  const beforeMb = heapMb()
  for (let i = 0; i < 1_000; i++) reader.describe(`${i} ${'x'.repeat(65_536)}`)
  const grownMb = heapMb() - beforeMb
  assert.ok(grownMb < 16, `${grownMb} MB for 1,000 agents of 512 characters`)
  reader.describe(iphone)
})
