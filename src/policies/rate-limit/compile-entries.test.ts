import { describe, expect, test } from 'vitest'
import type { DescriptorEntry, HeaderCondition } from '../../ir/policies/rate-limit.ts'
import { requestContext } from '../testing/context.ts'
import { compile, lookup, node, passes, perHour, withHeaders } from './testing/limit-fixture.ts'

describe('entries', () => {
  const oneEach = (entry: DescriptorEntry) =>
    compile({ tree: [node(entry.key, undefined, { limit: perHour(1) })], lookups: [lookup(entry)] })

  test('the client address is the one that trusted proxies report', () => {
    const policy = oneEach({ type: 'client-address', key: 'remote_address' })
    expect(passes(policy, requestContext({ clientAddress: '192.0.2.1' }))).toBe(1)
    expect(passes(policy, requestContext({ clientAddress: '192.0.2.2' }))).toBe(1)
  })

  test.each([':path', ':method', ':authority', ':scheme'])('%s is a header', (name) => {
    const policy = oneEach({ type: 'header', key: 'k', header: name })
    expect(passes(policy, requestContext())).toBe(1)
  })

  const claims = { principal: { sub: 'alice', level: 3, admin: true, roles: ['a'], empty: '' } }
  const metadata = new Map<string, unknown>([['jwt', claims]])
  test.each([
    [['principal', 'sub'], 1],
    [['principal', 'level'], 1],
    [['principal', 'admin'], 1],
    [['principal', 'roles'], 10],
    [['principal', 'empty'], 10],
    [['principal', 'missing', 'deeper'], 10],
    [['principal', 'constructor', 'name'], 10],
    [['principal'], 10],
  ])('metadata at %j lets %i of ten requests pass a limit of one', (path, count) => {
    const policy = oneEach({
      type: 'metadata',
      key: 'k',
      path: ['jwt', ...path],
      fallback: undefined,
    })
    expect(passes(policy, requestContext({ metadata }))).toBe(count)
  })

  test('missing metadata counts under the fallback', () => {
    const policy = oneEach({ type: 'metadata', key: 'k', path: ['jwt', 'sub'], fallback: 'nobody' })
    expect(passes(policy, requestContext())).toBe(1)
  })

  const matching = (tests: HeaderCondition['test'], inverted = false, expected = true) =>
    oneEach({
      ...{ type: 'header-match', key: 'header_match', value: 'yes', expected },
      conditions: [{ name: 'h', test: tests, inverted }],
    })

  test.each([
    [{ type: 'present' }, 'x', true],
    [{ type: 'exact', value: 'ab' }, 'ab', true],
    [{ type: 'exact', value: 'ab' }, 'abc', false],
    [{ type: 'prefix', value: 'ab' }, 'abc', true],
    [{ type: 'prefix', value: 'bc' }, 'abc', false],
    [{ type: 'suffix', value: 'bc' }, 'abc', true],
    [{ type: 'suffix', value: 'ab' }, 'abc', false],
    [{ type: 'regex', pattern: 'a.c' }, 'abc', true],
    [{ type: 'regex', pattern: 'b' }, 'abc', false],
    [{ type: 'range', start: -10, end: 0 }, '-1', true],
    [{ type: 'range', start: -10, end: 0 }, '0', false],
    [{ type: 'range', start: -10, end: 0 }, '-1x', false],
  ] as const)('the header condition %j on %s holds: %s', (condition, value, holds) => {
    const context = withHeaders({ h: value })
    expect(passes(matching(condition), context)).toBe(holds ? 1 : 10)
    expect(passes(matching(condition, true), context)).toBe(holds ? 10 : 1)
    expect(passes(matching(condition, false, false), context)).toBe(holds ? 10 : 1)
  })

  test('a condition on a missing header does not hold, and its inversion does', () => {
    expect(passes(matching({ type: 'exact', value: 'x' }), requestContext())).toBe(10)
    expect(passes(matching({ type: 'exact', value: 'x' }, true), requestContext())).toBe(1)
  })

  test('a header condition that is not RE2 is an error that names the object', () => {
    expect(() => matching({ type: 'regex', pattern: '(' })).toThrow('VirtualService apps/shop')
  })
})
