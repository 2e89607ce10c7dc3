import fc from 'fast-check'
import { RE2JS } from 're2js'
import { describe, expect, test } from 'vitest'
import type { PatternMatch } from './pattern-run.ts'
import { compilePatternSet, type Pattern, type PatternSet } from './pattern-set.ts'

const plain = { caseInsensitive: false, dotMatchesNewline: false, multiline: false }

function compile(...patterns: (string | Pattern)[]): PatternSet {
  const set = compilePatternSet(
    patterns.map((pattern) =>
      typeof pattern === 'string' ? { source: pattern, ...plain } : pattern,
    ),
  )
  if ('type' in set) throw new Error(set.message)
  return set
}

function findIn(set: PatternSet, ...pieces: string[]): PatternMatch[] {
  const run = set.createRun()
  const found = pieces.flatMap((piece) => run.push(piece))
  return [...found, ...run.finish()].sort((a, b) => a.pattern - b.pattern || a.start - b.start)
}

/** What RE2 itself finds, one pattern after the other, without the empty matches. */
function expectedIn(patterns: readonly Pattern[], text: string): PatternMatch[] {
  return patterns.flatMap(({ source, ...flags }, pattern) => {
    const bits =
      (flags.caseInsensitive ? RE2JS.CASE_INSENSITIVE : 0) |
      (flags.dotMatchesNewline ? RE2JS.DOTALL : 0) |
      (flags.multiline ? RE2JS.MULTILINE : 0)
    const matcher = RE2JS.compile(source, bits).matcher(text)
    const found: PatternMatch[] = []
    while (matcher.find()) {
      if (matcher.start() === matcher.end()) continue
      found.push({ pattern, start: matcher.start(), end: matcher.end() })
    }
    return found
  })
}

/** Every way to cut `text` at one or two places. */
function cuts(text: string): string[][] {
  const all: string[][] = []
  for (let first = 0; first <= text.length; first += 1) {
    for (let second = first; second <= text.length; second += 1) {
      all.push([text.slice(0, first), text.slice(first, second), text.slice(second)])
    }
  }
  return all
}

describe('a pattern set', () => {
  test.each([
    ['a|ab', 'ab'],
    ['ab|a', 'ab'],
    ['(?:a|ab)(?:c|bcd)', 'abcd'],
    ['a*?', 'aaa'],
    ['a*', 'baac'],
    ['|a', 'aa'],
    ['x*y|x', 'xxxx xxy'],
    ['a(?:b*c)?', 'abbbb abbc'],
    ['\\bcat\\b', 'cat concat cat.'],
    ['\\Bcat', 'cat concat'],
    ['^a', 'ab\nab'],
    ['(?m)^a|b$', 'ab\nab'],
    ['(?s)b.a', 'ab\nab'],
    ['\\Aa|b\\z', 'ab\nab'],
    ['(?i)straße|kelvin', 'STRASSE STRAßE \u212Aelvin'],
    ['\\pL+', 'é\u{1d400}x 1'],
    ['.', 'a\u{1f600}b'],
    ['[^x]+', '\ud83d\ud83d\ude00\ude00'],
    ['foo.*bar', 'foo bar foo'],
    ['\\d{3}-\\d{2}-\\d{4}', '1123-45-67890 123-45-6789'],
  ])('%s finds in %j what a search of the whole text finds, however it is cut', (source, text) => {
    const set = compile(source)
    const expected = expectedIn([{ source, ...plain }], text)
    for (const pieces of cuts(text)) expect(findIn(set, ...pieces), `${pieces}`).toEqual(expected)
  })

  test('tells where the earliest match that may still come would begin', () => {
    const run = compile('secret: \\w+', '\\bcard\\b').createRun()
    run.push('my sec')
    expect(run.earliestLive()).toBe(3)
    run.push('ond card')
    expect(run.earliestLive()).toBe(10)
    expect([run.liveCount, run.livePattern(0), run.liveStart(0)]).toEqual([1, 1, 10])
    expect(run.push(' ')).toEqual([{ pattern: 1, start: 10, end: 14 }])
    expect(run.earliestLive()).toBe(15)
  })

  test('finds the first group of a match', () => {
    const set = compile('(?:key|token)=(\\w+?)(\\d*)\\b', 'none')
    const text = 'a token=abc12 b'
    const match = { text, start: 2, end: 13 }
    expect(findIn(set, text)).toEqual([{ pattern: 0, start: 2, end: 13 }])
    expect(set.findFirstGroup(0, match)).toEqual({ start: 8, end: 11 })
    expect(set.hasGroup(0)).toBe(true)
    expect(set.hasGroup(1)).toBe(false)
  })

  test.each(['(?=a)b', '(?<!a)b', '(a)\\1', '(a', '[z-a]'])('refuses %s by name', (source) => {
    const set = compilePatternSet([
      { source: 'fine', ...plain },
      { source, ...plain },
    ])
    expect('type' in set ? set.message : 'compiled').toContain(`"${source}" is not valid RE2`)
  })

  test('refuses what would take too many steps for a character', () => {
    const sources = Array.from({ length: 30 }, () => `(?:[a-z]{30}){${30}}`)
    const set = compilePatternSet(sources.map((source) => ({ source, ...plain })))
    expect('type' in set ? set.message : 'compiled').toContain('too large')
  })
})

const anyPattern = fc.letrec<{ pattern: string; sequence: string; item: string; atom: string }>(
  (tie) => ({
    pattern: fc.oneof(
      { weight: 2, arbitrary: tie('sequence') },
      fc.tuple(tie('sequence'), tie('sequence')).map(([left, right]) => `${left}|${right}`),
    ),
    sequence: fc.array(tie('item'), { maxLength: 4 }).map((items) => items.join('')),
    item: fc
      .tuple(tie('atom'), fc.constantFrom('', '', '', '*', '+', '?', '*?', '+?', '??', '{1,2}'))
      .map(([atom, repetition]) => atom + repetition),
    atom: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'atom' },
      {
        weight: 6,
        arbitrary: fc.constantFrom('a', 'b', 'B', ' ', '.', '[^a]', '\\w', '\u{1f600}'),
      },
      { weight: 2, arbitrary: fc.constantFrom('(?:^)', '(?:$)', '(?:\\b)', '(?:\\B)', '(?:\\z)') },
      { weight: 1, arbitrary: tie('pattern').map((inner) => `(?:${inner})`) },
      { weight: 1, arbitrary: tie('pattern').map((inner) => `(${inner})`) },
    ),
  }),
).pattern

const anyFlags = fc.record({
  caseInsensitive: fc.boolean(),
  dotMatchesNewline: fc.boolean(),
  multiline: fc.boolean(),
})
const anyText = fc
  .array(fc.constantFrom('a', 'b', 'A', 'B', ' ', '\n', '\u{1f600}'), { maxLength: 14 })
  .map((characters) => characters.join(''))

test('any patterns find in any text what RE2 finds, however the text is cut', () => {
  const anyPatterns = fc.array(fc.tuple(anyPattern, anyFlags), { minLength: 1, maxLength: 4 })
  const property = fc.property(anyPatterns, anyText, fc.nat(), fc.nat(), (pairs, text, a, b) => {
    const patterns = pairs.map(([source, flags]) => ({ source, ...flags }))
    const [first, second] = [a % (text.length + 1), b % (text.length + 1)].sort((x, y) => x - y)
    const pieces = [text.slice(0, first), text.slice(first, second), text.slice(second)]
    expect(findIn(compile(...patterns), ...pieces)).toEqual(expectedIn(patterns, text))
  })
  fc.assert(property, { numRuns: 3000 })
})

describe('the work', () => {
  /** Steps for each character of a text that is four times as long as another, compared with that other. */
  function growth(source: string, textOf: (length: number) => string): number {
    const steps = [2_000, 8_000].map((length) => {
      const set = compile(source)
      findIn(set, textOf(length))
      return set.simulatedSteps / length
    })
    return (steps[1] ?? 0) / (steps[0] ?? 1)
  }

  const random = (length: number) => {
    let seed = 7
    return Array.from({ length }, () => {
      seed = (seed * 1103515245 + 12345) % 2147483648
      return seed > 1073741824 ? 'a' : 'b'
    }).join('')
  }

  test.each([
    ['(a+)+b', (length: number) => 'a'.repeat(length)],
    ['x*y|x', (length: number) => 'x'.repeat(length)],
    ['(a|a)*b|a', (length: number) => 'a'.repeat(length)],
    ['(.*)(.*)(.*)[^!]', (length: number) => 'a'.repeat(length)],
    ['[ab]*a[ab]{14}c', random],
    ['(?:a[ab]{20})+c', random],
  ])('%s takes linear time', (source, textOf) => {
    expect(growth(source, textOf)).toBeLessThan(1.5)
  })

  test('stays right when the states become too many to remember', () => {
    const source = '[ab]*?a[ab]{13}bb'
    const text = random(20_000)
    expect(findIn(compile(source), text)).toEqual(expectedIn([{ source, ...plain }], text))
  })

  test('of several texts in turn is right when states are forgotten in between', () => {
    const source = '[ab]*?a[ab]{13}bb'
    const set = compile(source)
    const texts = [random(20_000), random(20_001).slice(1)]
    const runs = texts.map(() => ({ run: set.createRun(), found: [] as PatternMatch[] }))
    for (let index = 0; index < 20_000; index += 50) {
      for (const [which, { run, found }] of runs.entries()) {
        found.push(...run.push(texts[which]?.slice(index, index + 50) ?? ''))
      }
    }
    for (const [which, { run, found }] of runs.entries()) {
      const expected = expectedIn([{ source, ...plain }], texts[which] ?? '')
      expect([...found, ...run.finish()]).toEqual(expected)
    }
  })

  test('is done once for texts that are alike', () => {
    const set = compile('\\b(?:secret|token)\\b', '\\d{3}-\\d{4}')
    const text = 'The secret number is 555-1234 and the token 12. '
    findIn(set, text)
    const { simulatedSteps } = set
    for (const pieces of cuts(text)) findIn(set, ...pieces, text)
    expect(set.simulatedSteps - simulatedSteps).toBeLessThan(20_000)
  })
})
