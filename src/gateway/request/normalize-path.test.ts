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
  ['/models/org%2Fname%3Av1.5', '/models/org%2Fname%3Av1.5'],
  ['/%61dmin/%7Eme/%41%2D%5f', '/admin/~me/A-_'],
  ['/%2561', '/%2561'],
  ['/%e4%20%2B', '/%e4%20%2B'],
  ['/a/b/', '/a/b/'],
])('%s becomes %s', (path, expected) => {
  expect(normalizePath(path, both)).toBe(expected)
})

test('a listener may leave dots and slashes alone', () => {
  const none = { normalizePath: false, mergeSlashes: false }
  expect(normalizePath('/a/../b//c', none)).toBe('/a/../b//c')
})

test.each([
  ...['/a\\b', '/a#b', '/a%00b', '/v1/chat/..%2ffiles', '/v1/chat%2F..%2Ffiles', '/v1%2f%2E%2e'],
  ...['/v1/..%5Cfiles', '/v1/%2e%2e%2Ffiles', '/v1/.%2ffiles'],
])('%s is refused', (path) => {
  expect(normalizePath(path, both)).toBeUndefined()
})
