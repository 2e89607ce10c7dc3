import { expect, test } from 'vitest'
import { normalizePath } from './normalize-path.ts'

const both = { normalizePath: true, mergeSlashes: true }

test.each([
  ['/a/b', '/a/b'],
  ['/a/./b', '/a/b'],
  ['/a/../b', '/b'],
  ['/a/%2e%2E/b', '/b'],
  ['/a/.%2e/b/..', '/'],
  ['/../../etc', '/etc'],
  ['/a//b///c', '/a/b/c'],
  ['/a/...', '/a/...'],
  ['/.well-known/x', '/.well-known/x'],
  ['/a%2Fb', '/a%2Fb'],
  ['/a/b/', '/a/b/'],
])('%s becomes %s', (path, expected) => {
  expect(normalizePath(path, both)).toBe(expected)
})

test('a listener may leave dots and slashes alone', () => {
  const none = { normalizePath: false, mergeSlashes: false }
  expect(normalizePath('/a/../b//c', none)).toBe('/a/../b//c')
})

test.each(['/a\\b', '/a#b', '/a%00b'])('%s is refused', (path) => {
  expect(normalizePath(path, both)).toBeUndefined()
})
