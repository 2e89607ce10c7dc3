import { expect, test } from 'vitest'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import { loadBalancerAddressOf, servicePortsOf } from '../../services.ts'
import { service } from './service.ts'

const create = (spec: Record<string, unknown>, status?: unknown): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace: 'gloo-system', name: 'gateway-proxy' },
  spec,
  ...(status === undefined ? {} : { status }),
})
const rowOf = (object: KubeObject) =>
  (service.versions[0]?.columns ?? []).flatMap(({ value }) =>
    typeof value === 'function' ? [value(object)] : [],
  )
const validate = (spec: Record<string, unknown>, previous?: Record<string, unknown>) =>
  (service.validate?.(create(spec), previous && create(previous)) ?? []).map(
    ({ type, field }) => `${type} ${field}`,
  )

test('a balancer shows its address, both ports and its selector', () => {
  const object = create(
    {
      type: 'LoadBalancer',
      clusterIP: '10.0.0.1',
      ports: [{ port: 80, nodePort: 30080, protocol: 'TCP' }, { port: 443 }],
      selector: { b: '2', a: '1' },
    },
    { loadBalancer: { ingress: [{ ip: '127.0.0.2' }] } },
  )
  expect(rowOf(object)).toEqual(['10.0.0.1', '127.0.0.2', '80:30080/TCP,443/TCP', 'a=1,b=2'])
  expect(loadBalancerAddressOf(object)).toBe('127.0.0.2')
})

test('a balancer without address is pending, others have none', () => {
  expect(rowOf(create({ type: 'LoadBalancer' }))[1]).toBe('<pending>')
  expect(rowOf(create({ type: 'ClusterIP' }))).toEqual(['<none>', '<none>', '<none>', '<none>'])
  expect(rowOf(create({ type: 'ExternalName', externalName: 'a.example' }))[1]).toBe('a.example')
})

test('defaults are filled in', () => {
  const prepared = service.prepare?.(create({ ports: [{ port: 80 }] }), undefined)
  expect(prepared?.['spec']).toEqual({
    type: 'ClusterIP',
    internalTrafficPolicy: 'Cluster',
    sessionAffinity: 'None',
    ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
  })
  expect(servicePortsOf(create({ ports: [{ port: 80, targetPort: 'http' }] }))).toMatchObject([
    { port: 80, targetPort: 'http', protocol: 'TCP', name: '' },
  ])
})

test.each([
  ['no ports', { ports: [] }, ['required spec.ports']],
  ['no ports of a headless one', { clusterIP: 'None' }, []],
  ['no external name', { type: 'ExternalName' }, ['required spec.externalName']],
  [
    'two ports without names',
    { ports: [{ port: 1 }, { port: 2 }] },
    ['required spec.ports[0].name', 'required spec.ports[1].name'],
  ],
  ['a port out of range', { ports: [{ port: 70000 }] }, ['invalid spec.ports[0].port']],
  [
    'a protocol of its own',
    { ports: [{ port: 1, protocol: 'QUIC' }] },
    ['notSupported spec.ports[0].protocol'],
  ],
  [
    'a port name in capitals',
    { ports: [{ port: 1, name: 'HTTP' }] },
    ['invalid spec.ports[0].name'],
  ],
  [
    'the same port twice',
    {
      ports: [
        { name: 'a', port: 1, protocol: 'TCP' },
        { name: 'a', port: 1, protocol: 'TCP' },
      ],
    },
    ['duplicate spec.ports[1]', 'duplicate spec.ports[1].name'],
  ],
])('%s: %j gives %j', (_, spec, expected) => {
  expect(validate(spec)).toEqual(expected)
})

test('a cluster IP stays once it is given', () => {
  const ports = [{ port: 1 }]
  expect(validate({ ports, clusterIP: '10.0.0.2' }, { ports, clusterIP: '10.0.0.1' })).toEqual([
    'invalid spec.clusterIP',
  ])
})
