import { afterAll, beforeAll, expect, test } from 'vitest'
import { waitUntil } from '../../../harness/wait-until.ts'
import {
  countEach,
  startTestHost,
  staticHosts,
  type TestHost,
  UpstreamBench,
} from './upstream-bench.ts'

let bench: UpstreamBench
beforeAll(async () => {
  bench = await UpstreamBench.start()
  await bench.edge.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })
})
afterAll(() => bench.stop())

const service = (name: string, spec: object) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'shop' },
  spec,
})

/** The slice of a Service for one of its ports, with endpoints on any address. */
const slice = (name: string, port: { name?: string; port: number }, endpoints: object[]) => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {
    name: `${name}-${port.port}`,
    namespace: 'shop',
    labels: { 'kubernetes.io/service-name': name },
  },
  addressType: 'IPv4',
  ports: [{ protocol: 'TCP', ...port }],
  endpoints,
})

const ready = ({ addr }: TestHost, isReady = true) => ({
  addresses: [addr],
  conditions: { ready: isReady },
})

const kube = (serviceName: string, servicePort: number) => ({
  kube: { serviceName, serviceNamespace: 'shop', servicePort },
})

test('a kube upstream sends requests to the ready endpoints of its Service', async () => {
  const { one, two, admin } = await bench.hosts('one', 'two', 'admin')
  await bench.edge.apply(
    service('api', {
      ports: [
        { name: 'http', port: 80, targetPort: 'http' },
        { name: 'admin', port: 81 },
      ],
    }),
    slice('api', { name: 'http', port: one.port }, [ready(one)]),
    slice('api', { name: 'http', port: two.port }, [ready(two, false)]),
    slice('api', { name: 'admin', port: admin.port }, [ready(admin)]),
  )
  await bench.serve('kube', kube('api', 80))
  expect(countEach(await bench.ask('kube', 4))).toEqual({ one: 4 })
  await bench.serve('kube-admin', kube('api', 81))
  expect(await bench.ask('kube-admin', 1)).toEqual(['admin'])

  await bench.edge.apply(slice('api', { name: 'http', port: two.port }, [ready(two)]))
  await waitUntil('the endpoint that became ready', async () => {
    const answers = countEach(await bench.ask('kube', 4))
    return answers['one'] === 2 && answers['two'] === 2
  })

  const outside = bench.keep(await startTestHost('outside'))
  await bench.edge.apply(
    service('outside', {
      type: 'ExternalName',
      externalName: 'localhost',
      ports: [{ port: outside.port }],
    }),
  )
  await bench.serve('external', kube('outside', outside.port))
  expect(await bench.ask('external', 1)).toEqual(['outside'])

  const missing = await bench.serve('nowhere', kube('gone', 80))
  expect((await bench.upstreamStatus('nowhere')).reason).toContain(
    "references the service 'gone' which does not exist in namespace 'shop'",
  )
  expect(missing.state).not.toBe('Accepted')
})

test('the cluster DNS name of a Service leads to its ready endpoints', async () => {
  const { web } = await bench.hosts('web')
  const host = { addr: 'web.shop.svc.cluster.local', port: 80 }
  await bench.serve('by-name', { static: { hosts: [host] } }, { autoHostRewrite: true })
  expect((await bench.upstreamStatus('by-name')).reason).toContain(
    "names the service 'web' in namespace 'shop', which does not exist",
  )
  let seenHost: string | undefined
  web.answer = (request, response) => {
    seenHost = request.headers.host
    response.end('web')
  }
  await bench.edge.apply(
    service('web', { ports: [{ port: 80 }] }),
    slice('web', { port: web.port }, [ready(web)]),
  )
  await waitUntil('the name', async () => (await bench.ask('by-name', 1))[0] === 'web')
  expect(seenHost).toBe('web.shop.svc.cluster.local')
  await waitUntil('a status without a warning', async () => {
    return (await bench.upstreamStatus('by-name')).state === 'Accepted'
  })
  const gone = await bench.edge.kube.delete(
    `/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices/web-${web.port}`,
  )
  expect(gone.status).toBe(200)
  const empty =
    'no healthy upstream: Service web in namespace shop has no ready endpoints for port 80'
  await waitUntil('the name to lead nowhere', async () => {
    const { status, body } = await bench.edge.call('by-name', '/')
    return status === 503 && body.toString() === empty
  })
  expect((await bench.upstreamStatus('by-name')).state).toBe('Accepted')
  await bench.serve('kube-empty', kube('web', 80))
  const { status, body } = await bench.edge.call('kube-empty', '/')
  expect([status, body.toString()]).toEqual([503, empty])
  expect((await bench.upstreamStatus('kube-empty')).state).toBe('Accepted')
})

test('an upstream group shares requests among its destinations by weight', async () => {
  const { near, far, pod } = await bench.hosts('near', 'far', 'pod')
  await bench.upstream('near', { static: { hosts: staticHosts(near) } })
  await bench.edge.apply(
    {
      apiVersion: 'gloo.solo.io/v1',
      kind: 'Upstream',
      metadata: { name: 'far', namespace: 'shop' },
      spec: { static: { hosts: staticHosts(far) } },
    },
    service('pods', { ports: [{ port: 8080 }] }),
    slice('pods', { port: pod.port }, [ready(pod)]),
    {
      apiVersion: 'gloo.solo.io/v1',
      kind: 'UpstreamGroup',
      metadata: { name: 'all', namespace: 'default' },
      spec: {
        destinations: [
          // Without a namespace it is that of the group.
          { destination: { upstream: { name: 'near' } }, weight: 5 },
          { destination: { upstream: { name: 'far', namespace: 'shop' } }, weight: 3 },
          {
            destination: { kube: { ref: { name: 'pods', namespace: 'shop' }, port: 8080 } },
            weight: 2,
          },
        ],
      },
    },
  )
  const group = { routeAction: { upstreamGroup: { name: 'all', namespace: 'default' } } }
  await bench.edge.serve('group', JSON.stringify({ routes: [group] }))
  const counts = countEach(await bench.ask('group', 400))
  expect(Object.keys(counts).sort()).toEqual(['far', 'near', 'pod'])
  // Destinations are drawn; these bounds are five standard deviations wide.
  expect(Math.abs((counts['near'] ?? 0) - 200)).toBeLessThan(50)
  expect(Math.abs((counts['far'] ?? 0) - 120)).toBeLessThan(46)
  expect(Math.abs((counts['pod'] ?? 0) - 80)).toBeLessThan(40)
})
