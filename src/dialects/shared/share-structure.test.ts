import { expect, test } from 'vitest'
import { shareStructure } from './share-structure.ts'

const route = (path: string) => ({ matchers: [{ prefix: path }], options: { timeout: '1s' } })

test('an equal value is the previous one', () => {
  const previous = { routes: [route('/a'), route('/b')] }
  expect(shareStructure(previous, structuredClone(previous))).toBe(previous)
})

test('a changed value keeps the parts that are equal', () => {
  const previous = { routes: [route('/a'), route('/b')], domains: ['a'] }
  const next = { routes: [route('/a'), route('/c')], domains: ['a'] }
  const shared = shareStructure(previous, next)
  expect(shared).toEqual(next)
  expect(shared.routes[0]).toBe(previous.routes[0])
  expect(shared.routes[1]?.options).toBe(previous.routes[1]?.options)
  expect(shared.domains).toBe(previous.domains)
})

test.each([
  [
    [1, 2, 3],
    [1, 2],
  ],
  [[1], [1, 2]],
  [{ a: 1 }, { b: 1 }],
  [{ a: 1, b: 2 }, { a: 1 }],
  [{ a: [] }, { a: {} }],
  [{ a: undefined }, { b: undefined }],
  [undefined, { a: 1 }],
  [{ a: 1 }, null],
])('a value of another shape replaces the previous one (%j, %j)', (previous, next) => {
  expect(shareStructure(previous, next)).toEqual(next)
})
