import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import type { KubeObject } from '../../../kube/kube-object.ts'
import type { ObjectView } from '../../dialect.ts'
import { createGatewayApi } from '../../gateway-api/index.ts'
import { createStoredView } from '../../gateway-api/testing/stored-view.ts'
import { glooGatewayContribution } from '../index.ts'

const object = (
  apiVersion: string,
  kind: string,
  name: string,
  spec: Record<string, unknown>,
): KubeObject => ({ apiVersion, kind, metadata: { name, namespace: 'default' }, spec })

const networking = 'gateway.networking.k8s.io/v1'
const backendRefs = [{ group: 'gloo.solo.io', kind: 'Upstream', name: 'a' }]
const rules = (path: string) => [{ matches: [{ path: { value: path } }], backendRefs }]
const route = (name: string, path = `/${name}`) =>
  object(networking, 'HTTPRoute', name, { parentRefs: [{ name: 'gw' }], rules: rules(path) })
const onGateway = [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'gw' }]
const onRoute = [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'stays' }]

const base = [
  {
    ...object(networking, 'GatewayClass', 'gloo-gateway', {
      controllerName: 'solo.io/gloo-gateway',
    }),
    metadata: { name: 'gloo-gateway' },
  },
  object(networking, 'Gateway', 'gw', {
    gatewayClassName: 'gloo-gateway',
    listeners: [{ name: 'http', port: 8080, protocol: 'HTTP' }],
  }),
  object('gloo.solo.io/v1', 'Upstream', 'a', { static: { hosts: [{ addr: 'a.test', port: 80 }] } }),
  object('gateway.solo.io/v1', 'VirtualHostOption', 'host', {
    targetRefs: onGateway,
    options: { cors: { allowOrigin: ['*'] } },
  }),
  object('gateway.solo.io/v1', 'RouteOption', 'own', {
    targetRefs: onRoute,
    options: { prefixRewrite: '/own' },
  }),
]

const idOf = (name: string) =>
  `gateway-api/HTTPRoute/default/${name}/spec.rules[0]/matches[0]@default/gw/8080/http`

test('a change leaves every route, policy and status that does not depend on it as it was', () => {
  const translator = createGatewayApi([glooGatewayContribution]).createTranslator()
  const kept = [...base, route('stays'), route('plain')]
  const translate = (view: ObjectView) => translator.translate(view)
  const before = translate(createStoredView([...kept, route('moves', '/old')]))
  const after = translate(createStoredView([...kept, route('moves', '/new')]))
  for (const name of ['stays', 'plain']) {
    const node = before.configuration.routes.get(idOf(name))
    expect(node?.policyIds, stringify(node)).toHaveLength(1)
    expect(after.configuration.routes.get(idOf(name))).toBe(node)
  }
  expect(after.configuration.routes.get(idOf('moves'))?.matchers).not.toEqual(
    before.configuration.routes.get(idOf('moves'))?.matchers,
  )
  expect([...after.configuration.policies.values()]).toEqual([
    ...before.configuration.policies.values(),
  ])
  for (const [id, policy] of before.configuration.policies) {
    expect(after.configuration.policies.get(id)).toBe(policy)
  }
  const statusOf = (translation: typeof before, kind: string) =>
    translation.statuses.find((each) => each.object.kind === kind)?.status
  for (const kind of ['RouteOption', 'VirtualHostOption']) {
    expect(statusOf(after, kind)).toBe(statusOf(before, kind))
  }
})

test('a change of options reaches the routes that they hold on', () => {
  const translator = createGatewayApi([glooGatewayContribution]).createTranslator()
  const option = (prefixRewrite: string) =>
    object('gateway.solo.io/v1', 'RouteOption', 'own', {
      ...{ targetRefs: onRoute, options: { prefixRewrite } },
    })
  const rewriteWith = (prefixRewrite: string) => {
    const view = createStoredView([...base, route('stays'), option(prefixRewrite)])
    const node = translator.translate(view).configuration.routes.get(idOf('stays'))
    return node?.action.type === 'forward' ? node.action.pathRewrite : undefined
  }
  expect(rewriteWith('/one')).toEqual({ type: 'prefix', value: '/one' })
  expect(rewriteWith('/two')).toEqual({ type: 'prefix', value: '/two' })
})

test.each([
  ['HTTPRoute', 500],
  ['GRPCRoute', 503],
])('options of a gateway that are wrong close its %ss with %d', (kind, status) => {
  const spec = { parentRefs: [{ name: 'gw' }], rules: [{ backendRefs }] }
  const wrong = object('gateway.solo.io/v1', 'VirtualHostOption', 'host', {
    targetRefs: onGateway,
    options: { rateLimitConfigs: { refs: [{ name: 'missing' }] } },
  })
  const view = createStoredView([...base, wrong, object(networking, kind, 'closed', spec)])
  const { configuration } = createGatewayApi([glooGatewayContribution])
    .createTranslator()
    .translate(view)
  const actions = [...configuration.routes.values()].map(({ action }) => action)
  expect(actions).toMatchObject([{ type: 'unavailable', status }])
})

test('options of a form that no schema allows close what they hold on, and nothing else', () => {
  const odd = (kind: string, name: string, spec: unknown) =>
    ({ ...object('gateway.solo.io/v1', kind, name, {}), spec }) as KubeObject
  const view = createStoredView([
    ...base,
    route('stays'),
    route('plain'),
    odd('RouteOption', 'own', {
      ...{ targetRefs: onRoute, options: { headerManipulation: { requestHeadersToAdd: 5 } } },
    }),
    odd('RouteOption', 'closed', { options: { rbac: { policies: { a: 5 } } } }),
    odd('RouteOption', 'targets', { targetRefs: 'none' }),
    odd('HttpListenerOption', 'http', { targetRefs: 7 }),
    odd('ListenerOption', 'logs', {
      ...{ targetRefs: onGateway, options: { accessLoggingService: { accessLog: 'all' } } },
    }),
  ])
  const translator = createGatewayApi([glooGatewayContribution]).createTranslator()
  const { configuration, statuses } = translator.translate(view)
  expect(configuration.routes.get(idOf('stays'))?.action.type).toBe('unavailable')
  expect(configuration.routes.get(idOf('plain'))?.action.type).toBe('forward')
  const closed = statuses.find(({ object: { name } }) => name === 'closed')?.status
  expect(JSON.stringify(closed)).toContain("*rbac.plugin: policy 'a' is not an object")
  const reasons = statuses.map(({ object: { kind, name }, status }) => [
    `${kind} ${name}`,
    JSON.stringify(status).includes('does not have the form that its schema asks for'),
  ])
  expect(Object.fromEntries(reasons)).toMatchObject({
    'RouteOption own': true,
    'RouteOption targets': true,
    'RouteOption closed': false,
    'HttpListenerOption http': true,
    'ListenerOption logs': true,
    'VirtualHostOption host': false,
  })
})
