import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import type { Backend } from '../../../ir/backend.ts'
import type { HeaderMutation } from '../../../ir/policies/header-mutation.ts'
import type { KubeObject } from '../../../kube/kube-object.ts'
import type { Contribution, ContributionMoment, RouteEffect } from '../contribution.ts'
import { createGatewayApi } from '../index.ts'
import { createStoredView } from '../testing/stored-view.ts'

const read = (text: string): KubeObject[] =>
  parseAllDocuments(text).map((document) => document.toJS())

const base = `
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: sluice }
spec: { controllerName: sluice.dev/gateway-controller }
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: gw, namespace: default }
spec: { gatewayClassName: sluice, listeners: [{ name: http, port: 80, protocol: HTTP }] }
---
apiVersion: v1
kind: Service
metadata: { name: a, namespace: default }
spec: { ports: [{ port: 80 }] }
`

const route = (name: string, rule: string) => `
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: ${name}, namespace: default }
spec: { parentRefs: [{ name: gw }], rules: [${rule}] }
`

const toService = (path: string) =>
  `{ matches: [{ path: { value: ${path} } }], backendRefs: [{ name: a, port: 80 }] }`

/** The route node of an HTTPRoute's first rule. */
const idOf = (name: string) => `gateway-api/HTTPRoute/default/${name}/spec.rules[0]/matches[0]`

describe('a change', () => {
  test('leaves every node that does not depend on it the same reference', () => {
    const translator = createGatewayApi([]).createTranslator()
    const translate = (...routes: string[]) =>
      translator.translate(createStoredView(read(base + routes.join(''))))
    const stays = route('stays', toService('/stays'))
    const before = translate(stays, route('moves', toService('/old')))
    const after = translate(stays, route('moves', toService('/new')))
    const kept = before.configuration.routes.get(idOf('stays'))
    expect(kept).toBeDefined()
    expect(after.configuration.routes.get(idOf('stays'))).toBe(kept)
    expect(after.configuration.routes.get(idOf('moves'))).not.toBe(
      before.configuration.routes.get(idOf('moves')),
    )
    const [backend] = before.configuration.backends.values()
    expect([...after.configuration.backends.values()]).toEqual([backend])
    expect(after.configuration.backends.get(backend?.id ?? '')).toBe(backend)
    const [listener] = before.configuration.listeners.values()
    expect(after.configuration.listeners.get(listener?.id ?? '')).toBe(listener)
    const statusOf = ({ statuses }: typeof before, name: string) =>
      statuses.find(({ object }) => object.name === name)?.status
    expect(statusOf(after, 'stays')).toBe(statusOf(before, 'stays'))
    expect(statusOf(after, 'gw')).toBe(statusOf(before, 'gw'))
  })

  test('of an object that a rule names reaches the rule', () => {
    const translator = createGatewayApi([]).createTranslator()
    const text = route('late', '{ backendRefs: [{ name: late, port: 80 }] }')
    const actionOf = (objects: string) =>
      translator.translate(createStoredView(read(objects))).configuration.routes.get(idOf('late'))
        ?.action
    expect(actionOf(base + text)).toMatchObject({ destinations: [{ unavailable: {} }] })
    const service =
      '\n---\napiVersion: v1\nkind: Service\nmetadata: { name: late, namespace: default }\nspec: { ports: [{ port: 80 }] }'
    expect(actionOf(base + text + service)).toMatchObject({
      destinations: [{ backendId: 'gateway-api/Service/default/late:80' }],
    })
  })

  test('of a form that no schema allows costs the translation of that object only', () => {
    const translator = createGatewayApi([]).createTranslator()
    const odd = `\n---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: { name: odd, namespace: default }\nspec: { parentRefs: [{ name: gw }], rules: { not: a-list } }\n`
    const { configuration, statuses } = translator.translate(
      createStoredView(read(base + route('fine', toService('/fine')) + odd)),
    )
    expect(configuration.routes.get(idOf('fine'))).toBeDefined()
    const status = statuses.find(({ object }) => object.name === 'odd')?.status
    expect(JSON.stringify(status)).toContain('does not have the form')
  })
})

const group = 'x.test'
const origin = { kind: 'Odd', namespace: 'default', name: 'odd', fieldPath: 'spec' }

const mutation = (id: string): HeaderMutation => ({
  ...{ type: 'header-mutation', id, origin, level: 'route' },
  request: { remove: [id], add: [] },
  response: { remove: [], add: [] },
})

const effect = (id: string, extra: Partial<RouteEffect> = {}): RouteEffect => ({
  policies: [mutation(id)],
  ...extra,
})

const pool: Pick<Backend, 'id' | 'name' | 'origin'> = { id: 'x/pool', name: 'pool', origin }

/** Answers for the group x.test with fixed objects. */
const moment: ContributionMoment = {
  findBackend: ({ reference, port }) =>
    reference.name === 'pool'
      ? {
          type: 'found',
          backend: pool as Backend,
          isAdded: true,
          effect: effect(`x/backend-${port ?? 'none'}`, {
            changeAction: (action) =>
              action.type === 'forward' ? { ...action, timeoutMs: 77 } : action,
          }),
        }
      : { type: 'unresolved', reason: 'BackendNotFound', message: `no ${reference.name}` },
  findFilter: ({ name }) =>
    name === 'answer'
      ? {
          type: 'found',
          effect: effect('x/filter', {
            secretIds: ['default/key'],
            changeAction: () => ({ type: 'direct-response', status: 418, body: 'tea' }),
          }),
        }
      : { type: 'found', effect: { policies: [], failure: 'the filter is broken' } },
  findEffects: ({ reference, sectionName }) =>
    reference.name === 'limited' || (reference.kind === 'Gateway' && sectionName === 'http')
      ? [effect(`x/on-${reference.name}-${sectionName ?? 'whole'}`)]
      : [],
  findConnectionOptions: ({ sectionNames }) =>
    sectionNames.includes('http') ? { serverName: 'tea pot' } : undefined,
  findParameters: ({ name }) =>
    name === 'fine'
      ? { type: 'found', service: { labels: { made: 'so' } } }
      : { type: 'invalid', message: `${name} is odd` },
  statuses: () => [
    { object: { group, kind: 'Odd', namespace: 'default', name: 'odd' }, status: 1 },
  ],
}

const contribution: Contribution = {
  name: 'x',
  backends: [{ group, kind: 'Pool' }],
  filters: [{ group, kind: 'Filter' }],
  parameters: [{ group, kind: 'Parameters' }],
  controllers: [
    {
      controllerName: 'x.test/controller',
      classNames: ['x'],
      description: 'Gateways of X',
      servicePrefix: 'x-proxy-',
    },
  ],
  createContributor: () => ({ begin: () => moment }),
}

describe('a contribution', () => {
  const dialect = createGatewayApi([contribution])
  const translate = (...parts: string[]) =>
    dialect
      .createTranslator()
      .translate(createStoredView([...dialect.seeds, ...read(base + parts.join(''))]))
  const filter = (name: string) =>
    `{ filters: [{ type: ExtensionRef, extensionRef: { group: ${group}, kind: Filter, name: ${name} } }] }`

  test('resolves backends of its kinds, and says what they need', () => {
    const { configuration, statuses } = translate(
      route('r', `{ backendRefs: [{ group: ${group}, kind: Pool, name: pool }] }`),
      route('none', `{ backendRefs: [{ group: ${group}, kind: Pool, name: none }] }`),
    )
    const node = configuration.routes.get(`${idOf('r')}@default/gw/80/http`)
    expect(node?.action).toMatchObject({
      timeoutMs: 77,
      destinations: [{ backendId: 'x/pool', policyIds: ['x/backend-none'] }],
    })
    expect(configuration.backends.has('x/pool')).toBe(true)
    expect(configuration.policies.has('x/backend-none')).toBe(true)
    const status = statuses.find(({ object }) => object.name === 'none')?.status
    expect(JSON.stringify(status)).toContain('no none')
  })

  test('resolves filters of its kinds, which may answer themselves', () => {
    const { configuration, secretIds } = translate(
      route('answers', filter('answer')),
      route('broken', filter('broken')),
    )
    const answers = configuration.routes.get(`${idOf('answers')}@default/gw/80/http`)
    expect(answers?.action).toEqual({ type: 'direct-response', status: 418, body: 'tea' })
    expect(answers?.policyIds).toContain('x/filter')
    expect([...secretIds]).toContain('default/key')
    const broken = configuration.routes.get(`${idOf('broken')}@default/gw/80/http`)
    expect(broken?.action).toMatchObject({ status: 500, message: 'the filter is broken' })
  })

  test('adds policies to routes and listeners, those of the route first', () => {
    const { configuration } = translate(route('limited', toService('/')))
    const node = configuration.routes.get(`${idOf('limited')}@default/gw/80/http`)
    expect(node?.policyIds).toEqual(['x/on-limited-whole', 'x/on-gw-http'])
    expect([...configuration.policies.keys()].sort()).toEqual([
      'x/on-gw-http',
      'x/on-limited-whole',
    ])
    const [listener] = configuration.listeners.values()
    expect(listener?.http.serverName).toBe('tea pot')
  })

  test('reads parameters, brings classes and writes statuses of its own kinds', () => {
    const gateway = (name: string, parameters: string) => `
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: ${name}, namespace: default }
spec:
  gatewayClassName: x
  infrastructure: { parametersRef: { group: ${group}, kind: Parameters, name: ${parameters} } }
  listeners: [{ name: http, port: 80, protocol: HTTP }]
`
    const { owned = [], statuses } = translate(gateway('one', 'fine'), gateway('two', 'odd'))
    expect(owned.map(({ metadata }) => metadata.name).sort()).toEqual([
      ...['sluice-gw', 'x-proxy-one', 'x-proxy-two'],
    ])
    const service = owned.find(({ metadata }) => metadata.name === 'x-proxy-one')
    expect(service?.metadata.labels).toMatchObject({ made: 'so' })
    const two = statuses.find(({ object }) => object.name === 'two')?.status
    expect(JSON.stringify(two)).toContain('InvalidParameters')
    expect(statuses.at(-1)).toMatchObject({ object: { kind: 'Odd' }, status: 1 })
  })
})

describe('a route whose parent is in another namespace than it says', () => {
  const lost = (parents: string, kind = 'HTTPRoute') => `
---
apiVersion: gateway.networking.k8s.io/v1
kind: ${kind}
metadata: { name: lost, namespace: team-a }
spec: { parentRefs: [${parents}] }
`
  const hintsOf = (text: string) => {
    const view = createStoredView(read(base + text))
    const { hints, statuses } = createGatewayApi([]).createTranslator().translate(view)
    expect(statuses.filter(({ object }) => object.name === 'lost')).toEqual([])
    return hints
  }

  test.each(['HTTPRoute', 'GRPCRoute'])('is told so, if it is of kind %s', (kind) => {
    expect(hintsOf(lost('{ name: other }, { name: gw }', kind))).toEqual([
      {
        object: {
          ...{ group: 'gateway.networking.k8s.io', kind },
          ...{ namespace: 'team-a', name: 'lost' },
        },
        reason: 'ParentNotFound',
        message:
          'parentRef gw: there is no Gateway gw in namespace team-a; did you mean namespace default? Set spec.parentRefs[1].namespace.',
      },
    ])
  })

  const own = `
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: gw, namespace: team-a }
spec: { gatewayClassName: of-others, listeners: [{ name: http, port: 80, protocol: HTTP }] }
`
  test.each([
    ['that nobody serves under that name', lost('{ name: other }')],
    ['of another kind', lost('{ name: gw, kind: Service, group: "" }')],
    ['that another controller may serve', lost('{ name: gw }') + own],
    ['in a third namespace', lost('{ name: gw, namespace: team-b }')],
  ])('is told nothing of a parent %s', (_what, text) => {
    expect(hintsOf(text)).toEqual([])
  })
})
