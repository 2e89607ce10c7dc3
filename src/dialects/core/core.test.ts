import { expect, test } from 'vitest'
import type { KubeObject } from '../../kube/kube-object.ts'
import type { StructuralSchema } from '../../kube/structural-schema.ts'
import { core } from './index.ts'
import { endpointSlice } from './kinds/endpoint-slice.ts'
import { event } from './kinds/event.ts'
import { namespace } from './kinds/namespace.ts'
import { parseClusterDnsName, serviceEndpointsOf } from './services.ts'

const functionCells = (columns: (typeof event.versions)[0]['columns'], object: KubeObject) =>
  columns.flatMap(({ name, value }) => (typeof value === 'function' ? [[name, value(object)]] : []))

test('every kind has one storage version, and the first namespaces stand', () => {
  for (const kind of core.kinds) {
    expect(kind.versions.filter(({ storage }) => storage)).toHaveLength(1)
    expect(kind.unknownFields).toBe('refuse')
  }
  expect(core.seeds.map(({ metadata }) => metadata.name)).toEqual([
    'default',
    'kube-system',
    'kube-public',
  ])
})

test('a namespace is active and carries its name as a label', () => {
  const object = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'a', labels: { b: 'c' } },
  }
  expect(namespace.prepare?.(object, undefined)).toMatchObject({
    metadata: { labels: { b: 'c', 'kubernetes.io/metadata.name': 'a' } },
    status: { phase: 'Active' },
  })
})

test('an event shows when it was seen last and what it is about', () => {
  const object = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'e' },
    involvedObject: { kind: 'Upstream', name: 'openai' },
    eventTime: '2026-11-20T10:00:00.000000Z',
    reportingComponent: 'sluice',
    message: 'text\n',
  }
  expect(functionCells(event.versions[0]?.columns ?? [], object)).toEqual([
    ['Last Seen', '2026-11-20T10:00:00.000000Z'],
    ['Object', 'upstream/openai'],
    ['Source', 'sluice'],
    ['Message', 'text'],
    ['First Seen', '2026-11-20T10:00:00.000000Z'],
  ])
})

const slice = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { namespace: 'default', name: 's' },
  addressType: 'IPv4',
  ports: [{ name: 'http', port: 8080 }],
  endpoints: [
    { addresses: ['127.0.0.5'] },
    { addresses: ['127.0.0.6'], conditions: { ready: false } },
    { addresses: ['127.0.0.5'] },
    { addresses: ['127.0.0.7'], conditions: { ready: true } },
  ],
}

test('the ready endpoints of a port are found once each, by the name of the port', () => {
  const port = {
    name: 'http',
    port: 80,
    targetPort: 'web',
    protocol: 'TCP',
    appProtocol: undefined,
  }
  expect(serviceEndpointsOf([slice], port)).toEqual([
    { address: '127.0.0.5', port: 8080 },
    { address: '127.0.0.7', port: 8080 },
  ])
  expect(serviceEndpointsOf([slice], { ...port, name: 'grpc' })).toEqual([])
})

test('a slice shows three addresses at most', () => {
  expect(functionCells(endpointSlice.versions[0]?.columns ?? [], slice)).toEqual([
    ['Ports', '8080'],
    ['Endpoints', '127.0.0.5,127.0.0.6,127.0.0.5 + 1 more...'],
  ])
})

test.each([
  ['echo.default.svc.cluster.local', { namespace: 'default', name: 'echo' }],
  ['Echo.default.svc', { namespace: 'default', name: 'echo' }],
  ['api.openai.com', undefined],
  ['a.b.c.svc', undefined],
])('%s stands for the Service %j', (host, expected) => {
  expect(parseClusterDnsName(host)).toEqual(expected)
})

test.each(core.kinds)('every field of $kind has a verdict', ({ versions }) => {
  const undecided = (schema: StructuralSchema, path: string): string[] => {
    if (schema['x-sluice-verdict'] !== undefined) return []
    const inner = Object.entries(schema.properties ?? {})
    if (inner.length > 0) {
      return inner.flatMap(([name, field]) => undecided(field, `${path}.${name}`))
    }
    return schema.items === undefined ? [path] : undecided(schema.items, `${path}[]`)
  }
  expect(versions.flatMap(({ schema }) => undecided(schema, ''))).toEqual([])
})
