import { describe, expect, test } from 'vitest'
import type { Route } from '../../../../ir/route.ts'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import type { Translation } from '../../../dialect.ts'
import { createGatewayApi } from '../../../gateway-api/index.ts'
import { createStoredView } from '../../../gateway-api/testing/stored-view.ts'
import { glooGatewayContribution } from '../../index.ts'

type Metadata = Partial<KubeObject['metadata']>

const networking = 'gateway.networking.k8s.io/v1'

const object = (apiVersion: string, kind: string, name: string, spec: object): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'default' },
  spec,
})

const forwardOf = (route: Route | undefined) =>
  route?.action.type === 'forward' ? route.action : undefined

const toUpstream = { group: 'gloo.solo.io', kind: 'Upstream', name: 'a' }
const toRoute = (name: string, more: object = {}) => ({
  ...{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name },
  ...more,
})

const rule = (path: string, backend: object = toUpstream, more: object = {}) => ({
  matches: [{ path: { value: path } }],
  backendRefs: [backend],
  ...more,
})
const route = (name: string, spec: object, metadata: Metadata = {}): KubeObject => ({
  ...object(networking, 'HTTPRoute', name, spec),
  metadata: { name, namespace: 'default', ...metadata },
})
const root = (name: string, rules: readonly object[], metadata: Metadata = {}, gateway = 'gw') =>
  route(name, { parentRefs: [{ name: gateway }], rules }, metadata)

const gateway = (name: string, gatewayClassName: string) =>
  object(networking, 'Gateway', name, {
    gatewayClassName,
    listeners: [{ name: 'http', port: 8080, protocol: 'HTTP' }],
  })

const option = (name: string, target: string, options: object) =>
  object('gateway.solo.io/v1', 'RouteOption', name, {
    targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: target }],
    options,
  })

const dialect = createGatewayApi([glooGatewayContribution])
const base = [
  ...dialect.seeds,
  gateway('gw', 'gloo-gateway'),
  gateway('plain', 'sluice'),
  object('gloo.solo.io/v1', 'Upstream', 'a', { static: { hosts: [{ addr: 'a.test', port: 80 }] } }),
]

const translate = (...objects: readonly KubeObject[]) =>
  dialect.createTranslator().translate(createStoredView([...base, ...objects]))

/** Paths of the routes of a translation, in order, with what makes requests of them. */
const pathsOf = ({ configuration }: Translation) =>
  [...configuration.routes.values()].map(
    ({ matchers, action }) => `${matchers[0]?.path.value} ${action.type}`,
  )

/** `Type: Status/Reason message` of every condition of a route, by parent. */
const conditionsOf = ({ statuses }: Translation, name: string): readonly string[] => {
  const found = statuses.find((each) => each.object.name === name)?.status
  const { parents = [] } = (found ?? {}) as {
    parents?: {
      parentRef: { name: string }
      conditions: { type: string; status: string; reason: string; message: string }[]
    }[]
  }
  return parents.flatMap(({ parentRef, conditions }) =>
    conditions.map(
      ({ type, status, reason, message }) =>
        `${parentRef.name} ${type}: ${status}/${reason} ${message}`,
    ),
  )
}

describe('a change reaches the routes that a route delegates to', () => {
  /** Translates twice; the first list of objects is that of the first time. */
  const twice = (before: readonly KubeObject[], after: readonly KubeObject[]) => {
    const translator = dialect.createTranslator()
    const first = translator.translate(createStoredView([...base, ...before]))
    return { first, second: translator.translate(createStoredView([...base, ...after])) }
  }
  const parent = root('root', [rule('/', toRoute('*'))])
  const stays = route('stays', { rules: [rule('/stays')] })
  const moves = (path: string, metadata: Metadata = {}) =>
    route('moves', { rules: [rule(path)] }, metadata)
  const nodeOf = ({ configuration }: Translation, name: string) =>
    [...configuration.routes.values()].find(({ origin }) => origin.name === name)

  test('of a child', () => {
    const { first, second } = twice([parent, stays, moves('/old')], [parent, stays, moves('/new')])
    expect(pathsOf(first)).toEqual(['/stays forward', '/old forward'])
    expect(pathsOf(second)).toEqual(['/stays forward', '/new forward'])
    expect(nodeOf(second, 'stays')).toBe(nodeOf(first, 'stays'))
    const { second: without } = twice([parent, stays, moves('/old')], [parent, stays])
    expect(pathsOf(without)).toEqual(['/stays forward'])
    const { second: added } = twice([parent, stays], [parent, stays, moves('/new')])
    expect(pathsOf(added)).toEqual(['/stays forward', '/new forward'])
  })

  test('of a grandchild', () => {
    const chain = [
      root('root', [rule('/a', toRoute('child'))]),
      route('child', { rules: [rule('/a/b', toRoute('moves'))] }),
    ]
    const { first, second } = twice([...chain, moves('/a/b/old')], [...chain, moves('/a/b/new')])
    expect(pathsOf(first)).toEqual(['/a/b/old forward'])
    expect(pathsOf(second)).toEqual(['/a/b/new forward'])
  })

  test('of labels and annotations', () => {
    const byLabel = root('root', [
      rule('/a', { group: 'delegation.gateway.solo.io', kind: 'label', name: 'x' }),
    ])
    const labels = { 'delegation.gateway.solo.io/label': 'x' }
    const annotations = { 'delegation.gateway.solo.io/inherit-parent-matcher': 'true' }
    const { first, second } = twice([byLabel, moves('/a/b')], [byLabel, moves('/a/b', { labels })])
    expect(pathsOf(first)).toEqual([])
    expect(pathsOf(second)).toEqual(['/a/b forward'])
    const { second: inherits } = twice(
      [byLabel, moves('/a/b', { labels })],
      [byLabel, moves('/a/b', { labels, annotations })],
    )
    expect(pathsOf(inherits)).toEqual(['/a/a/b forward'])
  })

  test('of options of the parent, and of what it lets children set', () => {
    const options = [
      option('own', 'moves', { prefixRewrite: '/child' }),
      option('outer', 'root', { prefixRewrite: '/root' }),
    ]
    const annotated = root('root', [rule('/', toRoute('*'))], {
      annotations: { 'delegation.gateway.solo.io/enable-policy-overrides': 'prefixRewrite' },
    })
    const rewriteOf = (translation: Translation) =>
      forwardOf(nodeOf(translation, 'moves'))?.pathRewrite
    const { first, second } = twice(
      [parent, moves('/m'), ...options],
      [annotated, moves('/m'), ...options],
    )
    expect(rewriteOf(first)).toEqual({ type: 'prefix', value: '/root' })
    expect(rewriteOf(second)).toEqual({ type: 'prefix', value: '/child' })
    const { second: without } = twice(
      [parent, moves('/m'), ...options],
      [parent, moves('/m'), ...options.slice(0, 1)],
    )
    expect(rewriteOf(without)).toEqual({ type: 'prefix', value: '/child' })
    const hidden = first.statuses.find(({ object: { name } }) => name === 'own')?.status
    expect(JSON.stringify(hidden)).toContain(
      "prefixRewrite of RouteOption 'default/own' not in force on requests that HTTPRoute 'default/root' hands over",
    )
  })

  test('and leaves every other node and status as it was', () => {
    const other = root('other', [rule('/other', toRoute('stays', { namespace: 'far' }))])
    const far = route('stays', { rules: [rule('/other/b')] }, { namespace: 'far' })
    const { first, second } = twice(
      [parent, stays, moves('/old'), other, far],
      [parent, stays, moves('/new'), other, far],
    )
    const byId = (translation: Translation) =>
      [...translation.configuration.routes.values()].filter(
        ({ origin }) => origin.namespace === 'far',
      )
    expect(byId(first)).toHaveLength(1)
    expect(byId(second)[0]).toBe(byId(first)[0])
    const same = twice([parent, stays, moves('/old')], [parent, stays, moves('/old')])
    for (const [id, node] of same.first.configuration.routes) {
      expect(same.second.configuration.routes.get(id)).toBe(node)
    }
    same.first.statuses.forEach(({ status }, index) => {
      expect(same.second.statuses[index]?.status).toBe(status)
    })
  })
})

describe('a class without delegation', () => {
  const children = [route('child', { rules: [rule('/a/b')] })]

  test('knows no HTTPRoute as a backend', () => {
    const found = translate(root('root', [rule('/a', toRoute('child'))], {}, 'plain'), ...children)
    expect(pathsOf(found)).toEqual(['/a forward'])
    expect(JSON.stringify([...found.configuration.routes.values()])).toContain(
      'HTTPRoute default/child (group \\"gateway.networking.k8s.io\\") is not a kind of backend',
    )
    expect(conditionsOf(found, 'root')[1]).toContain('plain ResolvedRefs: False/InvalidKind')
    expect(conditionsOf(found, 'child')).toEqual([])
  })

  test('does not change what a class with delegation makes of the same route', () => {
    const found = translate(
      route('root', {
        parentRefs: [{ name: 'gw' }, { name: 'plain' }],
        rules: [{ ...rule('/a'), backendRefs: [toRoute('child'), toUpstream] }],
      }),
      ...children,
    )
    const { routes, virtualHosts } = found.configuration
    const servedBy = (name: string) =>
      [...virtualHosts.values()]
        .filter(({ id }) => id.includes(`/${name}/`))
        .flatMap(({ routeIds }) => routeIds)
        .map((id) => forwardOf(routes.get(id))?.destinations.length)
    expect(servedBy('gw')).toEqual([1, 1])
    expect(servedBy('plain')).toEqual([2])
    expect(conditionsOf(found, 'root').filter((each) => each.includes('ResolvedRefs'))).toEqual([
      'gw ResolvedRefs: True/ResolvedRefs ',
      expect.stringContaining('plain ResolvedRefs: False/InvalidKind'),
    ])
  })
})

test('a child stands by itself too', () => {
  const child = route('child', {
    parentRefs: [{ name: 'gw' }, { kind: 'HTTPRoute', name: 'root' }],
    rules: [rule('/a/b')],
  })
  const found = translate(root('root', [rule('/a', toRoute('child'))]), child)
  expect(found.configuration.routes.size).toBe(2)
  expect(conditionsOf(found, 'child')).toEqual([
    ...['gw Accepted: True/Accepted ', 'gw ResolvedRefs: True/ResolvedRefs '],
    ...['root Accepted: True/Accepted ', 'root ResolvedRefs: True/ResolvedRefs '],
  ])
})

test('annotations without effect are told', () => {
  const annotate = (name: string, value: string) => ({
    annotations: { [`delegation.gateway.solo.io/${name}`]: value },
  })
  const overrides = annotate('enable-policy-overrides', 'timeout, hostRewriteType,fault,')
  const found = translate(
    root('root', [rule('/', toRoute('*'))], overrides),
    route('child', { rules: [rule('/a')] }, annotate('inherit-parent-matcher', 'On')),
    route('quiet', { rules: [rule('/b')] }, annotate('inherit-parent-matcher', 'FALSE')),
  )
  expect(conditionsOf(found, 'root')[0]).toContain("without effect: 'fault', ''")
  expect(conditionsOf(found, 'child')[0]).toContain("has the value 'on', which is without effect")
  expect(conditionsOf(found, 'quiet')[0]).toBe('root Accepted: True/Accepted ')
})

test('routes that multiply each other end at a limit, and the status says so', () => {
  const annotations = { 'delegation.gateway.solo.io/inherit-parent-matcher': 'yes' }
  const wide = (name: string, next: object) => {
    const matches = Array.from({ length: 60 }, (_, index) => ({ path: { value: `/${index}` } }))
    return route(name, { rules: [{ matches, backendRefs: [next] }] }, { annotations })
  }
  const found = translate(
    root('root', [rule('/', toRoute('one'))]),
    wide('one', toRoute('two')),
    wide('two', toRoute('three')),
    wide('three', toUpstream),
  )
  expect(found.configuration.routes.size).toBe(0)
  expect(conditionsOf(found, 'two')[0]).toContain(
    'one Accepted: False/UnsupportedValue more than 50000 matches are handed to other routes',
  )
})

test('routes that hand over one after the other end at a limit, and the status says so', () => {
  const chain = Array.from({ length: 40 }, (_, index) =>
    route(`r${index}`, { rules: [rule('/a', toRoute(`r${index + 1}`)), rule('/a/b')] }),
  )
  const found = translate(root('root', [rule('/a', toRoute('r0'))]), ...chain)
  expect(found.configuration.routes.size).toBe(32)
  expect(conditionsOf(found, 'r31')[0]).toContain(
    'r30 Accepted: False/UnsupportedValue requests are handed over 32 times already before they come to HTTPRoute default/r32',
  )
  expect(conditionsOf(found, 'r32')).toEqual([])
})

test('a child of a form that no schema allows costs itself', () => {
  const odd = route('odd', { rules: 'all' })
  const fine = route('fine', { rules: [rule('/fine')] })
  const found = translate(root('root', [rule('/', toRoute('*'))]), odd, fine)
  expect(pathsOf(found)).toEqual(['/fine forward'])
  expect(conditionsOf(found, 'odd')[0]).toContain(
    'root Accepted: False/UnsupportedValue the object does not have the form',
  )
  const listed = route('listed', { parentRefs: 'none', rules: [rule('/listed')] })
  expect(pathsOf(translate(root('root', [rule('/', toRoute('*'))]), listed))).toEqual([
    '/listed forward',
  ])
})
