import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { KubeObject } from '../kube/kube-object.ts'
import type { ObjectChange, ObjectSource } from '../kube/object-source.ts'
import { findFreePort } from '../lib/http/testing/free-port.ts'
import { metricsAppProtocol } from '../lib/metrics/metrics-protocol.ts'
import { MetricsPorts } from './metrics-ports.ts'

const services = new Map<string, KubeObject>()
const events: string[] = []
const errors: unknown[] = []
let tell: (change: ObjectChange) => void = () => undefined
let ports: MetricsPorts

const source: ObjectSource = {
  list: () => [...services.values()],
  get: ({ name }) => services.get(name),
  subscribe(listener) {
    tell = listener
    return () => undefined
  },
  createIfMissing: () => undefined,
  ensureOwned: () => undefined,
  writeStatus: () => undefined,
  recordEvent: ({ name }, { reason, message }) => events.push(`${name} ${reason}: ${message}`),
}

const service = (name: string, port: number, changes: Partial<KubeObject> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    ...{ name: `proxy-${name}`, namespace: 'demo' },
    ownerReferences: [
      { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', name, uid: name },
    ],
  },
  spec: { ports: [{ name: 'ai-monitoring', port, appProtocol: metricsAppProtocol }] },
  status: { loadBalancer: { ingress: [{ ip: '127.0.0.1' }] } },
  ...changes,
})

function open(bindAddress?: string): Promise<void> {
  ports = new MetricsPorts({
    ...{ source, bindAddress },
    writeMetrics: async (gateways) => `of ${[...gateways].join(' and ')}\n`,
    onError: (_, error) => errors.push(error),
  })
  return ports.start()
}

beforeEach(() => {
  services.clear()
  for (const list of [events, errors]) list.length = 0
})
afterEach(async () => {
  await ports.stop()
  expect(errors).toEqual([])
})

const read = (port: number, path = '/metrics') => fetch(`http://127.0.0.1:${port}${path}`)

test('the metrics of a gateway are read at the port that its Service names', async () => {
  const port = await findFreePort()
  services.set('a', service('a', port))
  await open()
  const answer = await read(port)
  expect(answer.headers.get('content-type')).toContain('version=0.0.4')
  expect(await answer.text()).toBe('of demo/a\n')
  expect((await read(port, '/config')).status).toBe(404)
  expect((await fetch(`http://127.0.0.1:${port}/metrics`, { method: 'POST' })).status).toBe(404)
})

test('gateways that share an address are read together', async () => {
  const port = await findFreePort()
  for (const name of ['a', 'b']) services.set(name, service(name, port))
  await open('127.0.0.1')
  expect(await (await read(port)).text()).toBe('of demo/a and demo/b\n')
})

test('a port closes with its Service, and one of a Service that nobody made for a gateway never opens', async () => {
  const [port, other] = [await findFreePort(), await findFreePort()]
  services.set('a', service('a', port))
  services.set('b', service('b', other, { metadata: { name: 'b', namespace: 'demo' } }))
  await open()
  expect((await read(port)).status).toBe(200)
  await expect(read(other)).rejects.toThrow()
  services.delete('a')
  const kind = { group: '', kind: 'Service' }
  tell({ type: 'deleted', kind, object: service('a', port), previous: undefined })
  await ports.stop()
  await expect(read(port)).rejects.toThrow()
})

test('a port that is taken is an event of the Service', async () => {
  const taken: Server = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  services.set('a', service('a', port))
  await open()
  expect(events).toEqual([
    expect.stringMatching(
      new RegExp(`^proxy-a MetricsPortUnavailable: .*127\\.0\\.0\\.1:${port}: .*EADDRINUSE`),
    ),
  ])
  taken.close()
})
