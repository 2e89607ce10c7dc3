import { describe, expect, test } from 'vitest'
import { decodeBody } from './decode-body.ts'

describe('a body', () => {
  test.each([
    ['json', '{"a":1,"b":{"c":[{"d":1,"d":2}]},"a":2}', ['b.c[0].d', 'a']],
    ['yaml', 'a: 1\nb:\n  c:\n  - d: 1\n    d: 2\na: 2\n', ['a', 'b.c[0].d']],
    ['yaml', '{"a":1,"a":2}', ['a']],
    ['json', String.raw`{"a\"b":1,"x":"{\"a\":1,\"a\":2}","a":{"a":1}}`, []],
    ['json', String.raw`{"\u0061":1,"a":2}`, ['a']],
  ] as const)('of %s %s repeats %j', (format, text, duplicates) => {
    expect([...decodeBody(text, format).duplicateFields].sort()).toEqual([...duplicates].sort())
  })

  test('of YAML is read as kubectl reads files: dates are text, bare "on" is a boolean', () => {
    expect(decodeBody('a: 2020-01-01\nb: "on"\nc: on\n', 'yaml').value).toEqual({
      a: '2020-01-01',
      b: 'on',
      c: true,
    })
  })

  test.each([
    ['json', '{"a":', /not valid JSON/],
    ['yaml', 'a: [', /not valid YAML/],
    ['json', `${'['.repeat(300)}${']'.repeat(300)}`, /deeper than 200/],
    ['yaml', `- ${'['.repeat(300)}${']'.repeat(300)}`, /deeper than 200/],
    ['yaml', bomb(), /alias/i],
  ] as const)('of %s that is malformed is refused', (format, text, message) => {
    expect(() => decodeBody(text, format)).toThrow(message)
  })
})

function bomb(): string {
  const levels = Array.from({ length: 9 }, (_, index) => {
    const items =
      index === 0
        ? '"x"'
        : Array(9)
            .fill(`*a${index - 1}`)
            .join(',')
    return `a${index}: &a${index} [${items}]`
  })
  return `${levels.join('\n')}\n`
}
