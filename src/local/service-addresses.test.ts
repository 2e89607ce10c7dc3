import { expect, test } from 'vitest'
import type { KubeObject } from '../kube/kube-object.ts'
import type { ObjectChange, ObjectSource } from '../kube/object-source.ts'
import { type AddressPool, parseAddressPool } from './address-pool.ts'
import { ServiceAddresses } from './service-addresses.ts'

const service = (name: string, type = 'LoadBalancer', status?: unknown): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default', uid: name },
  spec: { type },
  ...(status === undefined ? {} : { status }),
})

function createSubject(
  services: KubeObject[],
  pool = '127.0.0.0/8',
  fixedAddress: string | undefined = undefined,
) {
  const stored = new Map(services.map((each) => [each.metadata.name, each]))
  const events: string[] = []
  let listener: ((change: ObjectChange) => void) | undefined
  const source: ObjectSource = {
    list: () => [...stored.values()],
    get: ({ name }) => stored.get(name),
    subscribe(added) {
      listener = added
      return () => undefined
    },
    createIfMissing: () => undefined,
    ensureOwned: () => undefined,
    writeStatus({ name }, status) {
      const object = stored.get(name)
      if (object !== undefined) stored.set(name, { ...object, status })
    },
    recordEvent: ({ name }, { reason }) => events.push(`${name} ${reason}`),
  }
  const addresses = new ServiceAddresses(source, parseAddressPool(pool) as AddressPool, {
    fixedAddress,
    now: () => Date.UTC(2026, 0, 1),
  })
  addresses.start()
  return {
    addresses,
    events,
    statusOf: (name: string) => stored.get(name)?.['status'],
    add(object: KubeObject) {
      stored.set(object.metadata.name, object)
      const kind = { group: '', kind: 'Service' }
      listener?.({ type: 'added', kind, object, previous: undefined })
    },
    remove(name: string) {
      const object = stored.get(name)
      stored.delete(name)
      if (object === undefined) throw new Error(`There is no Service ${name}.`)
      const kind = { group: '', kind: 'Service' }
      listener?.({ type: 'deleted', kind, object, previous: object })
    },
  }
}

const addressed = (ip: string) => ({ loadBalancer: { ingress: [{ ip }] } })

test('each Service of type LoadBalancer gets an address of its own, as ip alone', () => {
  const subject = createSubject([service('a'), service('b', 'ClusterIP')])
  subject.add(service('c'))
  expect(subject.statusOf('a')).toEqual(addressed('127.0.0.2'))
  expect(subject.statusOf('b')).toBeUndefined()
  expect(subject.statusOf('c')).toEqual(addressed('127.0.0.3'))
})

test('an address is kept over restarts and given back with the type', () => {
  const subject = createSubject([
    service('a', 'LoadBalancer', addressed('127.0.0.9')),
    service('b', 'ClusterIP', addressed('127.0.0.8')),
  ])
  expect(subject.statusOf('a')).toEqual(addressed('127.0.0.9'))
  expect(subject.statusOf('b')).toEqual({ loadBalancer: {} })
})

test('a Service that the pool has no address for says so in an event', () => {
  const subject = createSubject([service('a'), service('b'), service('c')], '10.0.0.0/30')
  expect(subject.events).toEqual(['c AddressPoolExhausted'])
})

const asking = (name: string, loadBalancerIP: string): KubeObject => ({
  ...service(name),
  spec: { type: 'LoadBalancer', loadBalancerIP },
})

test('a Service gets the address of the pool that it asks for, or another one and an event', () => {
  const subject = createSubject([asking('a', '10.0.0.2')], '10.0.0.0/29')
  subject.add(asking('b', '10.0.0.2'))
  subject.add(asking('c', '192.0.2.1'))
  expect(subject.statusOf('a')).toEqual(addressed('10.0.0.2'))
  expect(subject.statusOf('b')).toEqual(addressed('10.0.0.1'))
  expect(subject.statusOf('c')).toEqual(addressed('10.0.0.3'))
  expect(subject.events).toEqual(['b AddressNotAvailable', 'c AddressNotAvailable'])
})

test('a bind address takes the place of the pool', () => {
  const subject = createSubject([service('a'), service('b')], '127.0.0.0/8', '192.0.2.7')
  expect(subject.statusOf('b')).toEqual(addressed('192.0.2.7'))
})

test('a port that is served elsewhere stands in the status until it is not', () => {
  const other = { address: '127.0.0.9', declaredPort: 80, port: 8080 }
  const subject = createSubject([service('a')])
  subject.addresses.setMovedPorts([{ address: '127.0.0.2', declaredPort: 80, port: 8080 }])
  expect(subject.statusOf('a')).toEqual({
    ...addressed('127.0.0.2'),
    conditions: [
      {
        type: 'sluice.dev/Port80Moved',
        status: 'True',
        reason: 'ServedAt8080',
        message:
          'Port 80 may not be bound by this user and is served at 8080. To lift that: ' +
          'sudo sysctl -w net.ipv4.ip_unprivileged_port_start=80',
        lastTransitionTime: '2026-01-01T00:00:00Z',
      },
    ],
  })
  subject.addresses.setMovedPorts([{ address: '127.0.0.2', declaredPort: 80, port: 8080 }, other])
  expect(subject.events).toEqual(['a PortMoved'])
  subject.addresses.setMovedPorts([])
  expect(subject.statusOf('a')).toEqual(addressed('127.0.0.2'))
})

test('an address that becomes free goes to a Service that waits for one', () => {
  const subject = createSubject([service('a'), service('b'), service('c')], '10.0.0.0/30')
  expect(subject.events).toEqual(['c AddressPoolExhausted'])
  expect(subject.statusOf('c')).toBeUndefined()
  subject.remove('a')
  expect(subject.statusOf('c')).toEqual(addressed('10.0.0.1'))
  expect(subject.statusOf('b')).toEqual(addressed('10.0.0.2'))
})
