import type { RequestListener } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCertificateAuthority } from '../../../../src/lib/certificates/certificate-authority.ts'
import { waitUntil } from '../../../harness/wait-until.ts'
import {
  answerStatus,
  countEach,
  startTestHost,
  staticHosts,
  stopServer,
  type TestHost,
  UpstreamBench,
} from './upstream-bench.ts'

let bench: UpstreamBench
beforeAll(async () => {
  bench = await UpstreamBench.start()
})
afterAll(() => bench.stop())

/** Answers its name to requests, and another listener's answer to everything else. */
const healthBy =
  (name: string, health: RequestListener): RequestListener =>
  (request, response) => {
    if (request.url === '/') response.end(name)
    else health(request, response)
  }

const check = (settings: object, http: object = {}) => ({
  timeout: '1s',
  interval: '0.05s',
  healthyThreshold: 1,
  unhealthyThreshold: 1,
  httpHealthCheck: { path: '/healthz', ...http },
  ...settings,
})
/** Never disregards health. */
const strict = { loadBalancerConfig: { healthyPanicThreshold: 0 } }

test('a host whose health check fails gets no requests', async () => {
  const { good, bad } = await bench.hosts('good', 'bad')
  const probes: unknown[] = []
  const note: RequestListener = ({ method, url, headers }, response) => {
    probes.push([method, url, headers.host])
    response.writeHead(204).end()
  }
  good.answer = healthBy('good', note)
  bad.answer = healthBy('bad', answerStatus(500))
  const http = {
    ...{ path: '/probe', method: 'POST', host: 'probe.test' },
    expectedStatuses: [{ start: 204, end: 205 }],
  }
  const [first, second] = staticHosts(good, bad)
  const healthCheckConfig = { path: '/own', method: 'PUT' }
  await bench.serve('health', {
    static: { hosts: [first, second] },
    healthChecks: [check({}, http)],
    ...strict,
  })
  await bench.healthIs('health', good, true)
  await bench.healthIs('health', bad, false)
  expect(countEach(await bench.ask('health', 6))).toEqual({ good: 6 })
  expect(probes[0]).toEqual(['POST', '/probe', 'probe.test'])

  const events = await bench.edge.kube.get('/api/v1/namespaces/default/events')
  expect(events['items']).toContainEqual(
    expect.objectContaining({
      type: 'Warning',
      reason: 'EndpointUnhealthy',
      message: `endpoint ${bad.addr}:${bad.port} is unhealthy: it answered 500`,
    }),
  )

  bad.answer = healthBy('bad', answerStatus(204))
  await bench.healthIs('health', bad, true)
  expect(countEach(await bench.ask('health', 6))).toEqual({ good: 3, bad: 3 })

  probes.length = 0
  await bench.serve('own-path', {
    static: { hosts: [{ ...first, healthCheckConfig }] },
    healthChecks: [check({}, http)],
    ...strict,
  })
  await waitUntil('a probe of its own', () =>
    probes.some((probe) => String(probe) === 'PUT,/own,probe.test'),
  )
})

test('a host whose health check fails gets no requests: thresholds, times and TCP', async () => {
  const { flaky, silent, jittery } = await bench.hosts('flaky', 'silent', 'jittery')
  // Cut connections count up to the threshold; an unexpected status would condemn at once.
  const cut: RequestListener = (request) => request.socket.destroy()
  const results = [true, false, false, true, false, false, false, true, true]
  const seen: string[] = []
  const ok = answerStatus(200)
  flaky.answer = healthBy('flaky', (request, response) => {
    const passes = results[seen.length] ?? true
    seen.push(passes ? '+' : '-')
    if (passes) ok(request, response)
    else cut(request, response)
  })
  await bench.serve('flaky', {
    static: { hosts: staticHosts(flaky) },
    healthChecks: [check({ unhealthyThreshold: 3, healthyThreshold: 2 })],
    ...strict,
  })
  await waitUntil('the thresholds', () => seen.length > 10)
  const said = () => linesAbout(`endpoint ${flaky.addr}:${flaky.port}`)
  await waitUntil('three changes', () => said().length === 3)
  expect(said().map((line) => /is (healthy|unhealthy)/.exec(line)?.[1])).toEqual([
    ...['healthy', 'unhealthy', 'healthy'],
  ])

  silent.answer = healthBy('silent', () => undefined)
  await bench.serve('silent', {
    static: { hosts: staticHosts(silent) },
    healthChecks: [check({ timeout: '0.1s' })],
    ...strict,
  })
  await waitUntil('the timeout', () =>
    linesAbout(`endpoint ${silent.addr}:${silent.port}`).some((line) => line.includes('100 ms')),
  )

  const times: number[] = []
  jittery.answer = healthBy('jittery', (request, response) => {
    times.push(performance.now())
    ok(request, response)
  })
  const serveJittery = (name: string, settings: object) =>
    bench.serve(name, {
      static: { hosts: staticHosts(jittery) },
      healthChecks: [check({ interval: '0.01s', ...settings })],
    })
  const longestGap = async (name: string, settings: object) => {
    times.length = 0
    await serveJittery(name, settings)
    await waitUntil('seven probes', () => times.length >= 7)
    await bench.edge.kube.delete(`/apis/gloo.solo.io/v1/namespaces/default/upstreams/${name}`)
    return Math.max(...times.slice(1).map((time, index) => time - (times[index] ?? 0)))
  }
  // The chance that every random part is a tenth of the whole or less is one in a million.
  expect(await longestGap('jitter', { intervalJitter: '0.6s' })).toBeGreaterThan(60)
  expect(await longestGap('jitter-share', { intervalJitterPercent: 6000 })).toBeGreaterThan(60)
  times.length = 0
  await serveJittery('jitter-first', { initialJitter: '86400s' })
  const gone = await startTestHost('gone')
  stopServer(gone.server)
  const tcp = { timeout: '1s', interval: '0.05s', healthyThreshold: 1, unhealthyThreshold: 1 }
  await bench.serve('tcp', {
    static: { hosts: staticHosts(silent, gone) },
    healthChecks: [{ ...tcp, tcpHealthCheck: {} }],
    ...strict,
  })
  await bench.healthIs('tcp', silent, true)
  await bench.healthIs('tcp', gone, false)
  expect(countEach(await bench.ask('tcp', 4))).toEqual({ silent: 4 })
  // Checks that began later have answered by now; this one still waits for its first probe.
  expect(times).toEqual([])
})

const linesAbout = (text: string): string[] =>
  bench.edge.sluice
    .output()
    .split('\n')
    .filter((line) => line.includes(text))

/** An Upstream with one healthy host and two that are not. */
async function serveOneOfThree(name: string, loadBalancerConfig: object): Promise<string[]> {
  const hosts = await bench.hosts('up', 'down', 'out')
  for (const host of [hosts.down, hosts.out]) {
    host.answer = healthBy(host.name, answerStatus(500))
  }
  await bench.serve(name, {
    static: { hosts: staticHosts(hosts.up, hosts.down, hosts.out) },
    healthChecks: [check({})],
    loadBalancerConfig,
  })
  await bench.healthIs(name, hosts.up, true)
  await bench.healthIs(name, hosts.down, false)
  await bench.healthIs(name, hosts.out, false)
  return Object.keys(countEach(await bench.ask(name, 6))).sort()
}

test('below the panic threshold unhealthy hosts get requests too', async () => {
  expect(await serveOneOfThree('panic', {})).toEqual(['down', 'out', 'up'])
  expect(await serveOneOfThree('panic-34', { healthyPanicThreshold: 34 })).toHaveLength(3)
  expect(await serveOneOfThree('panic-33', { healthyPanicThreshold: 33 })).toEqual(['up'])
})

test('requests go to the next priority while the hosts before it are unhealthy', async () => {
  const { own, second, other, third } = await bench.hosts('own', 'second', 'other', 'third')
  const probesOfSecond: string[] = []
  second.answer = healthBy('second', ({ method, url }, response) => {
    probesOfSecond.push(`${method} ${url}`)
    response.end()
  })
  const at = ({ addr, port }: TestHost, more: object = {}) => ({ address: addr, port, ...more })
  const ownPaths = { healthCheckConfig: { path: '/own', method: 'HEAD' } }
  const level = (...lbEndpoints: object[]) => ({ localityEndpoints: [{ lbEndpoints }] })
  await bench.serve('failover', {
    static: { hosts: staticHosts(own) },
    healthChecks: [check({})],
    ...strict,
    failover: {
      prioritizedLocalities: [
        level(
          at(second, { ...ownPaths, loadBalancingWeight: 3 }),
          at(other, { loadBalancingWeight: 1 }),
        ),
        level(at(third)),
      ],
    },
  })
  for (const host of [own, second, other, third]) await bench.healthIs('failover', host, true)
  expect(countEach(await bench.ask('failover', 4))).toEqual({ own: 4 })
  expect(probesOfSecond).toContain('HEAD /own')

  own.answer = healthBy('own', answerStatus(500))
  await bench.healthIs('failover', own, false)
  expect(countEach(await bench.ask('failover', 8))).toEqual({ second: 6, other: 2 })

  second.answer = healthBy('second', answerStatus(500))
  other.answer = healthBy('other', answerStatus(500))
  await bench.healthIs('failover', second, false)
  await bench.healthIs('failover', other, false)
  expect(countEach(await bench.ask('failover', 4))).toEqual({ third: 4 })
})

test('requests go to the next priority while the hosts before it are unhealthy, by TLS too', async () => {
  const authority = openCertificateAuthority({ now: Date.now })
  const { certificate: cert, privateKey: key } = authority.issueServerCertificate({
    names: ['one.test', 'two.test'],
  })
  const start = async (name: string) => {
    const host = bench.keep(await startTestHost(name, { tls: { cert, key } }))
    host.answer = ({ socket }, response) =>
      void response.end(String((socket as { servername?: string }).servername))
    return host
  }
  const [first, next] = [await start('one'), await start('two')]
  stopServer(first.server)
  const sslConfig = { sni: 'two.test' }
  const endpoint = { address: next.addr, port: next.port, upstreamSslConfig: sslConfig }
  await bench.serve('failover-tls', {
    static: { hosts: staticHosts(first) },
    sslConfig: { sni: 'one.test' },
    healthChecks: [check({})],
    ...strict,
    failover: { prioritizedLocalities: [{ localityEndpoints: [{ lbEndpoints: [endpoint] }] }] },
  })
  await bench.healthIs('failover-tls', first, false)
  await bench.healthIs('failover-tls', next, true)
  expect(await bench.ask('failover-tls', 1)).toEqual(['two.test'])
})
