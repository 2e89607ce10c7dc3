import { type CountryCode, getExampleNumber } from 'libphonenumber-js/max'
import examples from 'libphonenumber-js/mobile/examples'
import { describe, expect, test } from 'vitest'
import type { GuardDetector } from '../../../ir/policies/prompt-guard.ts'
import { compileSearches } from '../redaction/compile-searches.ts'
import { clusterAt } from '../redaction/span.ts'
import { TextScanner } from '../redaction/text-scanner.ts'

/** What `detector` finds in `text`. */
function find(detector: GuardDetector, text: string): string[] {
  const searches = compileSearches({ custom: [], detectors: [detector] })
  if ('type' in searches) throw new Error(searches.message)
  const scanner = new TextScanner(searches)
  scanner.push(text)
  scanner.finish()
  const { spans } = scanner
  const found: string[] = []
  for (let next = 0; next < spans.length; ) {
    const cluster = clusterAt(spans, next)
    found.push(text.slice(spans[next]?.start, cluster.end))
    next += cluster.spans.length
  }
  return found
}

describe('credit-card', () => {
  test.each([
    '4111111111111111',
    '5555 5555 5555 4444',
    '3782-822463-10005',
    '30569309025904',
    '6011 1111 1111 1117',
    '2223 0031 2200 3222',
    '4222222222222',
  ])('finds %s', (number) => {
    expect(find('credit-card', `My card ${number}, thanks`)).toEqual([number])
    expect(find('credit-card', number)).toEqual([number])
  })

  test.each([
    ['a wrong check digit', '4111 1111 1111 1112'],
    ['a prefix of no card', '9111 1111 1111 1111'],
    ['a longer number', '41111111111111111111111'],
    ['letters around', 'x4111111111111111'],
    ['digits one by one', '4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1'],
    ['two spaces', '4111  1111 1111 1111'],
  ])('passes %s', (_, text) => {
    expect(find('credit-card', text)).toEqual([])
  })

  test('finds a number among others', () => {
    const text = '12 4111 1111 1111 1111 2025 and 4111111111111111-99'
    expect(find('credit-card', text)).toEqual(['4111 1111 1111 1111', '4111111111111111'])
  })
})

describe('ssn', () => {
  test.each(['536-22-8765', '536.22.8765', '536 22 8765', '53622-8765', '536-228765', '536228765'])(
    'finds %s',
    (number) => {
      expect(find('ssn', `is ${number}.`)).toEqual([number])
    },
  )

  test.each([
    ...['536-22 8765', '111111111', '536-00-8765', '536-22-0000', '000-22-8765', '666-22-8765'],
    ...['987-65-4320', '123-45-6789', '078-05-1120', '5362287651', 'a536228765', '536-22-876'],
  ])('passes %s', (text) => {
    expect(find('ssn', text)).toEqual([])
  })
})

describe('phone-number', () => {
  const regions: CountryCode[] = ['US', 'GB', 'DE', 'FR', 'IL', 'IN', 'CA', 'BR']

  test.each(regions)('finds the example of %s at home and abroad', (region) => {
    const number = getExampleNumber(region, examples)
    const forms = [number?.formatNational() ?? '', number?.formatInternational() ?? '']
    for (const form of forms) expect(find('phone-number', `call ${form} now`)).toEqual([form])
  })

  test.each([
    ['+81 90-1234-5678', 'a number of another country with its code'],
    ['(212) 736-5000', 'a number with brackets'],
    ['1-212-736-5000', 'a number with its prefix'],
    ['011 44 20 7946 0958', 'a call abroad'],
  ])('finds %s: %s', (number) => {
    expect(find('phone-number', `${number}.`)).toEqual([number])
  })

  test.each([
    '2026-11-20',
    '20.11.2026',
    '2026-11-20 10:30',
    '192.168.100.200',
    '12 34',
    '1 2 3 4 5 6 7 8 9 10 11 12',
    '12 3456',
    'x2127365000',
  ])('passes %s', (text) => {
    expect(find('phone-number', text)).toEqual([])
  })
})

describe('email', () => {
  test.each([
    ['john.doe+tag@example.com', 'john.doe+tag@example.com'],
    ['<a_b@sub.example.co.uk>', 'a_b@sub.example.co.uk'],
    ['see j@example.com. Then', 'j@example.com'],
    ['j@example.com.Then', 'j@example.com'],
    ["o'brien@example.org,", "o'brien@example.org"],
    ['m\u00fcller@b\u00fccher.de', 'm\u00fcller@b\u00fccher.de'],
    ['x@y@example.net', 'y@example.net'],
    ['me@team.github.io', 'me@team.github.io'],
  ])('finds in %j the address', (text, address) => {
    expect(find('email', text)).toEqual([address])
  })

  test.each(['user@localhost', '@example.com', 'a@b', 'john@example.invalidtld', 'a b @ c.com'])(
    'passes %j',
    (text) => {
      expect(find('email', text)).toEqual([])
    },
  )
})

describe('the forms of early releases', () => {
  test.each([
    ['legacy-credit-card', '5100 0000 0000 0000'],
    ['legacy-credit-card', '4111-1111-1111-1112'],
    ['legacy-credit-card', '3782 822463 10006'],
    ['legacy-credit-card', '30569309025905'],
    ['legacy-credit-card', '213112345678901'],
    ['legacy-credit-card', '%B4111111111111111^DOE/JOHN^2512101000000000?'],
    ['legacy-credit-card', ';4111111111111111=25121010000012345678?'],
    ['legacy-ssn', '123-45-6789'],
    ['legacy-ssn', '123 45 6789'],
    ['legacy-ssn', '123456789'],
  ] as const)('%s finds %s', (detector, text) => {
    expect(find(detector, `a ${text} b`)).toEqual([text])
    expect(find(detector, `a${text}b`)).toEqual([text])
  })

  test.each([
    ['legacy-credit-card', '9100 0000 0000 0000'],
    ['legacy-credit-card', '51000000000000001'],
    ['legacy-ssn', '123.45.6789'],
    ['legacy-ssn', '1234567890'],
  ] as const)('%s passes %s', (detector, text) => {
    expect(find(detector, text)).toEqual([])
  })
})
