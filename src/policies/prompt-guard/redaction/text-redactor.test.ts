import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { GuardPatterns } from '../../../ir/policies/prompt-guard.ts'
import { compileSearches, type Searches } from './compile-searches.ts'
import { type RedactionOptions, TextRedactor } from './text-redactor.ts'

const detectors = ['credit-card', 'ssn', 'phone-number', 'email'] as const

function searchFor(patterns: readonly string[], names: GuardPatterns['detectors'] = []): Searches {
  const searches = compileSearches({
    custom: patterns.map((pattern) => ({ pattern, name: undefined })),
    detectors: names,
  })
  if ('type' in searches) throw new Error(searches.message)
  return searches
}

const unlimited: RedactionOptions = {
  style: 'label',
  maxHeldBytes: Number.POSITIVE_INFINITY,
  maxHeldMs: Number.POSITIVE_INFINITY,
  onOverflow: 'mask',
}

function redact(searches: Searches, pieces: readonly string[], style = unlimited.style): string {
  const redactor = new TextRedactor(searches, { ...unlimited, style })
  return pieces.map((piece) => redactor.push(piece, 0)).join('') + redactor.end()
}

function* cuts(text: string): Generator<string[]> {
  for (let first = 0; first <= text.length; first += 1) {
    for (let second = first; second <= text.length; second += 1) {
      yield [text.slice(0, first), text.slice(first, second), text.slice(second)]
    }
  }
}

const everything = searchFor(
  [
    'secret: \\w+',
    '\\bproject (\\w+)\\b',
    '^note[^\\n]*$',
    'a(?:b*c)?',
    'x+y\\b',
    '\\Bend\\z',
    'begin[^!]*!',
    '\u{1f600}+',
  ],
  detectors,
)

const samples: readonly [text: string, labelled: string][] = [
  ['Pay with 4111 1111 1111 1111, please.', 'P<CUSTOM>y with <CREDIT_CARD>, ple<CUSTOM>se.'],
  ['SSN 536-22-8765; 536 22 8765.', 'SSN <US_SSN>; <US_SSN>.'],
  ['cxll (212) 736-5000 or +44 20 7946 0958!', 'cxll <PHONE_NUMBER> or <PHONE_NUMBER>!'],
  ['mxil john.doe@mail.co.uk. Then', 'mxil <EMAIL_ADDRESS>. Then'],
  ['Secret: tiger, project Apollo 11', '<CUSTOM>, <CUSTOM> 11'],
  ['note one\nxnd note two\nNOTE three', '<CUSTOM>\nxnd note two\n<CUSTOM>'],
  ['xxxy xxxyz xxy', '<CUSTOM> xxxyz <CUSTOM>'],
  ['begin 4111111111111111 \u{1f600}\u{1f600}! end', '<CUSTOM> end'],
  ['\u{1f600}\u{1f601}\u{1f600}', '<CUSTOM>\u{1f601}<CUSTOM>'],
  ['the bend', 'the b<CUSTOM>'],
]

describe('a redactor', () => {
  test.each(samples)('masks %j', (text, labelled) => {
    expect(redact(everything, [text])).toBe(labelled)
  })

  test.each(samples)('masks %j alike wherever it is cut in two or three', (text) => {
    for (const style of ['label', 'characters'] as const) {
      const whole = redact(everything, [text], style)
      for (const pieces of cuts(text)) expect(redact(everything, pieces, style)).toBe(whole)
    }
  })

  test('masks any text alike in any pieces', () => {
    const words = fc.constantFrom(
      ...[
        '4111',
        '1111',
        '536-22',
        '8765',
        '212',
        '736',
        '5000',
        'john',
        '@',
        'mail.com',
        'secret',
      ],
      ...[
        ': ',
        ' ',
        '-',
        '.',
        '\n',
        'a',
        'b',
        'c',
        'x',
        'y',
        '+44',
        '(',
        ')',
        '\u{1f600}',
        'begin',
      ],
    )
    const texts = fc.array(words, { maxLength: 25 }).map((parts) => parts.join(''))
    const property = fc.property(texts, fc.array(fc.nat(5), { minLength: 1 }), (text, sizes) => {
      const pieces: string[] = []
      for (let at = 0, turn = 0; at < text.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1
        pieces.push(text.slice(at, at + size))
        at += size === 0 && turn % sizes.length === 0 ? 1 : size
        if (size === 0 && turn % sizes.length === 0) pieces.push(text.slice(at - 1, at))
      }
      expect(redact(everything, pieces)).toBe(redact(everything, [text]))
    })
    fc.assert(property, { numRuns: 1000 })
  })

  test('holds back from where the earliest match may begin, and no more', () => {
    const redactor = new TextRedactor(searchFor(['secret: \\w+']), unlimited)
    expect(redactor.push('a sec', 0)).toBe('a ')
    expect(redactor.push('ond sec', 0)).toBe('second ')
    expect(redactor.push('ret: x', 0)).toBe('')
    expect(redactor.push('y. z', 0)).toBe('<CUSTOM>. z')
  })

  test('lets go of all but the last 64 characters of what may begin an address', () => {
    const redactor = new TextRedactor(searchFor([], ['email']), unlimited)
    const word = 'x'.repeat(300)
    expect(redactor.push(word, 0)).toBe('x'.repeat(236))
    expect(redactor.push('@mail.com ', 0)).toBe('<EMAIL_ADDRESS> ')
  })

  test('covers all that overlapping findings cover, named by the most certain and then the longest', () => {
    const searches = searchFor(['call \\d+', '\\d+ now please'], ['phone-number'])
    expect(redact(searches, ['do call 2127365000 now please ok'])).toBe('do <CUSTOM> ok')
    const phone = searchFor([], ['phone-number', 'credit-card'])
    expect(redact(phone, ['4111111111111111'])).toBe('<CREDIT_CARD>')
  })

  test.each([
    ['5100 0000 0000 0000', 'XXXX XXXX XXXX 0000', ['\\d{4}( ?\\d{4}){0}(?: \\d{4}){3}']],
    ['hello', 'XXXXo', ['hello']],
    ['id=12345678.', 'id=XXXXXX78.', ['id=(\\d+)']],
    ['\u{1f600}\u{1f600}\u{1f600}\u{1f600}', 'XXX\u{1f600}', ['\u{1f600}+']],
  ])('crosses out three quarters of %j', (text, expected, patterns) => {
    expect(redact(searchFor(patterns), [text], 'characters')).toBe(expected)
  })
})

describe('a redactor that holds back too much', () => {
  const limits = { ...unlimited, maxHeldBytes: 20, maxHeldMs: 500 }
  const searches = searchFor(['begin[^!]*!'])

  test('masks what it has held back, and the rest of the finding', () => {
    const redactor = new TextRedactor(searches, limits)
    expect(redactor.push('ok begin 3456789', 0)).toBe('ok ')
    expect(redactor.push('0123456789', 0)).toBe('<CUSTOM>')
    expect(redactor.push('more', 0)).toBe('')
    expect(redactor.push('! ok', 0)).toBe(' ok')
    expect(redactor.counts).toEqual({ masked: 1, overflows: 1 })
  })

  test('crosses out all of it when characters are masked', () => {
    const redactor = new TextRedactor(searches, { ...limits, style: 'characters' })
    expect(redactor.push('begin 34567890123456789', 0)).toBe('XXXXX XXXXXXXXXXXXXXXXX')
    expect(redactor.push('more! ok', 0)).toBe('XXXXX ok')
  })

  test('releases what it has held back if told to, and masks the rest of the finding', () => {
    const redactor = new TextRedactor(searches, { ...limits, onOverflow: 'release' })
    expect(redactor.push('begin 34567890123456789', 0)).toBe('begin 34567890123456789')
    expect(redactor.push('more! ok', 0)).toBe('<CUSTOM> ok')
    expect(redactor.counts.overflows).toBe(1)
  })

  test('lets nothing pass any more if told to reject', () => {
    const redactor = new TextRedactor(searches, { ...limits, onOverflow: 'reject' })
    expect(redactor.push('ok begin 34567890123456789', 0)).toBe('ok ')
    expect(redactor.rejected).toBe(true)
    expect(redactor.push('! ok', 0) + redactor.end()).toBe('')
  })

  test('holds no text back for longer than allowed', () => {
    const redactor = new TextRedactor(searches, limits)
    expect(redactor.dueAtMs).toBe(undefined)
    redactor.push('beg', 100)
    redactor.push('in ', 400)
    expect(redactor.dueAtMs).toBe(600)
    expect(redactor.release(599)).toBe('')
    expect(redactor.release(600)).toBe('<CUSTOM>')
    expect(redactor.dueAtMs).toBe(undefined)
    expect(redactor.push('x', 700)).toBe('')
    expect(redactor.dueAtMs).toBe(1200)
    expect(redactor.end()).toBe('x')
  })

  test('masks the rest of a number whose beginning was masked for being late', () => {
    const redactor = new TextRedactor(searchFor([], ['credit-card']), limits)
    expect(redactor.push('4111 1111 ', 0)).toBe('')
    expect(redactor.release(500)).toBe('<CREDIT_CARD>')
    expect(redactor.push('1111 1111 ok', 600)).toBe(' ok')
  })

  test.each([
    ['a word that could begin an address', ['Hello ', 'wor'], 'ld. Bye', 'ld. Bye'],
    ['a short number', ['in ', '2025'], ' or so.', ' or so.'],
    ['the beginning of an address', ['to ', 'john'], '@mail.com.', '<EMAIL_ADDRESS>.'],
  ])('lets %s go, and masks what it proves to belong to', (_, [first, held], second, rest) => {
    for (const onOverflow of ['mask', 'reject'] as const) {
      const options = { ...limits, onOverflow }
      const redactor = new TextRedactor(searchFor([], ['email', 'credit-card']), options)
      expect(redactor.push(`${first}${held}`, 0)).toBe(first)
      expect(redactor.release(500)).toBe(held)
      expect(redactor.push(second, 600) + redactor.end()).toBe(rest)
      expect(redactor.counts.overflows).toBe(1)
    }
  })

  test('masks an address of which the at sign has come', () => {
    const redactor = new TextRedactor(searchFor([], ['email']), limits)
    expect(redactor.push('to john@mai', 0)).toBe('to ')
    expect(redactor.release(500)).toBe('<EMAIL_ADDRESS>')
    expect(redactor.push('l.com. Bye', 600) + redactor.end()).toBe('. Bye')
  })

  test('counts characters beyond ASCII by their bytes', () => {
    const redactor = new TextRedactor(searches, limits)
    expect(redactor.push('begin \u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4', 0)).toBe('')
    expect(redactor.push('\u00e4', 0)).toBe('<CUSTOM>')
  })
})
