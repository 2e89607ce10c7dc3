import { connect as connectHttp2 } from 'node:http2'
import { type ConnectionOptions, connect, type SecureVersion } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { openCertificateAuthority } from '../../../src/lib/certificates/certificate-authority.ts'
import { type ClientAuthority, createClientAuthority } from '../../harness/client-certificate.ts'
import { startRecordingUpstream } from '../../harness/recording-upstream.ts'
import { waitUntil } from '../../harness/wait-until.ts'
import { conditionOf, GatewayBench, type GatewayStatus } from './gateway-bench.ts'

let bench: GatewayBench
const servers = openCertificateAuthority({ now: Date.now })
beforeAll(async () => {
  bench = await GatewayBench.start()
  await bench.service('a')
})
afterAll(() => bench.stop())

const base64 = (text: string) => Buffer.from(text).toString('base64')

const applySecret = (
  name: string,
  { cert, key }: { readonly cert: string; readonly key: string },
) =>
  bench.kube.apply(
    stringify({
      ...{ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { name } },
      data: { 'tls.crt': base64(cert), 'tls.key': base64(key) },
    }),
  )

const applyAuthority = (name: string, pem: string) =>
  bench.kube.apply(
    stringify({
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } },
      data: { 'ca.crt': pem },
    }),
  )

/** One request of a client over TLS: the status, or nothing where the connection is cut. */
function callTls(address: string, port: number, options: ConnectionOptions = {}): Promise<string> {
  return new Promise((resolve) => {
    const tls = { host: address, port, servername: 'a.test', ca: servers.certificate, ...options }
    const socket = connect(tls, () =>
      socket.write('GET /mutual HTTP/1.1\r\nhost: a.test\r\nconnection: close\r\n\r\n'),
    )
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    // Whether a refusal comes as an alert or as the end depends on the moment.
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(text.split(' ')[1] ?? ''))
  })
}

/** The session of a client without certificate, as far as the gateway has issued one. */
function openSession(address: string, maxVersion: SecureVersion): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const tls = { host: address, port: 8443, servername: 'a.test', ca: servers.certificate }
    const socket = connect({ ...tls, maxVersion }, () =>
      socket.write('GET /mutual HTTP/1.1\r\nhost: a.test\r\nconnection: close\r\n\r\n'),
    )
    let session: Buffer | undefined
    // That of TLS 1.3 comes after the handshake.
    socket.on('session', (issued) => {
      session = issued
    })
    socket.resume()
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(session))
  })
}

const first = createClientAuthority('first')
const second = createClientAuthority('second')

/** A gateway with HTTPS on 8443 and 8444, and HTTP on 8080, that checks clients like this. */
async function serveMutual(name: string, frontend: string): Promise<GatewayStatus> {
  const { certificate, privateKey } = servers.issueServerCertificate({ names: ['a.test'] })
  await applySecret('server', { cert: certificate, key: privateKey })
  await applyAuthority('first', first.certificate)
  await applyAuthority('second', second.certificate)
  const https = (port: number) =>
    `{ name: https-${port}, port: ${port}, protocol: HTTPS, tls: { certificateRefs: [{ name: server }] } }`
  const listeners = `[${https(8443)}, ${https(8444)}, { name: http, port: 8080, protocol: HTTP }]`
  await bench.gateway(name, `listeners: ${listeners}\ntls: { frontend: ${frontend} }`)
  const status = await bench.programmed(name)
  await bench.route(
    'mutual',
    `{ parentRefs: [{ name: ${name} }], rules: [{ matches: [{ path: { value: /mutual } }], backendRefs: [{ name: a, port: 80 }] }] }`,
  )
  return status
}

const addressOf = ({ addresses }: GatewayStatus) => addresses?.[0]?.value ?? ''

const validation = (name: string, mode = 'AllowValidOnly') =>
  `{ validation: { mode: ${mode}, caCertificateRefs: [{ group: '', kind: ConfigMap, name: ${name} }] } }`

test('an HTTPS listener serves only clients with a certificate of the authority that its port names', async () => {
  const frontend = (name: string) =>
    `{ default: ${validation('first')}, perPort: [{ port: 8444, tls: ${validation(name)} }] }`
  const address = addressOf(await serveMutual('checking', frontend('second')))
  expect(await callTls(address, 8443, first.issue('alice'))).toBe('200')
  expect(await callTls(address, 8443, second.issue('bob'))).toBe('')
  expect(await callTls(address, 8443)).toBe('')
  expect(await callTls(address, 8444, second.issue('bob'))).toBe('200')
  expect(await callTls(address, 8444, first.issue('alice'))).toBe('')
  expect((await bench.call('/mutual', { address })).status).toBe(200)

  // Where no authority is left, nobody is served rather than everybody.
  const { listeners } = await serveMutual('checking', frontend('missing'))
  const conditions = listeners[1]?.conditions ?? []
  expect(conditionOf(conditions, 'Accepted')).toBe('False/NoValidCACertificate')
  expect(conditionOf(conditions, 'ResolvedRefs')).toBe('False/InvalidCACertificateRef')
  expect(conditionOf(conditions, 'Programmed')).toBe('False/Invalid')
  expect(await callTls(address, 8444, second.issue('bob'))).toBe('')
  expect(await callTls(address, 8443, first.issue('alice'))).toBe('200')
  await applyAuthority('missing', second.certificate)
  await waitUntil(
    'the authority',
    async () => (await callTls(address, 8444, second.issue('bob'))) === '200',
  )
})

test('an insecure fallback serves clients without a valid certificate, and the gateway says so', async () => {
  const insecure = `{ default: ${validation('first', 'AllowInsecureFallback')} }`
  const status = await serveMutual('lenient', insecure)
  const mode = 'InsecureFrontendValidationMode'
  expect(conditionOf(status.conditions, mode)).toBe('True/ConfigurationChanged')
  const address = addressOf(status)
  expect(await callTls(address, 8443, first.issue('alice'))).toBe('200')
  expect(await callTls(address, 8443, second.issue('bob'))).toBe('200')
  expect(await callTls(address, 8443)).toBe('200')

  const strict = await serveMutual('lenient', `{ default: ${validation('first')} }`)
  expect(conditionOf(strict.conditions, mode)).toBeUndefined()
  await waitUntil('strangers to be refused', async () => (await callTls(address, 8443)) === '')
  expect(await callTls(address, 8443, first.issue('alice'))).toBe('200')
})

test('a session of a client that was not checked is not resumed where clients are', async () => {
  const lenient = `{ default: ${validation('first', 'AllowInsecureFallback')} }`
  const address = addressOf(await serveMutual('resumed', lenient))
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    await serveMutual('resumed', lenient)
    let session: Buffer | undefined
    await waitUntil('a session', async () => {
      const probe = await openSession(address, maxVersion)
      session = probe
      return probe !== undefined
    })
    await serveMutual('resumed', `{ default: ${validation('first')} }`)
    await waitUntil('strangers to be refused', async () => {
      return (await callTls(address, 8443, { maxVersion })) === ''
    })
    if (session === undefined) throw new Error('The gateway has issued no session.')
    expect(await callTls(address, 8443, { maxVersion, session })).toBe('')
  }
})

/** A connection that stays open, over HTTP/2 or HTTP/1.1. */
interface KeptConnection {
  /** The status of one request on it. */
  ask(): Promise<number>
  readonly closed: Promise<void>
}

async function keepHttp2(address: string, options: ConnectionOptions): Promise<KeptConnection> {
  const session = connectHttp2(`https://${address}:8443`, {
    ...{ servername: 'a.test', ca: servers.certificate },
    ...options,
  })
  const closed = new Promise<void>((resolve) => session.on('close', () => resolve()))
  const ask = () =>
    new Promise<number>((resolve, reject) => {
      const stream = session.request({ ':path': '/mutual', ':authority': 'a.test' })
      let status = 0
      stream.on('response', (headers) => {
        status = Number(headers[':status'])
      })
      stream.on('error', reject)
      stream.on('end', () => resolve(status))
      stream.resume()
    })
  return { ask, closed }
}

async function keepHttp1(address: string, options: ConnectionOptions): Promise<KeptConnection> {
  const socket = connect({
    ...{ host: address, port: 8443, servername: 'a.test', ca: servers.certificate },
    ...options,
  })
  socket.on('error', () => undefined)
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()))
  const ask = () =>
    new Promise<number>((resolve) => {
      socket.once('data', (chunk) => resolve(Number(String(chunk).split(' ')[1])))
      socket.write('GET /mutual HTTP/1.1\r\nhost: a.test\r\n\r\n')
    })
  return { ask, closed }
}

test.each([
  ['HTTP/1.1', keepHttp1],
  ['HTTP/2', keepHttp2],
])(
  'a kept connection of %s ends when more is asked of its client than it has shown',
  async (_, keep) => {
    const lenient = `{ default: ${validation('first', 'AllowInsecureFallback')} }`
    const address = addressOf(await serveMutual('kept', lenient))
    const refused = (authority: ClientAuthority | undefined) => async () =>
      (await callTls(address, 8443, authority?.issue('carol'))) === ''
    await waitUntil('the lenient mode', async () => (await callTls(address, 8443)) === '200')
    const unchecked = await keep(address, {})
    expect(await unchecked.ask()).toBe(200)
    await serveMutual('kept', `{ default: ${validation('first')} }`)
    await waitUntil('strangers to be refused', refused(undefined))
    expect(await unchecked.ask()).toBe(421)
    await unchecked.closed

    const checked = await keep(address, first.issue('alice'))
    expect(await checked.ask()).toBe(200)
    await serveMutual('kept', `{ default: ${validation('second')} }`)
    await waitUntil('the other authority', refused(first))
    // What it has shown was good when it began: it is served once more, and then told to come again.
    expect(await checked.ask()).toBe(200)
    await checked.closed
  },
)

test('the client certificate of a gateway is presented to backends with a TLS policy', async () => {
  const clients = createClientAuthority('authority of gateways')
  const upstream = await startRecordingUpstream({
    tls: {
      ...servers.issueServerCertificate({ names: ['secure.test'] }),
      clientAuthority: clients.certificate,
    },
  })
  try {
    await bench.endpoints('secure', upstream.port)
    await applyAuthority('servers', servers.certificate)
    await bench.kube.apply(
      stringify({
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'BackendTLSPolicy',
        metadata: { name: 'secure' },
        spec: {
          targetRefs: [{ group: '', kind: 'Service', name: 'secure' }],
          validation: {
            hostname: 'secure.test',
            caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: 'servers' }],
          },
        },
      }),
    )
    await bench.route(
      'secure',
      '{ rules: [{ matches: [{ path: { value: /secure } }], backendRefs: [{ name: secure, port: 80 }] }] }',
    )
    expect(await bench.ask('/secure')).toBe('503')

    const listeners = 'listeners: [{ name: http, port: 8080, protocol: HTTP }]'
    const withCertificate = `${listeners}\ntls: { backend: { clientCertificateRef: { name: gateway } } }`
    const missing = await bench.gateway('gw', withCertificate)
    expect(conditionOf(missing.conditions, 'ResolvedRefs')).toBe(
      'False/InvalidClientCertificateRef',
    )
    expect(conditionOf(missing.conditions, 'Accepted')).toBe('True/Accepted')
    expect(conditionOf(missing.conditions, 'Programmed')).toBe('True/Programmed')

    await applySecret('gateway', clients.issue('gateway one'))
    await waitUntil('the backend', async () => (await bench.ask('/secure')) === '{"ok":true}')
    expect(upstream.requests.at(-1)?.clientName).toBe('gateway one')
    const { conditions } = await bench.gatewayStatus('gw')
    expect(conditionOf(conditions, 'ResolvedRefs')).toBe('True/ResolvedRefs')

    // A renewed certificate is presented without anything else being changed.
    await applySecret('gateway', clients.issue('gateway two'))
    await waitUntil('the new certificate', async () => {
      await bench.ask('/secure')
      return upstream.requests.at(-1)?.clientName === 'gateway two'
    })

    await bench.gateway('gw', listeners)
    await waitUntil('no certificate', async () => (await bench.ask('/secure')) === '503')
  } finally {
    await upstream.close()
  }
})
