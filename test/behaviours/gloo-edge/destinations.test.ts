import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RecordingUpstream } from '../../harness/recording-upstream.ts'
import { EdgeBench } from './edge-bench.ts'

let bench: EdgeBench
let one: RecordingUpstream
let two: RecordingUpstream
beforeAll(async () => {
  bench = await EdgeBench.start()
  one = await bench.upstream('one', (_, response) => response.end('one'))
  two = await bench.upstream('two', (_, response) => response.end('two'))
})
afterAll(() => bench.stop())

/** How often each body came back. */
async function countAnswers(name: string, calls: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (let index = 0; index < calls; index += 1) {
    const body = await bench.ask(name, `/${name}`)
    counts[body] = (counts[body] ?? 0) + 1
  }
  return counts
}

test('a route forwards to its upstream', async () => {
  await bench.apply(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'far' } },
    {
      apiVersion: 'gloo.solo.io/v1',
      kind: 'Upstream',
      metadata: { name: 'one', namespace: 'far' },
      spec: { static: { hosts: [{ addr: '127.0.0.1', port: two.port }] } },
    },
  )
  const status = await bench.serve(
    'single',
    `
routes:
- { matchers: [{ prefix: /near }], routeAction: { single: { upstream: { name: one } } } }
- matchers: [{ prefix: /far }]
  routeAction: { single: { upstream: { name: one, namespace: far } } }
- matchers: [{ prefix: /weighted }]
  routeAction:
    multi:
      destinations:
      - { destination: { upstream: { name: one, namespace: far } }, weight: 1 }
- { matchers: [{ prefix: /missing }], routeAction: { single: { upstream: { name: missing } } } }
`,
  )
  const sent = { method: 'POST', headers: { 'x-own': 'kept' }, body: 'question' }
  expect(await bench.ask('single', '/near/a?q=1', sent)).toBe('one')
  expect(one.requests.at(-1)).toMatchObject({
    method: 'POST',
    path: '/near/a?q=1',
    headers: { host: 'single.test', 'x-own': 'kept' },
    body: 'question',
  })
  expect(await bench.ask('single', '/far')).toBe('two')
  expect(await bench.ask('single', '/weighted')).toBe('two')
  expect(await bench.call('single', '/missing')).toMatchObject({ status: 503 })
  expect(status.state).toBe('Warning')
  expect(status.reason).toContain('*v1.Upstream { default.missing } not found')
})

test('destinations share requests by their weights', async () => {
  await bench.serve(
    'multi',
    `
routes:
- routeAction:
    multi:
      destinations:
      - { destination: { upstream: { name: one } }, weight: 3 }
      - { destination: { upstream: { name: two } }, weight: 1 }
      - { destination: { upstream: { name: missing } }, weight: 0 }
`,
  )
  const { one: many = 0, two: few = 0, ...others } = await countAnswers('multi', 400)
  expect(others).toEqual({})
  // More than five standard deviations either way would be another weight.
  expect(many).toBeGreaterThan(255)
  expect(many).toBeLessThan(345)
  expect(few).toBe(400 - many)
})

test('a route forwards to the members of an upstream group', async () => {
  await bench.apply({
    apiVersion: 'gloo.solo.io/v1',
    kind: 'UpstreamGroup',
    metadata: { name: 'both', namespace: 'far' },
    spec: {
      destinations: [
        { destination: { upstream: { name: 'one', namespace: 'default' } }, weight: 1 },
        { destination: { upstream: { name: 'two', namespace: 'default' } }, weight: 1 },
      ],
    },
  })
  await bench.serve(
    'group',
    'routes: [{ routeAction: { upstreamGroup: { name: both, namespace: far } } }]',
  )
  const counts = await countAnswers('group', 40)
  expect(Object.keys(counts).sort()).toEqual(['one', 'two'])
})

test('a route forwards to a Kubernetes Service', async () => {
  const labels = { 'kubernetes.io/service-name': 'model' }
  await bench.apply(
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'model', namespace: 'far' },
      spec: {
        ports: [
          { name: 'main', port: 8080, targetPort: 'main' },
          { name: 'other', port: 9090, targetPort: 'other' },
        ],
      },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'model-1', namespace: 'far', labels },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready: true } }],
      ports: [
        { name: 'main', port: one.port },
        { name: 'other', port: two.port },
      ],
    },
  )
  await bench.serve(
    'service',
    `
routes:
- matchers: [{ prefix: /main }]
  routeAction: { single: { kube: { ref: { name: model, namespace: far }, port: 8080 } } }
- matchers: [{ prefix: /other }]
  routeAction: { single: { kube: { ref: { name: model, namespace: far }, port: 9090 } } }
- matchers: [{ prefix: /weighted }]
  routeAction:
    multi:
      destinations:
      - { destination: { kube: { ref: { name: model, namespace: far }, port: 9090 } }, weight: 1 }
`,
  )
  expect(await bench.ask('service', '/weighted')).toBe('two')
  expect(await bench.ask('service', '/main')).toBe('one')
  expect(await bench.ask('service', '/other')).toBe('two')
})

test('header changes of a weighted destination reach only that destination', async () => {
  const answer = (name: string) => (_: unknown, response: ServerResponse) => {
    response.writeHead(200, { 'x-internal': 'detail', 'x-served-by': 'itself', 'x-list': 'its' })
    response.end(name)
  }
  const changed = await bench.upstream('changed', answer('changed'))
  const plain = await bench.upstream('plain', answer('plain'))
  await bench.serve(
    'weighted',
    `
routes:
- routeAction:
    multi:
      destinations:
      - destination: { upstream: { name: changed } }
        weight: 1
        options:
          headerManipulation:
            requestHeadersToAdd:
            - { header: { key: x-destination, value: changed }, append: false }
            - { header: { key: x-list, value: more }, append: true }
            requestHeadersToRemove: [x-unwanted]
            responseHeadersToAdd:
            - { header: { key: x-served-by, value: changed }, append: false }
            - { header: { key: x-list, value: more }, append: true }
            responseHeadersToRemove: [x-internal]
      - { destination: { upstream: { name: plain } }, weight: 1 }
`,
  )
  const headers = { 'x-destination': 'own', 'x-list': 'own', 'x-unwanted': 'own' }
  const answers = new Map<string, IncomingHttpHeaders>()
  for (let call = 0; call < 100 && answers.size < 2; call += 1) {
    const got = await bench.call('weighted', '/', { headers })
    answers.set(got.body, got.headers)
  }
  expect(changed.requests[0]?.headers).toMatchObject({
    'x-destination': 'changed',
    'x-list': 'own, more',
  })
  expect(changed.requests[0]?.headers).not.toHaveProperty('x-unwanted')
  expect(answers.get('changed')).toMatchObject({ 'x-served-by': 'changed', 'x-list': 'its, more' })
  expect(answers.get('changed')).not.toHaveProperty('x-internal')
  expect(plain.requests[0]?.headers).toMatchObject(headers)
  expect(answers.get('plain')).toMatchObject({
    ...{ 'x-internal': 'detail', 'x-served-by': 'itself', 'x-list': 'its' },
  })
})
