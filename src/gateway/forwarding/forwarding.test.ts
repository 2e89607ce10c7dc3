import { once } from 'node:events'
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { Backend } from '../../ir/backend.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { createRequestHandler } from '../handle-request.ts'
import {
  createBackend,
  createEndpoint,
  createForward,
  createIngress,
  emptyChain,
} from '../testing/compiled-parts.ts'
import {
  type FixtureOptions,
  type GatewayFixture,
  portOf,
  startGateway,
} from '../testing/gateway-fixture.ts'

interface Seen {
  readonly path: string
  readonly host: string
  readonly body: string
  readonly headers: NodeJS.Dict<string | string[]>
}

/** An upstream that notes what it gets and answers when told to. */
async function createUpstream(gateway: GatewayFixture, hold = false) {
  const seen: Seen[] = []
  const answers: (() => void)[] = []
  const listeners: (() => void)[] = []
  const server = await gateway.upstream((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk
    })
    request.on('end', () => {
      const { headers, url = '' } = request
      seen.push({ path: url, host: headers.host ?? '', body, headers })
      if (hold) answers.push(() => response.end('ok'))
      else response.end('ok')
      for (const listener of listeners.splice(0)) listener()
    })
  })
  const arrived = async (count: number) => {
    while (seen.length < count) await new Promise<void>((resolve) => listeners.push(resolve))
    return seen
  }
  return { port: portOf(server), seen, answers, arrived }
}

const start = (options: FixtureOptions = {}): Promise<GatewayFixture> =>
  startGateway([1], {}, options)

test('path and host are rewritten and the original path is told', async () => {
  const gateway = await start()
  const upstream = await createUpstream(gateway)
  const forward = createForward(createBackend([createEndpoint(upstream.port)]), {
    appendForwardedHost: true,
  })
  gateway.ingress = createIngress({
    ...forward,
    rewritePath: () => '/models/a',
    rewriteHost: () => 'api.example.com',
  })
  await fetch(`${gateway.url}/hf?q=1`)
  expect(upstream.seen[0]).toMatchObject({
    path: '/models/a?q=1',
    host: 'api.example.com',
    headers: {
      'x-envoy-original-path': '/hf?q=1',
      'x-envoy-expected-rq-timeout-ms': '15000',
      'x-forwarded-host': `127.0.0.1:${gateway.port}`,
      'x-request-id': 'request-1',
    },
  })
  expect(await gateway.record()).toMatchObject({ path: '/hf?q=1', upstreamPath: '/models/a?q=1' })
})

test('the name of the endpoint becomes the host where the route says so', async () => {
  const gateway = await start()
  const upstream = await createUpstream(gateway)
  const named = createBackend([createEndpoint(upstream.port, { host: 'named.test' })])
  gateway.ingress = createIngress(createForward(named, { hostRewrite: { type: 'endpoint' } }))
  await fetch(gateway.url)
  expect(upstream.seen[0]?.host).toBe('named.test')
})

test('destinations get requests by their weight', async () => {
  let next = 0
  const gateway = await start({ random: () => (next++ % 4) / 4 })
  const first = await createUpstream(gateway)
  const second = await createUpstream(gateway)
  const backends = [first, second].map(({ port }) => createBackend([createEndpoint(port)]))
  const forward = createForward(backends[0] as ReturnType<typeof createBackend>)
  gateway.ingress = createIngress({
    ...forward,
    destinations: backends.map((backend, index) => ({
      backend,
      weight: index === 0 ? 1 : 3,
      attemptPolicies: emptyChain,
      ownRules: undefined,
    })),
    totalWeight: 4,
  })
  for (let count = 0; count < 8; count += 1) await fetch(gateway.url)
  expect([first.seen.length, second.seen.length]).toEqual([2, 6])
})

test('mirrors get a copy under another host and their answer is nobody’s', async () => {
  const gateway = await start({ random: () => 0.4 })
  const main = await createUpstream(gateway)
  const shadow = await createUpstream(gateway, true)
  const backendOf = (port: number) => createBackend([createEndpoint(port)])
  const mirror = { host: undefined, appendSuffix: true }
  gateway.ingress = createIngress({
    ...createForward(backendOf(main.port)),
    rewriteHost: () => 'api.example.com:80',
    mirrors: [
      { ...mirror, backend: backendOf(shadow.port), percentage: 50 },
      { ...mirror, backend: backendOf(shadow.port), percentage: 30 },
    ],
  })
  for (const body of ['small', 'large'.repeat(40_000)]) {
    const answer = await fetch(`${gateway.url}/x`, { method: 'POST', body })
    expect(await answer.text()).toBe('ok')
  }
  const copies = await shadow.arrived(2)
  expect(copies.map((copy) => copy.body.length).sort()).toEqual([200_000, 5])
  expect(copies[0]).toMatchObject({ path: '/x', host: 'api.example.com-shadow:80' })
})

test('a full circuit breaker answers 503 overflow', async () => {
  const circuitBreaker = { maxConnections: 1, maxPendingRequests: 1, maxRequests: 9, maxRetries: 1 }
  const gateway = await start()
  const upstream = await createUpstream(gateway, true)
  const backend = createBackend([createEndpoint(upstream.port)], { circuitBreaker })
  gateway.ingress = createIngress(createForward(backend))
  const first = fetch(gateway.url)
  await upstream.arrived(1)
  const controller = new AbortController()
  const waiting = fetch(gateway.url, { signal: controller.signal }).catch(() => 'left')
  const third = await Promise.race([fetch(gateway.url), waiting])
  expect(third).toMatchObject({ status: 503 })
  const refused = third as Response
  expect(await refused.text()).toContain('reset reason: overflow')
  expect(refused.headers.get('x-envoy-overloaded')).toBe('true')
  controller.abort()
  upstream.answers[0]?.()
  expect(await (await first).text()).toBe('ok')
  expect(await waiting).toBe('left')
})

test('requests beyond the limit of requests are refused', async () => {
  const circuitBreaker = { maxConnections: 9, maxPendingRequests: 9, maxRequests: 1, maxRetries: 1 }
  const gateway = await start()
  const upstream = await createUpstream(gateway, true)
  const backend = createBackend([createEndpoint(upstream.port)], { circuitBreaker })
  gateway.ingress = createIngress(createForward(backend))
  const first = fetch(gateway.url)
  await upstream.arrived(1)
  expect((await fetch(gateway.url)).status).toBe(503)
  upstream.answers[0]?.()
  await first
  await gateway.record(2)
  const again = fetch(gateway.url)
  await upstream.arrived(2)
  upstream.answers[1]?.()
  expect((await again).status).toBe(200)
})

test('a failing endpoint is taken out and the others serve', async () => {
  const gateway = await start()
  const good = await createUpstream(gateway)
  const bad = await gateway.upstream((_request, response) => {
    response.statusCode = 500
    response.end()
  })
  const outlierDetection: Backend['outlierDetection'] = {
    consecutive5xx: 2,
    consecutiveGatewayFailure: 0,
    intervalMs: 10_000,
    baseEjectionTimeMs: 30_000,
    maxEjectionTimeMs: 300_000,
    maxEjectionPercent: 50,
  }
  const endpoints = [createEndpoint(good.port), createEndpoint(portOf(bad))]
  const backend = createBackend(endpoints, { outlierDetection, panicThresholdPercent: 0 })
  gateway.services.backends.setRows(
    new Map([...endpoints.map((endpoint, row) => [endpoint.id, row] as const)]),
  )
  gateway.ingress = createIngress(createForward(backend))
  const statuses: number[] = []
  for (let count = 0; count < 10; count += 1) statuses.push((await fetch(gateway.url)).status)
  expect(statuses.filter((status) => status === 500)).toHaveLength(2)
  expect(statuses.slice(-5)).toEqual([200, 200, 200, 200, 200])
})

test('no endpoints are no healthy upstream', async () => {
  const gateway = await start()
  gateway.ingress = createIngress(createForward(createBackend([])))
  const answer = await fetch(gateway.url)
  expect(answer.status).toBe(503)
  expect(await answer.text()).toBe('no healthy upstream')
  expect(await gateway.record()).toMatchObject({ responseFlags: 'UH', attempts: 0 })
})

test('a backend that says why it is empty says so to clients', async () => {
  const gateway = await start()
  const emptyReason = 'Service api in namespace shop has no ready endpoints for port 80'
  gateway.ingress = createIngress(createForward(createBackend([], { emptyReason })))
  const answer = await fetch(gateway.url)
  expect(answer.status).toBe(503)
  expect(await answer.text()).toBe(`no healthy upstream: ${emptyReason}`)
  expect(await gateway.record()).toMatchObject({ responseFlags: 'UH', attempts: 0 })
})

test('connections outlive snapshots that still name their endpoint and close with the last', async () => {
  const gateway = await start()
  let connections = 0
  let closed: Promise<unknown> | undefined
  const server = await gateway.upstream((_request, response) => response.end('ok'))
  server.on('connection', (socket) => {
    connections += 1
    closed = once(socket, 'close')
  })
  const snapshotOf = (...backends: ReturnType<typeof createBackend>[]): Snapshot => ({
    generation: 1,
    listeners: new Map(),
    backends: new Map(backends.map((backend) => [backend.config.id, backend])),
  })
  for (let count = 0; count < 3; count += 1) {
    const backend = createBackend([createEndpoint(portOf(server))])
    gateway.ingress = createIngress(createForward(backend))
    gateway.services.backends.retain(snapshotOf(backend))
    expect(await (await fetch(gateway.url)).text()).toBe('ok')
  }
  expect(connections).toBe(1)
  gateway.services.backends.retain(snapshotOf())
  await closed
})

test('clients may speak HTTP/2', async () => {
  const gateway = await start()
  const upstream = await createUpstream(gateway)
  const ingress = createIngress(createForward(createBackend([createEndpoint(upstream.port)])))
  const handler = createRequestHandler(gateway.services)
  const server = createHttp2Server((request, response) =>
    handler.handleRequest(request, response, ingress),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const session = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  onTestFinished(() => {
    session.destroy()
    server.close()
  })
  const stream = session.request({ ':method': 'POST', ':path': '/two?x', ':authority': 'Api.test' })
  stream.setEncoding('utf8')
  stream.end('by HTTP/2')
  const [headers] = await once(stream, 'response')
  const [body] = await once(stream, 'data')
  expect(headers).toMatchObject({ ':status': 200, server: 'envoy' })
  expect(body).toBe('ok')
  expect(upstream.seen[0]).toMatchObject({ path: '/two?x', host: 'api.test', body: 'by HTTP/2' })
  expect(await gateway.record()).toMatchObject({ protocol: 'HTTP/2', errorCode: undefined })
})
