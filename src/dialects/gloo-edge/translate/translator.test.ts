import fastCheck from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../../kube/kube-object.ts'
import { createObjectView } from '../../shared/testing/object-view.ts'
import { createEdgeTranslator } from './translator.ts'

const edge = (kind: string, name: string, spec: unknown): KubeObject => ({
  apiVersion: 'gateway.solo.io/v1',
  kind,
  metadata: { name, namespace: 'default' },
  spec,
})
const gateway = edge('Gateway', 'gateway', { bindPort: 8080, httpGateway: {} })
const route = (path: string) => ({
  matchers: [{ prefix: path }],
  directResponseAction: { status: 200, body: path },
})
const virtualService = (routes: readonly unknown[]) =>
  edge('VirtualService', 'vs', { virtualHost: { routes } })
const routeTable = (name: string, routes: readonly unknown[]) =>
  edge('RouteTable', name, { routes })
const delegateTo = (name: string) => ({ delegateAction: { ref: { name } } })

describe('what did not change stays the same reference', () => {
  test('when one route of a virtual service changes', () => {
    const translator = createEdgeTranslator()
    const translate = (...paths: string[]) => {
      const objects = [gateway, virtualService(paths.map(route))]
      return translator.translate(createObjectView(objects)).configuration
    }
    const before = translate('/a', '/b', '/c')
    const after = translate('/a', '/changed', '/c')
    const [first, second, third] = [...after.routes.values()]
    expect(first).toBe([...before.routes.values()][0])
    expect(second).not.toBe([...before.routes.values()][1])
    expect(second?.matchers[0]?.path.value).toBe('/changed')
    expect(third).toBe([...before.routes.values()][2])
    expect([...after.virtualHosts.values()][0]).toBe([...before.virtualHosts.values()][0])
    expect([...after.listeners.values()][0]).toBe([...before.listeners.values()][0])
  })

  test('when one of several route tables changes', () => {
    const translator = createEdgeTranslator()
    const parent = virtualService([delegateTo('a'), delegateTo('b')])
    const translate = (path: string) => {
      const objects = [
        gateway,
        parent,
        routeTable('a', [route('/a')]),
        routeTable('b', [route(path)]),
      ]
      return [...translator.translate(createObjectView(objects)).configuration.routes.values()]
    }
    const before = translate('/b')
    const after = translate('/changed')
    expect(after[0]).toBe(before[0])
    expect(after[1]?.matchers[0]?.path.value).toBe('/changed')
  })

  test('when an object is deleted and comes back', () => {
    const translator = createEdgeTranslator()
    const translate = (...objects: KubeObject[]) =>
      translator.translate(createObjectView([gateway, ...objects])).configuration.routes.size
    const parent = virtualService([delegateTo('a')])
    expect(translate(parent, routeTable('a', [route('/a')]))).toBe(1)
    expect(translate(parent)).toBe(0)
    expect(translate(parent, routeTable('a', [route('/a'), route('/b')]))).toBe(2)
    expect(translate()).toBe(0)
  })
})

test('a route whose header secret is created works from the next translation on', () => {
  const translator = createEdgeTranslator()
  const upstream = {
    apiVersion: 'gloo.solo.io/v1',
    kind: 'Upstream',
    metadata: { name: 'one', namespace: 'default' },
    spec: { static: { hosts: [{ addr: 'one.example.com', port: 443 }] } },
  }
  const headerSecretRef = { name: 'keys', namespace: 'default' }
  const waiting = virtualService([
    {
      routeAction: { single: { upstream: { name: 'one', namespace: 'default' } } },
      options: { headerManipulation: { requestHeadersToAdd: [{ headerSecretRef }] } },
    },
  ])
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'gloo.solo.io/header',
    metadata: { ...headerSecretRef, resourceVersion: '1' },
    data: { Authorization: 'QmVhcmVyIGE=' },
  }
  const actionsOf = (...objects: KubeObject[]) => {
    const view = createObjectView([gateway, upstream, waiting, ...objects])
    const { routes } = translator.translate(view).configuration
    return [...routes.values()].map(({ action }) => action.type)
  }
  expect(actionsOf()).toEqual(['unavailable'])
  expect(actionsOf(secret)).toEqual(['forward'])
  expect(actionsOf()).toEqual(['unavailable'])
})

test('an object of any form is translated without an exception and costs only itself', () => {
  const anything = fastCheck.jsonValue({ maxDepth: 3 })
  const odd = fastCheck.record(
    {
      matchers: anything,
      routeAction: anything,
      delegateAction: anything,
      directResponseAction: anything,
      redirectAction: anything,
      options: anything,
      optionsConfigRefs: anything,
    },
    { requiredKeys: [] },
  )
  fastCheck.assert(
    fastCheck.property(odd, anything, anything, anything, (oddRoute, spec, oddGateway, domains) => {
      const view = createObjectView([
        gateway,
        virtualService([route('/a')]),
        edge('VirtualService', 'odd-routes', {
          virtualHost: { domains: ['odd'], routes: [oddRoute] },
        }),
        edge('VirtualService', 'odd-spec', spec),
        edge('VirtualService', 'odd-domains', { virtualHost: { domains } }),
        edge('Gateway', 'odd', oddGateway),
        edge('RouteTable', 'odd', spec),
      ])
      const { configuration, statuses } = createEdgeTranslator().translate(view)
      expect(configuration.routes.has('gloo-edge/default/vs/routes[0]')).toBe(true)
      expect(statuses).toHaveLength(7)
    }),
  )
})
