import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeFieldSet } from './decode-field-set.ts'
import {
  differenceOf,
  equalSets,
  type FieldSet,
  intersectionOf,
  leaf,
  pathsOf,
  recursiveDifferenceOf,
  unionOf,
} from './field-set.ts'

const names = ['f:a', 'f:b', 'k:{"n":1}', 'v:"x"']
const { set } = fc.letrec<{ set: FieldSet; below: FieldSet }>((tie) => ({
  set: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(leaf),
    fc.dictionary(fc.constantFrom(...names), tie('below'), { minKeys: 1 }),
  ),
  below: fc.oneof(
    { depthSize: 'small' },
    fc.constant(leaf),
    fc
      .tuple(fc.boolean(), fc.dictionary(fc.constantFrom(...names), tie('below'), { minKeys: 1 }))
      .map(([member, fields]) => (member ? { '.': leaf, ...fields } : fields)),
  ),
}))

function members(of: FieldSet): Set<string> {
  return new Set(pathsOf(of))
}

describe('a set of fields', () => {
  test('has union, intersection and difference as sets of paths have', () => {
    fc.assert(
      fc.property(set, set, (left, right) => {
        const [inLeft, inRight] = [members(left), members(right)]
        const onlyLeft = [...inLeft].filter((path) => !inRight.has(path))
        const both = [...inLeft].filter((path) => inRight.has(path))
        expect(members(unionOf(left, right))).toEqual(new Set([...inLeft, ...inRight]))
        expect(members(intersectionOf(left, right))).toEqual(new Set(both))
        expect(members(differenceOf(left, right))).toEqual(new Set(onlyLeft))
      }),
    )
  })

  test('is what it was after it was written as JSON and read', () => {
    fc.assert(
      fc.property(set, (given) => {
        const read = decodeFieldSet(JSON.parse(JSON.stringify(given)))
        expect(read !== undefined && equalSets(read, given)).toBe(true)
      }),
    )
  })

  test('is read into one form whatever the order of key fields', () => {
    expect(decodeFieldSet({ 'k:{"b": 1, "a": "x"}': {} })).toEqual({ 'k:{"a":"x","b":1}': {} })
  })

  test.each([[{ odd: {} }], [{ 'k:1': {} }], [{ 'v:{': {} }], [{ 'f:a': 1 }], [[]]])(
    'is not read from %j',
    (fields) => {
      expect(decodeFieldSet(fields)).toBeUndefined()
    },
  )

  test('loses everything below a removed member by a recursive difference', () => {
    const left = { 'f:a': { '.': leaf, 'f:b': leaf }, 'f:c': leaf }
    expect(recursiveDifferenceOf(left, { 'f:a': leaf })).toEqual({ 'f:c': {} })
  })
})
