import fc from 'fast-check'
import { RE2JS } from 're2js'
import { describe, expect, test } from 'vitest'
import { compilePattern } from './pattern.ts'

describe('a pattern', () => {
  test.each([
    '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
    '^[0-9]+s$',
    '^a(b(c)?)?$',
    '^/[A-Za-z/-]+$',
    '^(a+)+$',
    '^a|b$',
    '(?i)^ab$',
    'a',
  ])('%s matches what RE2 matches', (source) => {
    const pattern = compilePattern(source)
    const expected = RE2JS.compile(source)
    const value = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'A', '0', 's', '-', '/', '\n') })
    fc.assert(
      fc.property(value, (text) => {
        expect(pattern?.matches(text)).toBe(expected.matcher(text).find())
      }),
    )
  })

  test.each(['(', '[a', 'a(?=b)', '(a)\\1', '^(a$'])('%s is not valid', (source) => {
    expect(compilePattern(source)).toBeUndefined()
  })

  test.each(['^(a+)+$', '^(a|aa)+$', '^a*a*a*a*b$', '^[a-z]*[a-z]*$'])(
    '%s takes no more than linear time for a long value',
    (source) => {
      expect(compilePattern(source)?.matches(`${'a'.repeat(100_000)}!`)).toBe(false)
    },
  )
})
