import { describe, expect, test } from 'vitest'
import type { PathMatcher } from '../../ir/matcher.ts'
import type { HostRewrite } from '../../ir/route.ts'
import { HeaderList } from '../../lib/http/header-list.ts'
import { compileHostRewrite, compilePathRewrite } from './compile-rewrites.ts'

const matched = (type: PathMatcher['type'], value: string): PathMatcher => ({
  type,
  value,
  caseSensitive: true,
})

function rewritePath(...[rewrite]: Parameters<typeof compilePathRewrite>) {
  const compiled = compilePathRewrite(rewrite)
  if (typeof compiled !== 'function') throw new Error(compiled.message)
  return compiled
}

describe('a prefix rewrite', () => {
  test.each([
    [matched('prefix', '/old'), '/new', '/old', '/new'],
    [matched('prefix', '/old'), '/new', '/old/x', '/new/x'],
    [matched('prefix', '/old'), '/new', '/older', '/newer'],
    [matched('prefix', '/old'), '/', '/old', '/'],
    [matched('prefix', '/old'), '/', '/old/x', '/x'],
    [matched('prefix', '/old'), '/new/', '/old/x', '/new/x'],
    [matched('prefix', '/old/'), '/new', '/old/x', '/newx'],
    [matched('prefix', '/OLD'), '/new', '/old/x', '/new/x'],
    [matched('segment-prefix', '/old'), '/new', '/old/x', '/new/x'],
    [matched('segment-prefix', '/old/'), '/new', '/old/x', '/new/x'],
    [matched('segment-prefix', '/old'), '/', '/old', '/'],
    [matched('segment-prefix', '/'), '/new', '/x', '/new/x'],
    [matched('exact', '/old'), '/new', '/old', '/new'],
    [matched('regex', '/o.*'), '/new', '/old/x', '/new'],
    [matched('prefix', '/old'), '', '/old/x', '/old/x'],
  ])('of %o by %j makes of %s %s', (path, value, asked, expected) => {
    expect(rewritePath({ type: 'prefix', value })(asked, path)).toBe(expected)
  })
})

const anyPath = matched('prefix', '/')

test('a regular expression replaces every match in the path', () => {
  const rewrite = rewritePath({ type: 'regex', pattern: '/v([0-9])', substitution: '/version/\\1' })
  expect(rewrite('/v1/x/v2', anyPath)).toBe('/version/1/x/version/2')
})

test('a path that a regular expression leaves without its slash gets one', () => {
  const strip = rewritePath({ type: 'regex', pattern: '^/api/?', substitution: '' })
  expect(strip('/api', anyPath)).toBe('/')
  expect(strip('/api/v1', anyPath)).toBe('/v1')
  expect(strip('/other', anyPath)).toBe('/other')
})

test('a full path replaces the path, and no rewrite keeps it', () => {
  expect(rewritePath({ type: 'full', value: '/all' })('/a', anyPath)).toBe('/all')
  expect(rewritePath(undefined)('/a', anyPath)).toBe('/a')
})

test.each([
  [{ type: 'regex', pattern: '(', substitution: '' } as const, '"("'],
  [{ type: 'regex', pattern: 'a', substitution: '\\1' } as const, 'group 1'],
])('%o is refused', (rewrite, reason) => {
  expect(compilePathRewrite(rewrite)).toMatchObject({ message: expect.stringContaining(reason) })
})

describe('a host rewrite', () => {
  const headers = new HeaderList(['x-host', 'header.example', 'x-empty', ''])
  const request = { method: 'GET', path: '/tenant/a', query: '', host: 'client.example', headers }
  const cases: readonly [HostRewrite | undefined, string][] = [
    [undefined, 'client.example'],
    [{ type: 'endpoint' }, 'client.example'],
    [{ type: 'literal', value: 'new.example' }, 'new.example'],
    [{ type: 'literal', value: '' }, 'client.example'],
    [{ type: 'header', header: 'X-Host' }, 'header.example'],
    [{ type: 'header', header: 'x-empty' }, 'client.example'],
    [{ type: 'header', header: 'x-missing' }, 'client.example'],
    [{ type: 'path-regex', pattern: '^/tenant/(.+)$', substitution: '\\1.example' }, 'a.example'],
    [{ type: 'path-regex', pattern: '^/.*$', substitution: '' }, 'client.example'],
  ]
  test.each(cases)('%o sends %s', (rewrite, expected) => {
    const compiled = compileHostRewrite(rewrite)
    if (typeof compiled !== 'function') throw new Error(compiled.message)
    expect(compiled(request)).toBe(expected)
  })

  test('with an expression that is not RE2 is refused', () => {
    const rewrite = { type: 'path-regex', pattern: '[', substitution: '' } as const
    expect(compileHostRewrite(rewrite)).toMatchObject({ type: 'regex-error' })
  })
})
