import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { waitUntil } from '../../harness/wait-until.ts'
import { EdgeBench } from './edge-bench.ts'

let bench: EdgeBench
beforeAll(async () => {
  bench = await EdgeBench.start()
})
afterAll(() => bench.stop())

const answering = (body: string) =>
  `routes: [{ directResponseAction: { status: 200, body: ${body} } }]`

/** Whether anything listens. */
const listens = (port: number, address = bench.address) =>
  bench.call('any', '/', { port, address }).then(
    () => true,
    () => false,
  )

test('a gateway listens on the ports of its proxy Service', async () => {
  await bench.apply({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'other-proxy', namespace: 'gloo-system' },
    spec: {
      type: 'LoadBalancer',
      ports: [
        { name: 'first', port: 8100, targetPort: 8081 },
        { name: 'second', port: 8200, targetPort: 8081 },
        { name: 'unused', port: 8300, targetPort: 8082 },
      ],
    },
  })
  const other = await bench.kube.serviceAddress('gloo-system', 'other-proxy')
  // The address of a manifest is that of a pod; here the Service has the address.
  const spec = "bindAddress: '::'\nbindPort: 8081\nproxyNames: [other-proxy]\nhttpGateway: {}"
  await bench.gateway('other', spec)
  await bench.serve('listening', answering('heard'))
  const ask = (port: number) => bench.ask('listening', '/', { port, address: other })
  await waitUntil('the gateway', () => listens(8100, other))
  expect(await ask(8100)).toBe('heard')
  expect(await ask(8200)).toBe('heard')
  expect(await listens(8300, other)).toBe(false)
  expect(await listens(8081, other)).toBe(false)
  expect(await listens(8100)).toBe(false)

  // A port that the Service does not know is served as it is, by the proxy of the default name.
  await bench.gateway('extra', 'bindPort: 18083\nhttpGateway: {}')
  expect(await bench.ask('listening', '/', { port: 18083 })).toBe('heard')
})

test('a gateway serves the virtual services that it selects', async () => {
  const namespaces = ['blue', 'green']
  for (const name of namespaces) {
    await bench.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  }
  const serve = (name: string, namespace: string, labels: Record<string, string> = {}) =>
    bench.apply({
      apiVersion: 'gateway.solo.io/v1',
      kind: 'VirtualService',
      metadata: { name, namespace, labels },
      spec: {
        virtualHost: {
          domains: [`${name}.${namespace}.test`],
          routes: [{ directResponseAction: { status: 200, body: 'served' } }],
        },
      },
    })
  await serve('one', 'blue', { tier: 'gold', level: '3' })
  await serve('two', 'blue', { tier: 'silver', level: '5' })
  await serve('one', 'green', { tier: 'gold' })
  await serve('home', 'gloo-system')
  let port = 18100
  /** The virtual services that a gateway with these fields serves. */
  const selected = async (httpGateway: string) => {
    port += 1
    await bench.gateway(`selecting-${port}`, `bindPort: ${port}\nhttpGateway: ${httpGateway}`)
    const hosts = ['one.blue', 'two.blue', 'one.green', 'home.gloo-system']
    const answers = await Promise.all(
      hosts.map((host) => bench.ask('', '/', { host: `${host}.test`, port })),
    )
    return hosts.filter((_, index) => answers[index] === 'served')
  }
  const all = ['one.blue', 'two.blue', 'one.green', 'home.gloo-system']
  expect(await selected('{}')).toEqual(all)
  expect(
    await selected('{ virtualServices: [{ name: one, namespace: blue }, { name: home }] }'),
  ).toEqual(['one.blue', 'home.gloo-system'])
  expect(await selected('{ virtualServiceNamespaces: [blue] }')).toEqual(['one.blue', 'two.blue'])
  expect(await selected("{ virtualServiceNamespaces: ['*'] }")).toEqual(all)
  expect(await selected('{ virtualServiceSelector: { tier: gold } }')).toEqual([
    'one.blue',
    'one.green',
  ])
  expect(
    await selected('{ virtualServiceSelector: { tier: gold }, virtualServiceNamespaces: [green] }'),
  ).toEqual(['one.green'])
  const byExpression = (expression: string) =>
    selected(`{ virtualServiceExpressions: { expressions: [${expression}] } }`)
  expect(await byExpression('{ key: tier, operator: NotIn, values: [gold] }')).toEqual([
    'two.blue',
    'home.gloo-system',
  ])
  expect(
    await byExpression(
      "{ key: level, operator: GreaterThan, values: ['4'] }, { key: tier, operator: Exists }",
    ),
  ).toEqual(['two.blue'])
})

const settings = (text: string) => `
httpGateway:
  options:
    httpConnectionManagerSettings: { ${text} }`

/** How long the gateway keeps a connection on which nothing more is asked. */
function idleTimeOf(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, bench.address)
    let answeredAt = 0
    socket.on('error', reject)
    socket.on('data', () => {
      answeredAt = performance.now()
    })
    socket.on('close', () => resolve(performance.now() - answeredAt))
    socket.write('GET /a HTTP/1.1\r\nhost: tuned.test\r\n\r\n')
  })
}

/** What a client reads that never ends the head of its request. */
function answerToHalfHead(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, bench.address)
    let text = ''
    socket.on('error', reject)
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('close', () => resolve(text))
    socket.write('GET /a HTTP/1.1\r\nhost: tuned.test\r\n')
  })
}

test('a gateway applies its HTTP connection settings', async () => {
  const silent = await bench.upstream('silent', ({ path }, response) => {
    if (path !== '/silent') response.end('spoken')
  })
  await bench.serve(
    'tuned',
    `
options:
  headerManipulation:
    requestHeadersToAdd:
    - { header: { key: x-client, value: '%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%' } }
routes:
- { matchers: [{ exact: /a/b }], directResponseAction: { status: 200, body: merged } }
- { matchers: [{ exact: /b }], directResponseAction: { status: 200, body: normal } }
- { routeAction: { single: { upstream: { name: silent } } } }
`,
  )
  const limits =
    'streamIdleTimeout: 0.3s, idleTimeout: 0.4s, maxRequestHeadersKb: 2, serverName: mine, requestHeadersTimeout: 0.5s'
  const paths = 'mergeSlashes: true, normalizePath: false, useRemoteAddress: true'
  await bench.gateway('tuned', `bindPort: 18201${settings(`${limits}, ${paths}`)}`)
  await bench.gateway(
    'hops',
    `bindPort: 18202${settings('xffNumTrustedHops: 1, useRemoteAddress: false, normalizePath: true, mergeSlashes: false')}`,
  )
  const ask = (port: number, path: string) => bench.ask('tuned', path, { port })
  expect(await ask(18201, '/a//b')).toBe('merged')
  expect(await ask(18202, '/a//b')).toBe('spoken')
  expect(await ask(18201, '/a/../b')).toBe('spoken')
  expect(silent.requests.at(-1)?.path).toBe('/a/../b')
  expect(await ask(18202, '/a/../b')).toBe('normal')

  expect((await bench.call('tuned', '/b', { port: 18201 })).headers['server']).toBe('mine')
  expect((await bench.call('tuned', '/b')).headers['server']).toBe('envoy')
  const large = { headers: { 'x-large': 'a'.repeat(3000) } }
  expect((await bench.call('tuned', '/b', { port: 18201, ...large })).status).toBe(431)
  expect((await bench.call('tuned', '/b', { port: 18202, ...large })).status).toBe(200)

  const forwarded = { headers: { 'x-forwarded-for': '192.0.2.1, 192.0.2.2' } }
  await bench.call('tuned', '/', { port: 18201, ...forwarded })
  const client = silent.requests.at(-1)?.headers['x-client']
  expect(silent.requests.at(-1)?.headers['x-forwarded-for']).toBe(`192.0.2.1, 192.0.2.2, ${client}`)
  await bench.call('tuned', '/', { port: 18202, ...forwarded })
  expect(silent.requests.at(-1)?.headers).toMatchObject({
    'x-forwarded-for': '192.0.2.1, 192.0.2.2',
    'x-client': '192.0.2.1',
  })

  expect((await bench.call('tuned', '/silent', { port: 18201 })).status).toBe(504)
  // The default is a minute.
  expect(await answerToHalfHead(18201)).toMatch(/^HTTP\/1.1 408 /)
  // The default is 75 s.
  const idleMs = await idleTimeOf(18201)
  expect(idleMs).toBeGreaterThan(300)
  expect(idleMs).toBeLessThan(10_000)
})

test('options of referenced objects fill in what the gateway does not set', async () => {
  const share = (serverName: string) =>
    bench.apply({
      apiVersion: 'gateway.solo.io/v1',
      kind: 'HttpListenerOption',
      metadata: { name: 'shared', namespace: 'gloo-system' },
      spec: { options: { httpConnectionManagerSettings: { serverName } } },
    })
  await share('shared')
  const refs = 'optionsConfigRefs: { delegateOptions: [{ name: shared }] }'
  await bench.gateway('referring', `bindPort: 18211\nhttpGateway: { ${refs} }`)
  const own = 'options: { httpConnectionManagerSettings: { serverName: own } }'
  await bench.gateway('setting', `bindPort: 18212\nhttpGateway: { ${own}, ${refs} }`)
  await bench.serve('shared', answering('heard'))
  const serverAt = async (port: number) =>
    (await bench.call('shared', '/', { port })).headers['server']
  expect(await serverAt(18211)).toBe('shared')
  expect(await serverAt(18212)).toBe('own')

  await share('changed')
  await waitUntil('the change', async () => (await serverAt(18211)) === 'changed')
})

test('a direct response above the size limit is rejected', async () => {
  const limit = 'httpGateway: {}\nrouteOptions: { maxDirectResponseBodySizeBytes: 10 }'
  await bench.gateway('limited', `bindPort: 18301\n${limit}`)
  const status = await bench.serve(
    'sized',
    `
routes:
- { matchers: [{ prefix: /ten }], directResponseAction: { status: 200, body: '0123456789' } }
- { matchers: [{ prefix: /more }], directResponseAction: { status: 200, body: '01234567890' } }
- { matchers: [{ prefix: /far }], directResponseAction: { status: 200, body: ${'a'.repeat(4097)} } }
`,
  )
  expect(await bench.ask('sized', '/ten', { port: 18301 })).toBe('0123456789')
  expect(await bench.call('sized', '/more', { port: 18301 })).toMatchObject({ status: 500 })
  expect(await bench.ask('sized', '/more')).toBe('01234567890')
  expect(await bench.call('sized', '/far')).toMatchObject({ status: 500 })
  expect(status.state).toBe('Rejected')
  expect(status.reason).toContain('response body size is 11 bytes; maximum is 10')
  expect(status.reason).toContain('response body size is 4097 bytes; maximum is 4096')
})

test('a classic gateway writes the logs that its options ask for', async () => {
  await bench.apply({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'logged-proxy', namespace: 'gloo-system' },
    spec: { type: 'LoadBalancer', ports: [{ name: 'http', port: 8400, targetPort: 8084 }] },
  })
  const address = await bench.kube.serviceAddress('gloo-system', 'logged-proxy')
  const status = await bench.gateway(
    'logged',
    `{ bindPort: 8084, proxyNames: [logged-proxy], httpGateway: {}, options: { accessLoggingService: { accessLog: [{ fileSink: { path: /dev/stdout, stringFormat: "edge-line %RESPONSE_CODE% %REQ(:AUTHORITY)%" } }] } } }`,
  )
  expect(status.state, status.reason).toBe('Accepted')
  await bench.serve('edge-logs', answering('heard'))
  await waitUntil('the gateway', () => listens(8400, address))
  expect(await bench.ask('edge-logs', '/', { port: 8400, address })).toBe('heard')
  await waitUntil('the line', () =>
    bench.sluice.output().includes('edge-line 200 edge-logs.test\n'),
  )
})
