import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadRe2 } from './re2js.ts'
import { compileRegex, type Regex } from './regex.ts'

function compile(pattern: string): Regex {
  const regex = compileRegex(pattern)
  if ('type' in regex) throw new Error(regex.message)
  return regex
}

function replacer(pattern: string, substitution: string): (text: string) => string {
  const replace = compile(pattern).createReplacer(substitution)
  if (typeof replace !== 'function') throw new Error(replace.message)
  return replace
}

describe('matches', () => {
  test.each([
    ['/v1/users/[0-9]+', '/v1/users/12', true],
    ['/v1/users/[0-9]+', '/v1/users/12/x', false],
    ['/a|/b', '/b', true],
    ['a|ab', 'ab', true],
    ['^/a$', '/a', true],
    ['.*', 'a\nb', false],
    ['[^/]+', 'a\nb', true],
    ['\\s', '\v', false],
    ['\\s', '\u00a0', false],
    ['.', '\r', true],
    ['.', '\u{1f600}', true],
    ['(?i)/ABC', '/abc', true],
    ['\\pL+', 'é', true],
    ['(/.*)?', '', true],
    ['a\\$', 'a$', true],
    ['', '', true],
  ])('%s against %j is %s', (pattern, text, expected) => {
    expect(compile(pattern).matches(text)).toBe(expected)
  })

  test('takes linear time where backtracking engines explode', () => {
    const text = `${'a'.repeat(20_000)}!`
    for (const pattern of ['(a+)+b', '(a|a)*b', 'a*a*a*a*b', '(.*)(.*)(.*)[^!]', '.*[a-z]+/x']) {
      expect(compile(pattern).matches(text)).toBe(false)
    }
  })
})

/** Patterns around the border between what V8's engine may do and what it may not. */
const pattern = fc.letrec<{ pattern: string; items: string; item: string; atom: string }>(
  (tie) => ({
    pattern: fc.oneof(
      tie('items'),
      tie('items').map((items) => `^${items}$`),
      fc.tuple(tie('items'), tie('items')).map(([left, right]) => `${left}|${right}`),
    ),
    items: fc.array(tie('item'), { maxLength: 5 }).map((items) => items.join('')),
    item: fc
      .tuple(tie('atom'), fc.constantFrom('', '', '', '*', '+', '?', '*?', '{2}', '{1,2}', '{1,}'))
      .map(([atom, repetition]) => atom + repetition),
    atom: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('a', 'b', '/', '.', '\\.', '\\d', '\\s', '\\W') },
      {
        weight: 2,
        arbitrary: fc.constantFrom('[ab]', '[^/]', '[a-c]', '[^a-c\\n]', '[-a]', '[a\\-]'),
      },
      { weight: 1, arbitrary: tie('items').map((items) => `(${items})`) },
      {
        weight: 1,
        arbitrary: fc.tuple(tie('items'), tie('items')).map(([a, b]) => `(?:${a}|${b})`),
      },
    ),
  }),
).pattern
const text = fc.string({
  unit: fc.constantFrom('a', 'b', 'c', '/', '.', '-', '1', ' ', '\n', '\r', '\v', 'é', '\u{1f600}'),
  maxLength: 8,
})

test('every way of matching agrees with the RE2 engine', () => {
  fc.assert(
    fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 8 }), (source, texts) => {
      const regex = compileRegex(source)
      // A flag group is beyond what is understood here, so this one is left to the engine.
      const engine = compileRegex(`(?-i:${source})`)
      if ('type' in regex || 'type' in engine) return
      for (const each of texts) expect(regex.matches(each)).toBe(engine.matches(each))
    }),
    { numRuns: 5000 },
  )
})

/** Pieces of syntax in any order, most of them wrong together. */
const anySyntax = fc
  .array(
    fc.constantFrom(
      ...[
        'a',
        'b',
        'ab',
        '.',
        '*',
        '+',
        '?',
        '??',
        '|',
        '(',
        ')',
        '(?:',
        '[',
        ']',
        '[^',
        '-',
        '^',
        '$',
      ],
      ...[
        '\\',
        '\\d',
        '\\W',
        '\\b',
        '\\.',
        '\\-',
        '\\1',
        '\\_',
        '\\Q',
        '\\x41',
        '\\p{L}',
        '/',
        '"',
        '<',
        '>',
        ',',
      ],
      ...[
        '{2}',
        '{3,2}',
        '{1001}',
        '(?P<a>',
        '(?<a>',
        '(?i)',
        '(?=',
        '[[:alpha:]]',
        ' ',
        '}',
        '&&',
        '~~',
      ],
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''))

const isValidToEngine = (source: string) => {
  try {
    loadRe2().compile(source)
    return true
  } catch {
    return false
  }
}

test('a pattern is valid if the RE2 engine takes it, whether it is asked or not', () => {
  fc.assert(
    fc.property(anySyntax, (source) => {
      expect('type' in compileRegex(source)).toBe(!isValidToEngine(source))
    }),
    { numRuns: 10_000 },
  )
})

test('the longest pattern that is taken without asking is not too large for it', () => {
  for (const part of ['a', '[^a]', '\\W', '(a)', 'a|', '(?:a*)?', '[a-c]+']) {
    const source = part.repeat(Math.floor(1000 / part.length))
    expect(compile(`(?-i:${source})`).pattern).toContain(source)
    expect(compile(source).search('')).toBeTypeOf('boolean')
  }
})

test('literal parts hold for everything that matches', () => {
  fc.assert(
    fc.property(pattern, text, (source, each) => {
      const regex = compileRegex(source)
      if ('type' in regex || !regex.matches(each)) return
      expect(each.startsWith(regex.literalPrefix)).toBe(true)
      expect(each.endsWith(regex.literalSuffix)).toBe(true)
      if (regex.literal !== undefined) expect(each).toBe(regex.literal)
    }),
    { numRuns: 5000 },
  )
})

describe('literal parts', () => {
  test.each([
    ['/v1/users/[0-9]+/name', '/v1/users/', '/name', undefined],
    ['/v1/users', '/v1/users', '/v1/users', '/v1/users'],
    ['/v1\\.0/(a|b)', '/v1.0/', '', undefined],
    ['/(api|app)/x', '/ap', '/x', undefined],
    ['/v1/models|/v1/modes', '/v1/mode', 's', undefined],
    ['/a?b', '/', 'b', undefined],
    ['/a+', '/a', 'a', undefined],
    ['(?i)/abc', '', '', undefined],
    ['^/a$|b', '', '', undefined],
  ])('of %s', (source, prefix, suffix, literal) => {
    const regex = compile(source)
    expect([regex.literalPrefix, regex.literalSuffix, regex.literal]).toEqual([
      prefix,
      suffix,
      literal,
    ])
  })
})

describe('replacement', () => {
  test.each([
    ['/v([0-9]+)/', '/version-\\1/', '/v1/x/v2/y', '/version-1/x/version-2/y'],
    ['a*', '-', 'baac', '-b-c-'],
    ['(a)|(b)', '[\\1\\2\\0]', 'ab', '[aa][bb]'],
    ['x', '\\\\$1$&', 'axb', 'a\\$1$&b'],
    ['x', '', 'axb', 'ab'],
    ['^', '/p', '/a', '/p/a'],
    ['none', 'x', '/a', '/a'],
  ])('of %s by %j in %j', (source, substitution, each, expected) => {
    expect(replacer(source, substitution)(each)).toBe(expected)
  })

  test.each([
    ['(a)', '\\2', 'group 2'],
    ['a', '\\x', '"\\x"'],
    ['a', 'tail\\', '"\\"'],
  ])('of %s by %j is refused', (source, substitution, reason) => {
    expect(compile(source).createReplacer(substitution)).toMatchObject({
      type: 'regex-error',
      message: expect.stringContaining(reason),
    })
  })
})

test.each(['(', 'a{1001}', '(?=a)', '\\1', '[b-a]', '(((a{100}){100}){100})'])(
  '%s is refused by name',
  (source) => {
    expect(compileRegex(source)).toMatchObject({
      type: 'regex-error',
      message: expect.stringContaining(`"${source}"`),
    })
  },
)

test('search finds a match anywhere', () => {
  expect(compile('b+').search('abc')).toBe(true)
  expect(compile('^b').search('abc')).toBe(false)
})
