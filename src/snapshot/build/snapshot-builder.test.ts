import { expect, test } from 'vitest'
import type { ConfigurationDelta } from '../../ir/configuration.ts'
import type { HeaderMutation } from '../../ir/header-mutation.ts'
import type { Route } from '../../ir/route.ts'
import { HeaderList } from '../../lib/header-list.ts'
import type { BuildResult } from './snapshot-builder.ts'
import { createSnapshotBuilder } from './snapshot-builder.ts'
import { backendNode, forwardTo, listenerNode, routeNode, virtualHostNode } from './test-nodes.ts'

const create = () =>
  createSnapshotBuilder({
    random: () => 0,
    now: () => Date.UTC(2026, 0, 1),
    monotonicNow: () => performance.now(),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  })

const set = <Node>(...nodes: Node[]) => ({ set: nodes, remove: [] })

function configuration(routes: readonly Route[]): ConfigurationDelta {
  return {
    listeners: set(listenerNode('l', ['v'])),
    virtualHosts: set(
      virtualHostNode(
        'v',
        ['*'],
        routes.map(({ id }) => id),
      ),
    ),
    routes: { set: routes, remove: [] },
    backends: set(backendNode('b')),
  }
}

const find = ({ snapshot }: BuildResult, path: string) =>
  snapshot.listeners
    .get('l')
    ?.virtualHosts.find('any.example')
    ?.findRoute({ method: 'GET', path, query: '', host: 'any.example', headers: new HeaderList() })

const actionOf = (result: BuildResult, path: string) => find(result, path)?.route.action

const secretPolicy: HeaderMutation = {
  type: 'header-mutation',
  id: 'key',
  origin: { kind: 'Route', namespace: 'n', name: 'r', fieldPath: 'spec' },
  level: 'route',
  request: {
    remove: [],
    add: [
      {
        name: 'authorization',
        value: { type: 'secret', secret: { secretId: 'n/key', key: 'token', version: '1' } },
        append: true,
      },
    ],
  },
  response: { remove: [], add: [] },
}

test('a configuration becomes a frozen snapshot that finds the first matching route', async () => {
  const routes = [
    routeNode('first', '/a', forwardTo('b')),
    routeNode('second', '/', forwardTo('b')),
  ]
  const result = await create().apply({ generation: 1, full: true, delta: configuration(routes) })
  expect(result.errors).toEqual([])
  expect(result.snapshot.generation).toBe(1)
  expect(find(result, '/a/b')?.route.config.id).toBe('first')
  expect(find(result, '/b')?.route.config.id).toBe('second')
  const match = find(result, '/b')
  expect(Object.isFrozen(result.snapshot) && Object.isFrozen(match?.route)).toBe(true)
  expect(Object.isFrozen(match?.route.config.matchers[0])).toBe(true)
})

test('a route whose secret is missing answers unavailable, and works when the secret is there', async () => {
  const builder = create()
  const routes = [
    { ...routeNode('keyed', '/keyed', forwardTo('b')), policyIds: ['key'] },
    routeNode('plain', '/plain', forwardTo('b')),
  ]
  const delta = { ...configuration(routes), policies: set(secretPolicy) }
  const without = await builder.apply({ generation: 1, full: true, delta })
  expect(actionOf(without, '/keyed')).toMatchObject({
    type: 'unavailable',
    code: 'configuration-error',
    status: 500,
    message: expect.stringContaining('n/key'),
  })
  expect(actionOf(without, '/plain')?.type).toBe('forward')
  expect(without.errors).toHaveLength(1)
  expect(without.errors[0]?.origin).toBe(routes[0]?.origin)

  const secret = { id: 'n/key', version: '1', values: { token: 'Bearer t' } }
  builder.updateSecrets({ set: [secret], remove: [] })
  const withSecret = await builder.apply({ generation: 2, full: false, delta: {} })
  expect(actionOf(withSecret, '/keyed')?.type).toBe('forward')
  expect(withSecret.errors).toEqual([])
  expect(find(withSecret, '/plain')?.route).toBe(find(without, '/plain')?.route)
})

test('a rotated secret compiles anew what refers to it and nothing else', async () => {
  const builder = create()
  const secret = { id: 'n/key', version: '1', values: { token: 'old' } }
  const routes = [
    { ...routeNode('keyed', '/keyed', forwardTo('b')), policyIds: ['key'] },
    routeNode('plain', '/plain', forwardTo('b')),
  ]
  builder.updateSecrets({ set: [secret], remove: [] })
  const delta = { ...configuration(routes), policies: set(secretPolicy) }
  const before = await builder.apply({ generation: 1, full: true, delta })
  builder.updateSecrets({ set: [structuredClone(secret)], remove: [] })
  const resent = await builder.apply({ generation: 2, full: true, delta: structuredClone(delta) })
  expect(find(resent, '/keyed')?.route).toBe(find(before, '/keyed')?.route)

  builder.updateSecrets({ set: [{ ...secret, values: { token: 'new' } }], remove: [] })
  const after = await builder.apply({ generation: 3, full: false, delta: {} })
  expect(find(after, '/keyed')?.route).not.toBe(find(before, '/keyed')?.route)
  expect(find(after, '/plain')?.route).toBe(find(before, '/plain')?.route)
})

test('a broken regular expression, rewrite or reference costs only its own route', async () => {
  const broken = routeNode('broken', '/broken', forwardTo('b'))
  const regex = { type: 'regex', value: '(', caseSensitive: true } as const
  const routes = [
    {
      ...broken,
      matchers: [
        ...broken.matchers,
        { path: regex, headers: [], queryParameters: [], methods: [] },
      ],
    },
    routeNode('missing', '/missing', forwardTo('nowhere')),
    routeNode('rewrite', '/rewrite', {
      ...forwardTo('b'),
      pathRewrite: { type: 'regex', pattern: 'a', substitution: '\\1' },
    }),
    routeNode('fine', '/', forwardTo('b')),
  ]
  const result = await create().apply({ generation: 1, full: true, delta: configuration(routes) })
  expect(actionOf(result, '/broken')).toMatchObject({ code: 'configuration-error', status: 500 })
  expect(actionOf(result, '/missing')).toMatchObject({ code: 'backend-not-found', status: 503 })
  expect(actionOf(result, '/rewrite')).toMatchObject({
    message: expect.stringContaining('group 1'),
  })
  expect(actionOf(result, '/other')?.type).toBe('forward')
  expect(result.errors.map(({ message }) => message)).toEqual([
    expect.stringContaining('"("'),
    expect.stringContaining('nowhere'),
    expect.stringContaining('"\\1"'),
  ])
})

test('changes that come during a build are built once, together', async () => {
  const builder = create()
  const routes = [routeNode('a', '/a', forwardTo('b'))]
  const first = builder.apply({ generation: 1, full: true, delta: configuration(routes) })
  await Promise.resolve()
  const next = routeNode('a', '/c', forwardTo('b'))
  const second = builder.apply({ generation: 2, full: false, delta: { routes: set(next) } })
  const third = builder.apply({
    generation: 3,
    full: false,
    delta: { backends: { set: [], remove: ['b'] } },
  })
  expect((await first).snapshot.generation).toBe(1)
  expect(await second).toBe(await third)
  expect((await third).snapshot.generation).toBe(3)
  expect(actionOf(await third, '/c')?.type).toBe('unavailable')
})

test('a full configuration drops what it does not hold, a delta keeps it', async () => {
  const builder = create()
  const routes = [routeNode('a', '/a', forwardTo('b'))]
  await builder.apply({ generation: 1, full: true, delta: configuration(routes) })
  const extra = { backends: set(backendNode('c')) }
  const kept = await builder.apply({ generation: 2, full: false, delta: extra })
  expect([...kept.snapshot.backends.keys()]).toEqual(['b', 'c'])
  const dropped = await builder.apply({ generation: 3, full: true, delta: extra })
  expect([...dropped.snapshot.backends.keys()]).toEqual(['c'])
  expect(dropped.snapshot.listeners.size).toBe(0)
})

test('two virtual hosts that ask for the same domain are reported, and the first has it', async () => {
  const delta = {
    listeners: set(listenerNode('l', ['v', 'w'])),
    virtualHosts: set(
      virtualHostNode('v', ['a.example'], []),
      virtualHostNode('w', ['A.example', 'w.example'], []),
    ),
  }
  const { snapshot, errors } = await create().apply({ generation: 1, full: true, delta })
  const table = snapshot.listeners.get('l')?.virtualHosts
  expect(table?.find('a.example')?.id).toBe('v')
  expect(table?.find('w.example')?.id).toBe('w')
  expect(errors[0]?.message).toContain('A.example')
})
