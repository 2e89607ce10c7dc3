import { describe, expect, test } from 'vitest'
import type { RbacPolicy, RbacPrincipal } from '../../ir/policies/rbac.ts'
import { policyServices, requestContext, testOrigin } from '../testing/context.ts'
import { publishClaims } from '../verified-claims.ts'
import { rbac } from './index.ts'

const compile = (policies: readonly Partial<RbacPolicy>[]) =>
  rbac.compile(
    {
      ...{ type: 'rbac', id: 'rbac', origin: testOrigin },
      policies: policies.map((policy, index) => ({
        ...{ name: `p${index}`, principals: [], pathPrefix: undefined, methods: [] },
        ...policy,
      })),
    },
    policyServices(),
  )

interface Asking {
  readonly claims?: Readonly<Record<string, unknown>>
  readonly path?: string
  readonly method?: string
}

function isAllowed(
  policies: readonly Partial<RbacPolicy>[],
  { claims, path = '/', method = 'GET' }: Asking = {},
): boolean {
  const policy = compile(policies)
  if ('code' in policy) throw new Error(policy.message)
  const context = requestContext({ path, method })
  if (claims !== undefined) {
    publishClaims(context, { principal: claims, providers: { own: claims } }, undefined)
  }
  const result = policy.onRequestHead?.(context)
  if (result === undefined) return true
  expect(result).toMatchObject({ code: 'forbidden', message: 'RBAC: access denied' })
  return false
}

const principal = (
  match: RbacPrincipal['claims'][number]['match'],
  path: readonly string[],
  value: string,
): RbacPrincipal => ({ provider: undefined, claims: [{ match, path, value }] })

test('without a policy nothing passes', () => {
  expect(isAllowed([])).toBe(false)
})

test('any policy may allow a request', () => {
  const policies = [{ pathPrefix: '/a' }, { pathPrefix: '/b' }]
  expect(isAllowed(policies, { path: '/b/c' })).toBe(true)
  expect(isAllowed(policies, { path: '/c' })).toBe(false)
})

test('permissions name a path prefix and methods, which both must hold', () => {
  const policies = [{ pathPrefix: '/api', methods: ['GET', 'HEAD'] }]
  expect(isAllowed(policies, { path: '/api/x', method: 'HEAD' })).toBe(true)
  expect(isAllowed(policies, { path: '/api/x', method: 'POST' })).toBe(false)
  expect(isAllowed(policies, { path: '/x', method: 'GET' })).toBe(false)
})

test('a policy without principals allows anybody; one with a principal needs a verified token', () => {
  expect(isAllowed([{}])).toBe(true)
  const anyBearer = [{ principals: [{ provider: undefined, claims: [] }] }]
  expect(isAllowed(anyBearer)).toBe(false)
  expect(isAllowed(anyBearer, { claims: {} })).toBe(true)
})

describe('claims are matched', () => {
  const check = (match: RbacPrincipal['claims'][number]['match'], wanted: string, value: unknown) =>
    isAllowed([{ principals: [principal(match, ['c'], wanted)] }], { claims: { c: value } })

  test.each([
    ['exact', 'a', 'a', true],
    ['exact', 'a', 'A', false],
    ['exact', '5', 5, false],
    ['exact', 'a', ['a'], false],
    ['boolean', 'true', true, true],
    ['boolean', 'false', false, true],
    ['boolean', 'true', 'true', false],
    ['boolean', 'true', false, false],
    ['list-contains', 'a', ['b', 'a'], true],
    ['list-contains', 'a', ['b'], false],
    ['list-contains', 'a', 'a', false],
    ['regex', 'a.+', 'abc', true],
    ['regex', 'a.+', 'xabc', false],
    ['regex', '5', 5, false],
  ] as const)('%s %s with %j: %s', (match, wanted, value, expected) => {
    expect(check(match, wanted, value)).toBe(expected)
  })

  test('at any depth, own properties of objects only', () => {
    const nested = [{ principals: [principal('list-contains', ['llms', 'openai'], 'gpt-4o')] }]
    expect(isAllowed(nested, { claims: { llms: { openai: ['gpt-4o'] } } })).toBe(true)
    expect(isAllowed(nested, { claims: { llms: { mistral: ['gpt-4o'] } } })).toBe(false)
    expect(isAllowed(nested, { claims: { llms: 'openai' } })).toBe(false)
    expect(isAllowed(nested, { claims: { 'llms.openai': ['gpt-4o'] } })).toBe(false)
    const inherited = [{ principals: [principal('exact', ['constructor', 'name'], 'Object')] }]
    expect(isAllowed(inherited, { claims: {} })).toBe(false)
  })

  test('all of one principal, any of several', () => {
    const both: RbacPrincipal = {
      provider: undefined,
      claims: [
        { match: 'exact', path: ['a'], value: '1' },
        { match: 'exact', path: ['b'], value: '2' },
      ],
    }
    const policies = [{ principals: [both, principal('exact', ['c'], '3')] }]
    expect(isAllowed(policies, { claims: { a: '1', b: '2' } })).toBe(true)
    expect(isAllowed(policies, { claims: { a: '1' } })).toBe(false)
    expect(isAllowed(policies, { claims: { c: '3' } })).toBe(true)
  })

  test('of the provider that the principal names', () => {
    const of = (provider: string) => [{ principals: [{ provider, claims: [] }] }]
    expect(isAllowed(of('own'), { claims: {} })).toBe(true)
    expect(isAllowed(of('other'), { claims: {} })).toBe(false)
    expect(isAllowed(of('toString'), { claims: {} })).toBe(false)
  })
})

test('an expression that is not RE2 is refused when the policy is compiled', () => {
  const result = compile([{ principals: [principal('regex', ['a'], '(?=a)')] }])
  expect(result).toMatchObject({ code: 'configuration-error' })
  expect('message' in result && result.message).toContain('RBAC policy "p0"')
})
