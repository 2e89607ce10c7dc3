import { afterAll, beforeAll, expect, test } from 'vitest'
import { callHttp } from '../../harness/http-call.ts'
import { waitUntil } from '../../harness/wait-until.ts'
import { GlooBench, onGateway } from './gloo-bench.ts'

let bench: GlooBench
beforeAll(async () => {
  bench = await GlooBench.start()
  await bench.upstream('a', (_, response) => response.end('a'))
})
afterAll(() => bench.stop())

test('a direct response answers in the place of a backend', async () => {
  const answer = { name: 'tea', namespace: 'default' }
  await bench.apply({
    ...{ apiVersion: 'gateway.gloo.solo.io/v1alpha1', kind: 'DirectResponse', metadata: answer },
    spec: { status: 418, body: 'tea only' },
  })
  const filter = (name: string) => ({
    type: 'ExtensionRef',
    extensionRef: { group: 'gateway.gloo.solo.io', kind: 'DirectResponse', name },
  })
  await bench.route('tea', { backendRefs: [], filters: [filter('tea')] })
  expect(await bench.call('/tea')).toMatchObject({ status: 418, body: 'tea only' })
  const both = await bench.route('both', { filters: [filter('tea')] })
  expect(both).toMatchObject({ Accepted: 'False/IncompatibleFilters' })
  expect(await bench.ask('/both')).toMatch(
    /^500 .*DirectResponse default\/tea cannot be applied to route with existing action/,
  )
  const twice = await bench.route('twice', {
    ...{ backendRefs: [], filters: [filter('tea'), filter('tea')] },
  })
  expect(twice).toMatchObject({ Accepted: 'False/IncompatibleFilters' })
  const lost = await bench.route('lost', { backendRefs: [], filters: [filter('coffee')] })
  expect(lost).toMatchObject({ ResolvedRefs: 'False/BackendNotFound' })
  expect(await bench.ask('/lost')).toMatch(/^500 .*DirectResponse default\/coffee does not exist/)
})

test('parameters of a gateway reach its service', async () => {
  const annotations = { 'gateway.gloo.solo.io/gateway-parameters-name': 'blue' }
  const key = { name: 'blue', namespace: 'default' }
  const parameters = (team: string) => ({
    ...{ apiVersion: 'gateway.gloo.solo.io/v1alpha1', kind: 'GatewayParameters', metadata: key },
    spec: { kube: { service: { extraLabels: { team }, extraAnnotations: { note: 'n' } } } },
  })
  await bench.apply({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { ...key, annotations },
    spec: {
      gatewayClassName: 'gloo-gateway',
      listeners: [{ name: 'http', port: 8080, protocol: 'HTTP' }],
    },
  })
  const path = '/apis/gateway.networking.k8s.io/v1/namespaces/default/gateways/blue'
  await waitUntil('the gateway to ask for its parameters', async () =>
    JSON.stringify(await bench.kube.get(path)).includes(
      'GatewayParameters default/blue do not exist',
    ),
  )
  await bench.apply(parameters('blue'))
  const service = '/api/v1/namespaces/default/services/gloo-proxy-blue'
  const metadataBecomes = (team: string) =>
    waitUntil(`the label ${team}`, async () => {
      const { metadata } = (await bench.kube.get(service)) as unknown as {
        metadata: { labels: Record<string, string>; annotations: Record<string, string> }
      }
      return metadata.labels['team'] === team && metadata.annotations['note'] === 'n'
    })
  await metadataBecomes('blue')
  await bench.apply(parameters('green'))
  await metadataBecomes('green')
})

test('parameters of a gateway open its metrics port', async () => {
  const key = { name: 'counted', namespace: 'default' }
  const ports = [
    { name: 'other', containerPort: 9000 },
    { name: 'ai-monitoring', containerPort: 9095 },
  ]
  await bench.apply({
    ...{ apiVersion: 'gateway.gloo.solo.io/v1alpha1', kind: 'GatewayParameters', metadata: key },
    spec: { kube: { aiExtension: { enabled: true, ports } } },
  })
  const address = await bench.gateway('counted', '[{ name: http, port: 8080, protocol: HTTP }]', {
    'gateway.gloo.solo.io/gateway-parameters-name': 'counted',
  })
  await waitUntil('the metrics port', async () => {
    const answer = await bench.call('/metrics', { address, port: 9095 }).catch(() => undefined)
    return answer?.status === 200 && answer.headers['content-type']?.startsWith('text/plain')
  })
})

test('HTTP settings of a gateway hold on its connections', async () => {
  const address = await bench.gateway('slow', '[{ name: http, port: 8080, protocol: HTTP }]')
  await bench.route('slow', {}, { parentRefs: [{ name: 'slow' }] })
  const status = await bench.option(
    'HttpListenerOption',
    'slow',
    [onGateway('slow')],
    'httpConnectionManagerSettings: { serverName: tea, maxRequestHeadersKb: 4, mergeSlashes: true }',
  )
  expect(status.state).toBe('Accepted')
  const call = (path: string, headers = {}) => callHttp({ address, port: 8080, path, headers })
  await waitUntil('the settings', async () => (await call('/slow')).headers['server'] === 'tea')
  expect((await call('//slow')).status).toBe(200)
  expect((await call('/slow', { 'x-large': 'x'.repeat(5000) })).status).toBe(431)
  const second = await bench.option(
    'HttpListenerOption',
    'slow-second',
    [onGateway('slow')],
    'httpConnectionManagerSettings: { serverName: coffee }',
  )
  expect(second.state).toBe('Warning')
  expect(second.reason).toContain(
    "HttpListenerOption 'default/slow-second' not attached to listener 'http' on Gateway 'default/slow'",
  )
  expect((await call('/slow')).headers['server']).toBe('tea')
})
