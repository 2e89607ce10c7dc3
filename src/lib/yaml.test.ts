import { describe, expect, test } from 'vitest'
import { parseYaml, parseYamlDocuments, stringifyYaml } from './yaml.ts'

describe('YAML', () => {
  test.each([
    ['a: yes', { a: true }],
    ['a: off', { a: false }],
    ['a: "yes"', { a: 'yes' }],
    ['a: 0777', { a: 511 }],
    ['a: 2001-01-01', { a: '2001-01-01' }],
    ['a: 1:30', { a: '1:30' }],
    ['a: 1.5', { a: 1.5 }],
    ['a: [.5, 1., -.5, .]', { a: [0.5, 1, -0.5, '.'] }],
    ['a: [e1, -E2, .e3, 1e3, 1.5E-1, .5e1]', { a: ['e1', '-E2', '.e3', 1000, 0.15, 5] }],
    ['a: 12e4567', { a: '12e4567' }],
    ['a: ~', { a: null }],
    ['b: &x {c: 1}\na:\n  <<: *x\n  d: 2', { b: { c: 1 }, a: { c: 1, d: 2 } }],
    ['{"a": ["b"]}', { a: ['b'] }],
    ['', null],
  ])('%j is read as kubectl reads it', (text, expected) => {
    expect(parseYaml(text)).toEqual(expected)
  })

  test('tells each document apart, with the line where it begins', () => {
    const documents = parseYamlDocuments('a: 1\n---\nb: [\n---\nc: 3\n')
    expect(documents.map(({ value, errors }) => [value, errors.length > 0])).toContainEqual([
      { a: 1 },
      false,
    ])
    expect(documents.some(({ errors }) => errors.length > 0)).toBe(true)
    expect(parseYamlDocuments('a: 1\n---\nb: 2\n').map(({ line }) => line)).toEqual([1, 3])
  })

  test.each(['.inf', '-.INF', '+.Inf', '.nan'])('refuses %s, which JSON does not have', (text) => {
    expect(() => parseYaml(`a: ${text}`)).toThrow(`${text} is a number that JSON does not have`)
    expect(parseYaml(`a: '${text}'`)).toEqual({ a: text })
  })

  test('refuses repeated keys with their line', () => {
    expect(() => parseYaml('a: 1\nb: 2\na: 3')).toThrow('line 3: Map keys must be unique')
  })

  test('refuses aliases that multiply', () => {
    const levels = ['a: &a [x,x,x,x,x,x,x,x,x,x]']
    for (const [index, name] of [...'bcdefgh'].entries()) {
      const before = 'abcdefgh'[index]
      levels.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(',')}]`)
    }
    expect(() => parseYaml(levels.join('\n'))).toThrow(/alias/i)
  })

  test('is written so that it is read again as it was', () => {
    const value = { a: 'yes', b: ['x: y', '007'], c: null }
    expect(parseYaml(stringifyYaml(value))).toEqual(value)
  })
})
