import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { BackendTls, Endpoint, HealthCheck } from '../../ir/backend.ts'
import { openCertificateAuthority } from '../../lib/certificates/certificate-authority.ts'
import { createAddressGuard } from '../../lib/upstream-address/address-guard.ts'
import { AddressResolver } from '../../lib/upstream-address/address-resolver.ts'
import { TlsContexts } from '../dialing/tls-contexts.ts'
import { createBackend, createCheck, createEndpoint } from '../testing/backend-nodes.ts'
import { createProbe } from './probe.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

async function listen(server: Server): Promise<number> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

interface Settings {
  readonly check?: Partial<HealthCheck>
  readonly endpoint?: Partial<Endpoint>
  readonly tls?: BackendTls
  readonly secrets?: Readonly<Record<string, string>>
  readonly allowLoopback?: boolean
  readonly overriddenTo?: number
}

function probe(port: number, settings: Settings = {}, signal = new AbortController().signal) {
  const resolver = new AddressResolver(
    (_host, callback) => callback(new Error('none'), []),
    () => 0,
  )
  if (settings.overriddenTo !== undefined) {
    const targets = [{ address: '127.0.0.1', port: settings.overriddenTo }]
    resolver.setOverrides([{ host: 'api.test', port: undefined, targets, trusted: true }])
  }
  const guard = createAddressGuard({
    allowLoopback: settings.allowLoopback ?? true,
    ...{ forbiddenAddresses: [], localAddresses: [] },
  })
  const contexts = new TlsContexts({
    extraAuthorities: [],
    findSecretValue: ({ key }) => settings.secrets?.[key],
  })
  const check = createCheck(settings.check)
  const endpoint = createEndpoint('a', { port, ...settings.endpoint })
  const backend = createBackend('b', [endpoint], [check], settings.tls)
  return createProbe({ resolver, guard, contexts })({ backend, endpoint, check }, signal)
}

const answer =
  (status: number): RequestListener =>
  (_request, response) =>
    response.writeHead(status).end('x')

test('the status decides, by half-open ranges', async () => {
  const expectedStatuses = [
    { start: 200, end: 201 },
    { start: 300, end: 304 },
  ]
  for (const [status, type] of [
    [200, 'success'],
    [201, 'unexpected-status'],
    [303, 'success'],
    [304, 'unexpected-status'],
  ] as const) {
    const port = await listen(createServer(answer(status)))
    expect(await probe(port, { check: { expectedStatuses } })).toMatchObject({ type })
  }
})

test('method, path and host are those of the check, or of the endpoint where it has its own', async () => {
  const seen: unknown[] = []
  const server = createServer(({ method, url, headers }, response) => {
    seen.push([method, url, headers.host])
    response.end()
  })
  const port = await listen(server)
  await probe(port, { check: { method: 'POST', host: 'api.test' } })
  await probe(port, { endpoint: { healthCheckMethod: 'HEAD', healthCheckPath: '/own' } })
  expect(seen).toEqual([
    ['POST', '/healthz', 'api.test'],
    ['HEAD', '/own', '127.0.0.1'],
  ])
})

test('a connection that is taken is all that a TCP check asks for', async () => {
  const port = await listen(createServer(() => undefined))
  expect(await probe(port, { check: { type: 'tcp' } })).toEqual({ type: 'success' })
})

test('a refused connection, a cut one and an unknown name are network failures', async () => {
  const server = createServer((request) => request.socket.destroy())
  const port = await listen(server)
  expect(await probe(port)).toMatchObject({ type: 'network-failure' })
  server.close()
  await new Promise((resolve) => server.once('close', resolve))
  expect(await probe(port)).toMatchObject({
    type: 'network-failure',
    reason: expect.stringContaining('ECONNREFUSED'),
  })
  expect(await probe(port, { endpoint: { host: 'nowhere.test' } })).toEqual({
    type: 'network-failure',
    reason: 'DNS resolution of nowhere.test failed',
  })
})

test('addresses that requests may not reach are not probed', async () => {
  let connections = 0
  const server = createServer(answer(200)).on('connection', () => {
    connections += 1
  })
  const port = await listen(server)
  expect(await probe(port, { allowLoopback: false })).toMatchObject({
    type: 'network-failure',
    reason: expect.stringContaining('may not be reached'),
  })
  expect(connections).toBe(0)
})

test('a probe goes where an override of the operator leads', async () => {
  const port = await listen(createServer(answer(200)))
  const endpoint = { host: 'api.test', port: 80 }
  const settings = { endpoint, allowLoopback: false, overriddenTo: port }
  expect(await probe(80, settings)).toEqual({ type: 'success' })
})

test('a probe that is given up ends its connection', async () => {
  const giveUp = new AbortController()
  const server = createServer(() => giveUp.abort())
  const port = await listen(server)
  expect(await probe(port, {}, giveUp.signal)).toMatchObject({ type: 'network-failure' })
  const early = AbortSignal.abort()
  expect(await probe(port, {}, early)).toMatchObject({ type: 'network-failure' })
})

const authority = openCertificateAuthority({ now: Date.now })
const stranger = openCertificateAuthority({ now: Date.now })
const tls: BackendTls = {
  verification: {
    type: 'authority',
    authority: { secretId: 'default/ca', key: 'ca.crt', version: '1' },
  },
  ...{ subjectAltNames: [], certificateChain: undefined, privateKey: undefined },
  ...{ minimumVersion: undefined, maximumVersion: undefined },
  ...{ cipherSuites: [], ecdhCurves: [], alpnProtocols: ['h2'] },
}

async function listenTls(): Promise<number> {
  const { certificate, privateKey } = authority.issueServerCertificate({ names: ['api.test'] })
  const options = { key: privateKey, cert: certificate }
  return listen(createTlsServer(options, answer(200)) as unknown as Server)
}

test('TLS is verified as the backend says', async () => {
  const port = await listenTls()
  const secrets = { 'ca.crt': authority.certificate }
  const endpoint = { serverName: 'api.test' }
  expect(await probe(port, { tls, secrets, endpoint })).toEqual({ type: 'success' })
  expect(await probe(port, { tls, secrets, endpoint: { serverName: 'other.test' } })).toMatchObject(
    { type: 'network-failure', reason: expect.stringContaining('other.test') },
  )
  const foreign = { 'ca.crt': stranger.certificate }
  expect(await probe(port, { tls, secrets: foreign, endpoint })).toMatchObject({
    type: 'network-failure',
  })
  const unverified = { ...tls, verification: { type: 'none' } } as const
  expect(await probe(port, { tls: unverified })).toEqual({ type: 'success' })
  const otherName = { ...tls, subjectAltNames: ['other.test', 'api.test'] }
  expect(await probe(port, { tls: otherName, secrets })).toEqual({ type: 'success' })
})

test('a Secret that is missing or unusable fails the probe without showing its value', async () => {
  const port = await listenTls()
  expect(await probe(port, { tls })).toEqual({
    type: 'network-failure',
    reason: 'Secret default/ca has no ca.crt',
  })
  const key = { secretId: 'default/ca', key: 'tls.key', version: '1' }
  const broken = { ...tls, privateKey: key }
  const secrets = { 'ca.crt': authority.certificate, 'tls.key': 'not-a-key' }
  const result = await probe(port, { tls: broken, secrets })
  expect(result).toMatchObject({ type: 'network-failure' })
  expect(JSON.stringify(result)).not.toContain('not-a-key')
})
