import { expect, test } from 'vitest'
import type { ObjectView } from '../../dialects/dialect.ts'
import { emptyConfiguration } from '../../dialects/empty-configuration.ts'
import type { Configuration } from '../../ir/configuration.ts'
import type { KubeObject } from '../../kube/kube-object.ts'
import { createBackend, createEndpoint } from '../testing/backend-nodes.ts'
import { AddressOverrides } from './address-overrides.ts'

const host = 'api.shop.svc.cluster.local'

function namingHosts(...hosts: readonly string[]): Configuration {
  const endpoints = hosts.map((each) => createEndpoint(each, { host: each }))
  return { ...emptyConfiguration, backends: new Map([['b', createBackend('b', endpoints, [])]]) }
}

const service = (spec: object, status: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace: 'shop', name: 'api' },
  spec,
  status,
})

const slice: KubeObject = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {
    namespace: 'shop',
    name: 'api-1',
    labels: { 'kubernetes.io/service-name': 'api' },
  },
  ports: [{ name: 'http', port: 8080 }],
  endpoints: [
    { addresses: ['10.0.0.1'] },
    { addresses: ['10.0.0.2'], conditions: { ready: true } },
    { addresses: ['10.0.0.3'], conditions: { ready: false } },
  ],
}

function viewOf(...objects: readonly KubeObject[]): ObjectView {
  return {
    list: ({ kind }) => objects.filter((object) => object.kind === kind),
    get: ({ kind }, namespace, name) =>
      objects.find(
        (object) =>
          object.kind === kind &&
          object.metadata.namespace === namespace &&
          object.metadata.name === name,
      ),
  }
}

const ports = [{ name: 'http', port: 80 }]
const otherPorts = 'Service api in namespace shop does not have that port; its ports: 80'
const elsewhere = (name = host, emptyReason = otherPorts) => ({
  ...{ host: name, port: undefined, targets: [], emptyReason, trusted: false },
})
const find = (configuration: Configuration, ...objects: readonly KubeObject[]) =>
  new AddressOverrides([]).update(configuration, viewOf(...objects))

test('the name of a Service leads to its ready endpoints', () => {
  const targets = [
    { address: '10.0.0.1', port: 8080 },
    { address: '10.0.0.2', port: 8080 },
  ]
  expect(find(namingHosts(host), service({ ports }), slice)).toEqual([
    { host, port: 80, targets, trusted: false },
    elsewhere(),
  ])
  expect(find(namingHosts('api.shop.svc'), service({ ports }), slice)).toEqual([
    { host: 'api.shop.svc', port: 80, targets, trusted: false },
    elsewhere('api.shop.svc'),
  ])
})

test('a headless Service is reached at the port of its pods too', () => {
  const overrides = find(namingHosts(host), service({ ports, clusterIP: 'None' }), slice)
  expect(overrides?.map(({ port }) => port)).toEqual([80, 8080, undefined])
})

test('a Service without endpoints is reached at the address of its balancer', () => {
  const balanced = service({ ports }, { loadBalancer: { ingress: [{ ip: '127.9.0.1' }] } })
  const targets = [{ address: '127.9.0.1', port: 80 }]
  expect(find(namingHosts(host), balanced)).toEqual([
    { host, port: 80, targets, trusted: false },
    elsewhere(),
  ])
})

test('a Service without anything behind it leads nowhere and is named', () => {
  const emptyReason = 'Service api in namespace shop has no ready endpoints for port 80'
  const nowhere = { ...elsewhere(host, emptyReason), port: 80 }
  expect(find(namingHosts(host), service({ ports }))).toEqual([nowhere, elsewhere()])
  const atThatPort = 'Service api in namespace shop has no ready endpoints at that port'
  expect(find(namingHosts(host), service({ ports, clusterIP: 'None' }))).toEqual([
    nowhere,
    elsewhere(host, atThatPort),
  ])
})

test('the name of an external Service leads to the name that it stands for', () => {
  const external = service({ type: 'ExternalName', externalName: 'api.example.com' })
  expect(find(namingHosts(host), external)).toEqual([
    {
      ...{ host, port: undefined, trusted: false },
      targets: [{ address: 'api.example.com', port: undefined }],
    },
  ])
})

test('names that are none of a Service, or of one that is missing, are left alone', () => {
  expect(find(namingHosts(host))).toBeUndefined()
  expect(find(namingHosts('api.shop', 'api.example.com'), service({ ports }), slice)).toBe(
    undefined,
  )
})

test('what the operator says comes first, and nothing is told twice', () => {
  const own = {
    ...{ host, port: 80, trusted: true },
    targets: [{ address: '192.0.2.1', port: undefined }],
  }
  const overrides = new AddressOverrides([own])
  const view = viewOf(service({ ports }), slice)
  expect(overrides.update(namingHosts(host), view)?.[0]).toBe(own)
  expect(overrides.update(namingHosts(host), view)).toBeUndefined()
  expect(overrides.update(namingHosts(), view)).toEqual([own])
  expect(overrides.current).toEqual([own])
})
