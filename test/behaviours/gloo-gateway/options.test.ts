import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RecordingUpstream } from '../../harness/recording-upstream.ts'
import { waitUntil } from '../../harness/wait-until.ts'
import { createSigner } from './create-token.ts'
import { GlooBench, onGateway, onRoute } from './gloo-bench.ts'

let bench: GlooBench
let upstream: RecordingUpstream
beforeAll(async () => {
  bench = await GlooBench.start()
  upstream = await bench.upstream('a', (request, response) => {
    const status = Number(/status=(\d+)/.exec(request.path)?.[1] ?? 200)
    response.writeHead(status, { 'x-upstream': 'a' })
    if (!request.path.includes('/hang')) response.end('a')
  })
})
afterAll(() => bench.stop())

const signer = createSigner()
const alice = signer.sign({ sub: 'alice', llms: { openai: ['gpt-4o-mini'] } })
const bob = signer.sign({ sub: 'bob', llms: { mistralai: ['open-mistral-nemo'] } })
const bearing = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })
const last = () => upstream.requests.at(-1)

/** A route `name` with options of its own, in force when this resolves. */
async function serve(name: string, options: string, rule: object = {}): Promise<void> {
  await bench.route(name, rule)
  const status = await bench.option('RouteOption', name, [onRoute(name)], options)
  expect(status.state, status.reason).toBe('Accepted')
}

test('tokens and roles of a gateway give way to what its routes say', async () => {
  const port = 8081
  const address = await bench.gateway('guarded', `[{ name: http, port: ${port}, protocol: HTTP }]`)
  const parents = { parentRefs: [{ name: 'guarded' }] }
  for (const name of ['openai', 'mistralai', 'open']) await bench.route(name, {}, parents)
  const ask = (path: string, call = {}) => bench.ask(path, { address, port, ...call })
  await bench.option(
    'VirtualHostOption',
    'jwt-provider',
    [onGateway('guarded')],
    `jwt: { providers: { own: { issuer: solo.io, jwks: { local: { key: ${signer.pem} } } } } }`,
  )
  upstream.requests.length = 0
  expect(await ask('/openai')).toBe('401 Jwt is missing')
  expect(await ask('/openai', bearing('nonsense'))).toMatch(/^401 Jwt is not in the form/)
  expect(upstream.requests).toEqual([])
  expect(await ask('/openai', bearing(alice))).toBe('200 a')
  expect(JSON.stringify(last())).not.toContain(alice)
  const nemo = 'matcher: LIST_CONTAINS, claims: { llms.mistralai: open-mistral-nemo }'
  await bench.option(
    'RouteOption',
    'mistralai-opt',
    [onRoute('mistralai')],
    `rbac: { policies: { users: { nestedClaimDelimiter: ., principals: [{ jwtPrincipal: { ${nemo} } }] } } }`,
  )
  expect(await ask('/mistralai', bearing(alice))).toBe('403 RBAC: access denied')
  expect(await ask('/mistralai', bearing(bob))).toBe('200 a')
  await bench.option('RouteOption', 'open', [onRoute('open')], 'jwt: { disable: true }')
  expect(await ask('/open')).toBe('200 a')
  expect(await ask('/openai')).toBe('401 Jwt is missing')
})

test('limits of a route hold for each user and stand in the place of those of its gateway', async () => {
  const port = 8081
  const address = await bench.gateway('counted', `[{ name: http, port: ${port}, protocol: HTTP }]`)
  for (const name of ['limited', 'wide']) {
    await bench.route(name, {}, { parentRefs: [{ name: 'counted' }] })
  }
  const config = (name: string, requestsPerUnit: number, action: object) => ({
    ...{ apiVersion: 'ratelimit.solo.io/v1alpha1', kind: 'RateLimitConfig' },
    metadata: { name, namespace: 'default' },
    spec: {
      raw: {
        descriptors: [{ key: 'user-id', rateLimit: { unit: 'DAY', requestsPerUnit } }],
        rateLimits: [{ actions: [action] }],
      },
    },
  })
  const subject = {
    key: 'envoy.filters.http.jwt_authn',
    path: [{ key: 'principal' }, { key: 'sub' }],
  }
  await bench.apply(
    config('per-user', 2, {
      metadata: { descriptorKey: 'user-id', source: 'DYNAMIC', metadataKey: subject },
    }),
    config('per-gateway', 1, {
      requestHeaders: { headerName: 'x-user', descriptorKey: 'user-id' },
    }),
  )
  await bench.option(
    'VirtualHostOption',
    'counted',
    [onGateway('counted')],
    `jwt: { providers: { own: { issuer: solo.io, jwks: { local: { key: ${signer.pem} } } } } }
rateLimitConfigs: { refs: [{ name: per-gateway, namespace: default }] }`,
  )
  await bench.option(
    'RouteOption',
    'limited',
    [onRoute('limited')],
    'rateLimitConfigs: { refs: [{ name: per-user }] }',
  )
  const statusOf = async (path: string, token: string) => {
    const headers = { authorization: `Bearer ${token}`, 'x-user': 'same' }
    return (await bench.call(path, { address, port, headers })).status
  }
  const statuses = async (path: string, token: string, calls: number) => {
    const found: number[] = []
    for (let call = 0; call < calls; call += 1) found.push(await statusOf(path, token))
    return found
  }
  expect(await statuses('/limited', alice, 3)).toEqual([200, 200, 429])
  expect(await statuses('/limited', bob, 2)).toEqual([200, 200])
  expect(await statuses('/wide', alice, 2)).toEqual([200, 429])
})

test('headers, rewrites and hosts change as the options of a route say', async () => {
  await serve(
    'changed',
    `headerManipulation:
  requestHeadersToRemove: [x-gone]
  requestHeadersToAdd: [{ header: { key: x-from, value: "%REQ(:method)%" } }]
  responseHeadersToAdd: [{ header: { key: x-back, value: b } }]
  responseHeadersToRemove: [x-upstream]
regexRewrite: { pattern: { regex: "^/changed/(.*)$" }, substitution: '/v1/\\1' }
hostRewrite: models.example.com
appendXForwardedHost: true`,
  )
  const answer = await bench.call('/changed/chat?q=1', {
    headers: { 'x-gone': 'x', host: 'client.example.com' },
  })
  expect(answer.headers).toMatchObject({ 'x-back': 'b' })
  expect(answer.headers).not.toHaveProperty('x-upstream')
  expect(last()).toMatchObject({ path: '/v1/chat?q=1' })
  expect(last()?.headers).toMatchObject({
    ...{ host: 'models.example.com', 'x-from': 'GET', 'x-forwarded-host': 'client.example.com' },
  })
  expect(last()?.headers).not.toHaveProperty('x-gone')
})

test('a rewrite filter of the rule stands before that of the options', async () => {
  await serve('filtered', 'prefixRewrite: /options', {
    filters: [
      {
        type: 'URLRewrite',
        urlRewrite: { path: { type: 'ReplaceFullPath', replaceFullPath: '/rule' } },
      },
    ],
  })
  expect(await bench.ask('/filtered')).toBe('200 a')
  expect(last()?.path).toBe('/rule')
})

test('time-outs and retries of the options hold, those of the gateway where the route has none', async () => {
  await serve('late', 'timeout: 0.05s')
  expect(await bench.ask('/late/hang')).toBe('504 upstream request timeout')
  await serve('again', 'retries: { retryOn: 5xx, numRetries: 2 }')
  upstream.requests.length = 0
  expect(await bench.ask('/again?status=503')).toMatch(/^503/)
  expect(upstream.requests).toHaveLength(3)
  const port = 8081
  const address = await bench.gateway('retrying', `[{ name: http, port: ${port}, protocol: HTTP }]`)
  await bench.route('inherited', {}, { parentRefs: [{ name: 'retrying' }] })
  await bench.option(
    'VirtualHostOption',
    'retrying',
    [onGateway('retrying')],
    'retries: { retryOn: 5xx, numRetries: 1 }',
  )
  upstream.requests.length = 0
  await bench.ask('/inherited?status=503', { address, port })
  expect(upstream.requests).toHaveLength(2)
})

test('cross-origin rules, faults and shadows of the options hold', async () => {
  await serve(
    'shared',
    'cors: { allowOrigin: ["https://app.example.com"], allowMethods: [POST], maxAge: "60" }',
  )
  const preflight = await bench.call('/shared', {
    method: 'OPTIONS',
    headers: { origin: 'https://app.example.com', 'access-control-request-method': 'POST' },
  })
  expect(preflight.headers).toMatchObject({
    'access-control-allow-origin': 'https://app.example.com',
    'access-control-max-age': '60',
  })
  await serve('broken', 'faults: { abort: { percentage: 100, httpStatus: 418 } }')
  expect(await bench.ask('/broken')).toMatch(/^418/)
  const shadow = await bench.upstream('shadow')
  await serve('shadowed', 'shadowing: { upstream: { name: shadow }, percentage: 100 }')
  expect(await bench.ask('/shadowed')).toBe('200 a')
  await waitUntil('the shadow', () => shadow.requests.length === 1)
  const lost = await bench.option(
    'RouteOption',
    'z-lost-shadow',
    [onRoute('shared')],
    'shadowing: { upstream: { name: lost }, percentage: 100 }',
  )
  expect(lost).toMatchObject({ state: 'Warning' })
  expect(lost.reason).toContain('*v1.Upstream { default.lost } not found')
  expect(await bench.ask('/shared')).toBe('200 a')
})

test('what options ask for and is not supported is not served', async () => {
  await bench.route('shut')
  const status = await bench.option(
    'RouteOption',
    'shut',
    [onRoute('shut')],
    'extauth: { configRef: { name: x, namespace: default } }',
  )
  expect(status.state).toBe('Warning')
  expect(await bench.ask('/shut')).toMatch(/^500 .*asks for a protection that is not supported yet/)
})

/** The status line that a WebSocket handshake is answered with. */
function handshake(address: string, port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, address, () => {
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
      )
    })
    socket.once('error', reject)
    socket.once('data', (chunk) => {
      socket.destroy()
      resolve(chunk.toString().split('\r\n', 1)[0] ?? '')
    })
  })
}

test('WebSockets pass unless options turn them off', async () => {
  const tunnelled = await bench.upstream('ws')
  tunnelled.server.on('upgrade', (_, socket) => {
    socket.end(
      'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
    )
  })
  const backendRefs = [{ group: 'gloo.solo.io', kind: 'Upstream', name: 'ws' }]
  await bench.route('ws', { backendRefs })
  await serve('no-ws', 'upgrades: [{ websocket: { enabled: false } }]', { backendRefs })
  expect(await handshake(bench.address, 8080, '/ws')).toContain(' 101 ')
  expect(await handshake(bench.address, 8080, '/no-ws')).not.toContain(' 101 ')
})
