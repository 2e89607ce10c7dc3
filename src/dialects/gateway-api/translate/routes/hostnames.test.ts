import { expect, test } from 'vitest'
import { compareHostnames, effectiveHostnames, intersectHostnames } from './hostnames.ts'

test.each([
  ['*', 'a.test', 'a.test'],
  ['a.test', '*', 'a.test'],
  ['a.test', 'a.test', 'a.test'],
  ['a.test', 'b.test', undefined],
  ['*.test', 'a.test', 'a.test'],
  ['*.test', 'a.b.test', 'a.b.test'],
  ['*.test', 'test', undefined],
  ['*.test', '*.b.test', '*.b.test'],
  ['*.b.test', '*.test', '*.b.test'],
  ['*.a.test', '*.b.test', undefined],
  ['*.b.test', 'ab.test', undefined],
])('%s and %s share %s', (left, right, shared) => {
  expect(intersectHostnames(left, right)).toBe(shared)
})

test('a route without hostnames has those of its listener', () => {
  expect(effectiveHostnames('*.test', [])).toEqual(['*.test'])
  expect(effectiveHostnames('*.test', ['A.test', 'other', '*.test', 'a.test'])).toEqual([
    'a.test',
    '*.test',
  ])
})

test('exact names come before wildcards, longer ones first', () => {
  const names = ['*', '*.test', 'a.test', '*.b.test', 'long.b.test']
  expect(names.sort(compareHostnames)).toEqual([
    ...['long.b.test', 'a.test'],
    ...['*.b.test', '*.test', '*'],
  ])
})
