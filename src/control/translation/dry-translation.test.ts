import { expect, test } from 'vitest'
import { dialects } from '../../dialects/index.ts'
import type { KubeObject } from '../../kube/kube-object.ts'
import { translateDry, translateDryListeners } from './dry-translation.ts'

const virtualService: KubeObject = {
  apiVersion: 'gateway.solo.io/v1',
  kind: 'VirtualService',
  metadata: { name: 'a', namespace: 'default' },
  spec: {
    virtualHost: {
      routes: [
        { routeAction: { single: { upstream: { name: 'missing', namespace: 'default' } } } },
      ],
    },
  },
}

test('objects are translated beside those that stand from the start', () => {
  const statuses = translateDry(dialects, [virtualService])
  const own = statuses.find(({ object }) => object.kind === 'VirtualService')
  expect(JSON.stringify(own?.status)).toContain('*v1.Upstream { default.missing } not found')
  expect(statuses.map(({ object }) => object.name)).toContain('gateway-proxy')
})

test('an object takes the place of the one that stands from the start', () => {
  const gateway: KubeObject = {
    apiVersion: 'gateway.solo.io/v1',
    kind: 'Gateway',
    metadata: { name: 'gateway-proxy', namespace: 'gloo-system' },
    spec: { bindPort: 9000, httpGateway: {} },
  }
  const statuses = translateDry(dialects, [gateway])
  expect(statuses.filter(({ object }) => object.name === 'gateway-proxy')).toHaveLength(1)
})

test('the listeners name their gateway and the hosts that they serve', () => {
  const listeners = translateDryListeners(dialects, [virtualService])
  const plain = listeners.find(({ origin }) => origin.name === 'gateway-proxy')
  expect(plain?.origin).toMatchObject({ kind: 'Gateway', namespace: 'gloo-system' })
  const hosts = plain?.virtualHosts.filter(({ origin }) => origin.kind === 'VirtualService')
  expect(hosts?.map(({ origin }) => origin.name)).toEqual(['a'])
})

test('a gateway that would be given an address is not told to lack one', () => {
  const gateway: KubeObject = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name: 'ai', namespace: 'default' },
    spec: {
      gatewayClassName: 'gloo-gateway',
      listeners: [{ name: 'http', port: 8080, protocol: 'HTTP' }],
    },
  }
  const own = translateDry(dialects, [gateway]).find(({ object }) => object.name === 'ai')
  expect(own?.status).toMatchObject({
    conditions: [
      { type: 'Accepted', status: 'True' },
      { type: 'Programmed', status: 'True' },
      { type: 'ResolvedRefs', status: 'True' },
    ],
  })
})
