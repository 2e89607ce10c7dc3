import { describe, expect, test } from 'vitest'
import { gatewayError } from '../../errors/gateway-error.ts'
import type { ConfigurationDelta } from '../../ir/configuration.ts'
import type { TlsChain } from '../../ir/listener.ts'
import type { HeaderMutation } from '../../ir/policies/header-mutation.ts'
import type { Route } from '../../ir/route.ts'
import { openCertificateAuthority } from '../../lib/certificates/certificate-authority.ts'
import { HeaderList } from '../../lib/http/header-list.ts'
import { attempt, policyServices, requestContext } from '../../policies/testing/context.ts'
import {
  backendNode,
  forwardTo,
  listenerNode,
  routeNode,
  virtualHostNode,
} from '../testing/nodes.ts'
import type { BuildResult } from './snapshot-builder.ts'
import { createSnapshotBuilder } from './snapshot-builder.ts'

const { counters, tokenizer, unixTimeMs, callBackend } = policyServices()
const callHost = () => Promise.resolve(gatewayError('backend-not-found', 'no such host'))
const counting = { counters, tokenizer, unixTimeMs, callBackend, callHost }

const create = () =>
  createSnapshotBuilder({
    random: () => 0,
    ...counting,
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

describe('a TLS listener', () => {
  const authority = openCertificateAuthority({ now: () => Date.UTC(2026, 0, 1) })
  const issued = authority.issueServerCertificate({ names: ['a.example'] })
  const chain = (secretId: string, virtualHostId: string): TlsChain => ({
    origin: { kind: 'Test', namespace: 'tests', name: secretId, fieldPath: 'spec.tls' },
    serverNames: [`${virtualHostId}.example`],
    certificateChain: { secretId, key: 'tls.crt', version: '1' },
    privateKey: { secretId, key: 'tls.key', version: '1' },
    clientCertificateAuthority: undefined,
    minimumVersion: undefined,
    maximumVersion: undefined,
    cipherSuites: [],
    alpnProtocols: ['http/1.1'],
    sessionResumption: true,
    virtualHostIds: [virtualHostId],
  })

  test('loses only the chain whose secret is missing', async () => {
    const builder = create()
    const values = { 'tls.crt': issued.certificate, 'tls.key': issued.privateKey }
    builder.updateSecrets({ set: [{ id: 'n/good', version: '1', values }], remove: [] })
    const listener = { ...listenerNode('l', []), tls: [chain('n/gone', 'v'), chain('n/good', 'w')] }
    const delta = {
      listeners: set(listener),
      virtualHosts: set(virtualHostNode('v', ['*'], []), virtualHostNode('w', ['*'], [])),
    }
    const { snapshot, errors } = await builder.apply({ generation: 1, full: true, delta })
    const chains = snapshot.listeners.get('l')?.tlsChains
    expect(chains?.map(({ serverNames }) => serverNames)).toEqual([['w.example']])
    expect(chains?.[0]?.virtualHosts.find('any')?.id).toBe('w')
    expect(errors).toEqual([
      { origin: listener.tls[0]?.origin, message: expect.stringContaining('n/gone') },
    ])
  })
})

test('each listener decides in which order levels of header mutations are applied', async () => {
  const policy = (id: string, level: HeaderMutation['level'], value: string): HeaderMutation => ({
    ...secretPolicy,
    id,
    level,
    request: {
      remove: [],
      add: [{ name: 'x', value: { type: 'template', template: value }, append: false }],
    },
  })
  const action = forwardTo('b')
  const destination = { backendId: 'b', weight: 1, policyIds: ['destination'] }
  const route = routeNode('r', '/', { ...action, destinations: [destination] })
  const reversed = listenerNode('reversed', ['v'])
  const delta = {
    ...configuration([{ ...route, policyIds: ['route', 'host'] }]),
    policies: set(
      policy('destination', 'destination', 'd'),
      policy('route', 'route', 'r'),
      policy('host', 'virtual-host', 'h'),
    ),
    listeners: set(listenerNode('l', ['v']), {
      ...reversed,
      http: { ...reversed.http, mostSpecificHeaderMutationsWin: true },
    }),
  }
  const { snapshot, errors } = await create().apply({ generation: 1, full: true, delta })
  expect(errors).toEqual([])
  const winner = (listenerId: string) => {
    const host = snapshot.listeners.get(listenerId)?.virtualHosts.find('any')
    const request = { method: 'GET', path: '/', query: '', host: 'any', headers: new HeaderList() }
    const compiled = host?.findRoute(request)?.route.action
    const tried = attempt()
    if (compiled?.type !== 'forward') throw new Error('not forwarded')
    const [destination] = compiled.destinations
    if (destination === undefined || 'unavailable' in destination) throw new Error('no backend')
    for (const each of destination.attemptPolicies.onAttempt) {
      each.onAttempt?.(requestContext(), tried)
    }
    return tried.headers.get('x')
  }
  expect(winner('l')).toBe('h')
  expect(winner('reversed')).toBe('d')
})

test('a mirror whose backend is missing is left out and reported; the route serves', async () => {
  const mirror = { backendId: 'gone', percentage: 100, host: undefined, appendSuffix: false }
  const route = routeNode('r', '/', { ...forwardTo('b'), mirrors: [mirror] })
  const result = await create().apply({ generation: 1, full: true, delta: configuration([route]) })
  expect(actionOf(result, '/')).toMatchObject({ type: 'forward', mirrors: [] })
  expect(result.errors).toEqual([
    { origin: route.origin, message: expect.stringContaining('gone') },
  ])
})

test('a large configuration is built in slices, between which others have their turn', async () => {
  let clock = 0
  let pauses = 0
  const builder = createSnapshotBuilder({
    random: () => 0,
    ...counting,
    now: () => 0,
    monotonicNow: () => {
      clock += 0.5
      return clock
    },
    pause: () => {
      pauses += 1
      return Promise.resolve()
    },
    sliceMs: 5,
  })
  const routes = Array.from({ length: 500 }, (_, index) =>
    routeNode(`r${index}`, `/${index}`, forwardTo('b')),
  )
  const result = await builder.apply({ generation: 1, full: true, delta: configuration(routes) })
  expect(result.errors).toEqual([])
  expect(pauses).toBeGreaterThan(80)
  expect(result.buildMs).toBeGreaterThan(400)
})

test('a snapshot stays as it is when a later change replaces its routes', async () => {
  const builder = create()
  const before = await builder.apply({
    generation: 1,
    full: true,
    delta: configuration([routeNode('a', '/a', forwardTo('b'))]),
  })
  const changed = routeNode('a', '/z', forwardTo('b'))
  await builder.apply({ generation: 2, full: false, delta: { routes: set(changed) } })
  expect(actionOf(before, '/a')?.type).toBe('forward')
  expect(find(before, '/z')).toBeUndefined()
})

test('a change of a route that leaves its matchers alone keeps them compiled', async () => {
  const builder = create()
  const route = routeNode('a', '/a', forwardTo('b'))
  const delta = configuration([route])
  const before = await builder.apply({ generation: 1, full: true, delta })
  const changed = structuredClone({ ...route, action: forwardTo('gone') })
  const after = await builder.apply({
    generation: 2,
    full: false,
    delta: { routes: set(changed) },
  })
  expect(find(after, '/a')?.path).toBe(find(before, '/a')?.path)
  expect(actionOf(before, '/a')?.type).toBe('forward')
  expect(actionOf(after, '/a')?.type).toBe('unavailable')
})
