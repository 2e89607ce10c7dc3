import { describe, expect, test } from 'vitest'
import type { LimitSet, RateLimitRules } from '../../ir/policies/rate-limit.ts'
import type { CounterHit, CounterTotal } from '../../limits/counter-store.ts'
import { noReservations, requestContext, responseHead } from '../testing/context.ts'
import {
  compile,
  header,
  literal,
  lookup,
  node,
  passes,
  perHour,
  withHeaders,
} from './testing/limit-fixture.ts'

const limited = {
  code: 'rate-limited',
  message: expect.stringContaining('VirtualService apps/shop'),
}

describe('descriptor trees', () => {
  test('a request is refused when its counter is above the limit', () => {
    const policy = compile({
      tree: [node('kind', 'any', { limit: perHour(2) })],
      lookups: [lookup(literal('kind', 'any'))],
    })
    const context = requestContext()
    expect(policy.onRequestHead?.(context)).toBeUndefined()
    expect(policy.onRequestHead?.(context)).toBeUndefined()
    expect(policy.onRequestHead?.(context)).toMatchObject(limited)
  })

  test('a limit of 0 refuses everything', () => {
    const policy = compile({
      tree: [node('kind', undefined, { limit: perHour(0) })],
      lookups: [lookup(literal('kind', 'any'))],
    })
    expect(passes(policy, requestContext())).toBe(0)
  })

  test('a node for any value counts each value on its own, and a node for the value goes first', () => {
    const tree = [
      node('user', undefined, { limit: perHour(3) }),
      node('user', 'boss', { limit: perHour(5) }),
    ]
    const policy = compile({ tree, lookups: [lookup(header('user'))] })
    expect(passes(policy, withHeaders({ user: 'alice' }))).toBe(3)
    expect(passes(policy, withHeaders({ user: 'bob' }))).toBe(3)
    expect(passes(policy, withHeaders({ user: 'boss' }))).toBe(5)
  })

  test('a descriptor without a value for one of its entries is not counted', () => {
    const policy = compile({
      tree: [node('kind', 'a', { children: [node('user', undefined, { limit: perHour(1) })] })],
      lookups: [lookup(literal('kind', 'a'), header('user'))],
    })
    expect(passes(policy, requestContext())).toBe(10)
    expect(passes(policy, withHeaders({ user: 'alice' }))).toBe(1)
  })

  test('the path must be walked to its end: neither more nor fewer entries find a limit', () => {
    const tree = [
      node('kind', undefined, {
        limit: perHour(1),
        children: [node('user', undefined, { limit: perHour(2) })],
      }),
    ]
    const both = [literal('kind', 'a'), literal('user', 'b')] as const
    expect(passes(compile({ tree, lookups: [lookup(both[0])] }), requestContext())).toBe(1)
    expect(passes(compile({ tree, lookups: [lookup(...both)] }), requestContext())).toBe(2)
    const long = lookup(...both, literal('more', 'c'))
    expect(passes(compile({ tree, lookups: [long] }), requestContext())).toBe(10)
    expect(passes(compile({ tree, lookups: [lookup(both[1])] }), requestContext())).toBe(10)
  })

  test('values that read alike when joined have counters of their own', () => {
    const tree = [node('a', undefined, { children: [node('b', undefined, { limit: perHour(1) })] })]
    const policy = compile({ tree, lookups: [lookup(header('a'), header('b'))] })
    expect(passes(policy, withHeaders({ a: 'x,1:b=1:y', b: 'z' }))).toBe(1)
    expect(passes(policy, withHeaders({ a: 'x', b: '1:y,1:b=1:z' }))).toBe(1)
    expect(passes(policy, withHeaders({ a: 'x', b: 'y' }))).toBe(1)
  })

  test('any lookup that is over its limit refuses the request', () => {
    const tree = [
      node('kind', 'a', { limit: perHour(7) }),
      node('user', undefined, { limit: perHour(4) }),
    ]
    const lookups = [lookup(literal('kind', 'a')), lookup(header('user'))]
    const policy = compile({ tree, lookups })
    expect(passes(policy, withHeaders({ user: 'alice' }))).toBe(4)
    expect(passes(policy, withHeaders({ user: 'bob' }))).toBe(0)
  })

  test('only limits of the highest weight count, besides those that always apply', () => {
    const lookups = [lookup(literal('low', '1')), lookup(literal('high', '1'))]
    const high = node('high', '1', { weight: 1, limit: perHour(5) })
    const low = node('low', '1', { limit: perHour(2) })
    expect(passes(compile({ tree: [low, high], lookups }), requestContext())).toBe(5)
    const always = { ...low, alwaysApply: true }
    expect(passes(compile({ tree: [always, high], lookups }), requestContext())).toBe(2)
    expect(
      passes(compile({ tree: [low, { ...high, weight: 0 }], lookups }), requestContext()),
    ).toBe(2)
  })

  test('a weight reaches down to the limits below it', () => {
    const inner = node('user', undefined, { limit: perHour(6) })
    const tree = [
      node('kind', 'b', { weight: 2, children: [inner] }),
      node('kind', 'a', { weight: 1, limit: perHour(1) }),
    ]
    const lookups = [
      lookup(literal('kind', 'a')),
      lookup(literal('kind', 'b'), literal('user', 'c')),
    ]
    expect(passes(compile({ tree, lookups }), requestContext())).toBe(6)
  })
})

describe('sets', () => {
  const set = (
    entries: Record<string, string | undefined>,
    requests: number | undefined,
    alwaysApply = false,
  ): LimitSet => ({
    entries: Object.entries(entries).map(([key, value]) => ({ key, value })),
    limit: requests === undefined ? undefined : perHour(requests),
    alwaysApply,
  })
  const lookups = [
    { path: [], set: [header('b'), header('a')], override: undefined },
  ] satisfies RateLimitRules['lookups']
  const both = withHeaders({ a: '1', b: '2' })

  test('the first set whose entries are all there holds, in any order of entries', () => {
    const sets = [set({ c: undefined }, 1), set({ a: '1', b: '2' }, 4), set({ a: '1' }, 2)]
    expect(passes(compile({ sets, lookups }), both)).toBe(4)
  })

  test('later sets hold only when they always apply', () => {
    const sets = [set({ a: '1' }, 4), set({ b: '2' }, 3, true)]
    expect(passes(compile({ sets, lookups }), both)).toBe(3)
  })

  test('a set without entries holds for everything; one without a limit exempts', () => {
    expect(passes(compile({ sets: [set({}, 2)], lookups }), both)).toBe(2)
    expect(passes(compile({ sets: [set({ a: '1' }, undefined), set({}, 2)], lookups }), both)).toBe(
      10,
    )
  })

  test('an entry for any value counts each value on its own', () => {
    const policy = compile({ sets: [set({ a: undefined }, 2)], lookups })
    expect(passes(policy, withHeaders({ a: '1', b: '2' }))).toBe(2)
    expect(passes(policy, withHeaders({ a: '1', b: 'other' }))).toBe(0)
    expect(passes(policy, withHeaders({ a: '2', b: '2' }))).toBe(2)
  })
})

test('metadata may override the limit, also where the tree has none', () => {
  const policy = compile({
    lookups: [{ ...lookup(literal('k', 'v')), override: ['limits', 'mine'] }],
  })
  const holding = (mine: unknown) => requestContext({ metadata: new Map([['limits', { mine }]]) })
  expect(passes(policy, holding({ requests_per_unit: 3, unit: 'HOUR' }))).toBe(3)
  for (const wrong of [
    undefined,
    'HOUR',
    { unit: 'HOUR' },
    { requests_per_unit: 1, unit: 'EON' },
  ]) {
    expect(passes(policy, holding(wrong))).toBe(10)
  }
})

test('windows follow the clock: with the next hour the count begins anew', () => {
  let nowMs = Date.UTC(2026, 10, 20, 9, 59, 59, 999)
  const policy = compile(
    {
      tree: [node('k', 'v', { limit: perHour(2) })],
      lookups: [lookup(literal('k', 'v'))],
    },
    { services: { unixTimeMs: () => nowMs } },
  )
  expect(passes(policy, requestContext())).toBe(2)
  nowMs += 1
  expect(passes(policy, requestContext())).toBe(2)
})

test('early limits stand before those that know the caller', () => {
  expect(compile({}, { stage: 'early' }).phase).toBe('early-rate-limit')
  expect(compile({}).phase).toBe('rate-limit')
})

describe('a store that cannot count', () => {
  const rules = {
    tree: [node('k', 'v', { limit: perHour(1) }), node('k', 'w', { limit: perHour(0) })],
    lookups: [lookup(literal('k', 'v'))],
  }
  const away = {
    counters: {
      ...noReservations,
      add: (hits: readonly CounterHit[]) => hits.map(() => undefined),
    },
  }

  test('lets requests pass', () => {
    expect(passes(compile(rules, { services: away }), requestContext())).toBe(10)
  })

  test('refuses requests where the configuration says so, and names the object', () => {
    const policy = compile(rules, { services: away, denyOnFailure: true })
    expect(policy.onRequestHead?.(requestContext())).toMatchObject({
      code: 'rate-limit-unavailable',
      message: expect.stringContaining('VirtualService apps/shop'),
    })
  })

  test('refuses as over the limit what another counter shows to be', () => {
    const counters = { ...noReservations, add: (): CounterTotal[] => [undefined, 1] }
    const lookups = [...rules.lookups, lookup(literal('k', 'w'))]
    const config = { services: { counters }, denyOnFailure: true }
    const policy = compile({ ...rules, lookups }, config)
    expect(policy.onRequestHead?.(requestContext())).toMatchObject(limited)
  })
})

test('a store that answers later is asked once for all counters', async () => {
  const calls: (readonly CounterHit[])[] = []
  const counters = {
    ...noReservations,
    add(hits: readonly CounterHit[]) {
      calls.push(hits)
      return Promise.resolve([1, 3])
    },
  }
  const policy = compile(
    {
      tree: [node('k', undefined, { limit: perHour(2) })],
      lookups: [lookup(literal('k', 'a')), lookup(literal('k', 'b'))],
    },
    { services: { counters } },
  )
  expect(await policy.onRequestHead?.(requestContext())).toMatchObject(limited)
  expect(calls.map((hits) => hits.length)).toEqual([2])
})

test('headers of the answer tell what is left of the closest limit', () => {
  const policy = compile(
    {
      tree: [
        node('k', 'wide', { limit: { requests: 100, window: 'day' } }),
        node('k', 'close', { limit: { requests: 2, window: 'minute' } }),
      ],
      lookups: [lookup(literal('k', 'wide')), lookup(literal('k', 'close'))],
    },
    { responseHeaders: true },
  )
  const answers = [1, 2, 3].map(() => {
    const context = requestContext()
    void policy.onRequestHead?.(context)
    const head = responseHead()
    policy.onResponseHead?.(context, head)
    return head.headers.flat
  })
  const expected = (remaining: string) => [
    ...['x-ratelimit-limit', '2, 100;w=86400, 2;w=60'],
    ...['x-ratelimit-remaining', remaining, 'x-ratelimit-reset', '53'],
  ]
  expect(answers).toEqual([expected('1'), expected('0'), expected('0')])
})

test('a request that no limit holds for is not counted and gets no headers', () => {
  const counters = {
    ...noReservations,
    add(): never {
      throw new Error('nothing is to be counted')
    },
  }
  const policy = compile(
    { lookups: [lookup(literal('k', 'v'))] },
    {
      responseHeaders: true,
      services: { counters },
    },
  )
  const context = requestContext()
  expect(policy.onRequestHead?.(context)).toBeUndefined()
  const head = responseHead()
  policy.onResponseHead?.(context, head)
  expect(head.headers.flat).toEqual([])
})
