import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import {
  type CertificateAuthority,
  openCertificateAuthority,
} from '../../../src/lib/certificates/certificate-authority.ts'
import { createClientAuthority } from '../../harness/client-certificate.ts'
import { waitUntil } from '../../harness/wait-until.ts'
import { EdgeBench } from './edge-bench.ts'

let bench: EdgeBench
let authority: CertificateAuthority
beforeAll(async () => {
  bench = await EdgeBench.start()
  authority = openCertificateAuthority({ now: Date.now })
})
const sockets: TLSSocket[] = []
afterAll(async () => {
  // The end of Sluice waits for open connections.
  for (const socket of sockets) socket.destroy()
  await bench.stop()
})

const ok = 'routes: [{ directResponseAction: { status: 200, body: served } }]'

/** Makes a VirtualService for `name.test` with a certificate of that name and the rest of an sslConfig. */
async function serveTls(name: string, sslConfig: string, more: Record<string, string> = {}) {
  const pair = authority.issueServerCertificate({ names: [`${name}.test`] })
  const data = { 'tls.crt': pair.certificate, 'tls.key': pair.privateKey, ...more }
  await bench.tlsSecret(name, data)
  const spec = { sslConfig: { secretRef: { name }, ...(parse(sslConfig) as object) } }
  const status = await bench.serve(name, ok, spec)
  expect(status.state).toBe('Accepted')
}

/** Shakes hands for a server name and checks the certificate; rejects where the gateway refuses. */
function shakeHands(servername: string, options: ConnectionOptions = {}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      ...{ host: bench.address, port: 443, servername, ca: authority.certificate },
      ...options,
    })
    sockets.push(socket)
    socket.on('error', reject)
    socket.once('secureConnect', () => resolve(socket))
  })
}

/** One request on a connection; empty where the gateway closes it without an answer. */
function ask(socket: TLSSocket, host: string): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('error', () => resolve(text))
    socket.on('close', () => resolve(text))
    socket.write(`GET / HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`)
  })
}

/** Whether a second connection resumes the session of a first. */
async function resumes(name: string, maxVersion: 'TLSv1.2' | 'TLSv1.3'): Promise<boolean> {
  const first = await shakeHands(name, { maxVersion })
  // That of TLS 1.3 comes after the handshake.
  let session = first.getSession()
  first.on('session', (later) => {
    session = later
  })
  await ask(first, name)
  if (session === undefined) return false
  const second = await shakeHands(name, { maxVersion, session })
  const resumed = second.isSessionReused()
  second.destroy()
  return resumed
}

test('a TLS gateway presents the certificate of the server name asked for', async () => {
  await bench.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'certs' } })
  const wildcard = authority.issueServerCertificate({ names: ['*.wild.test'] })
  await bench.tlsSecret(
    'wild',
    { 'tls.crt': wildcard.certificate, 'tls.key': wildcard.privateKey },
    'certs',
  )
  await bench.serve('wild', `domains: ['*.wild.test']\n${ok}`, {
    sslConfig: { secretRef: { name: 'wild', namespace: 'certs' }, sniDomains: ['*.wild.test'] },
  })
  await serveTls('plain', 'sniDomains: [plain.test]')
  expect(await ask(await shakeHands('plain.test'), 'plain.test')).toContain('served')
  expect(await ask(await shakeHands('a.wild.test'), 'a.wild.test')).toContain('served')
  await expect(shakeHands('unknown.test')).rejects.toThrow()
  // In clear text only virtual services without sslConfig are served.
  expect((await bench.call('plain', '/')).status).toBe(404)
  await bench.gateway('tls', 'bindPort: 18443\nssl: true\nhttpGateway: {}')
  const other = await shakeHands('plain.test', { port: 18443 })
  expect(await ask(other, 'plain.test')).toContain('served')

  const limited = (name: string, limit: string) =>
    serveTls(name, `sniDomains: [${name}.test]\nparameters: { ${limit} }`)
  await limited('old', 'maximumProtocolVersion: TLSv1_2')
  await limited('new', 'minimumProtocolVersion: TLSv1_3')
  expect((await shakeHands('old.test')).getProtocol()).toBe('TLSv1.2')
  expect((await shakeHands('new.test')).getProtocol()).toBe('TLSv1.3')
  await expect(shakeHands('new.test', { maxVersion: 'TLSv1.2' })).rejects.toThrow()
  await expect(shakeHands('old.test', { minVersion: 'TLSv1.3' })).rejects.toThrow()

  await limited('cipher', 'cipherSuites: [ECDHE-ECDSA-CHACHA20-POLY1305]')
  const cipher = await shakeHands('cipher.test', { maxVersion: 'TLSv1.2' })
  expect(cipher.getCipher().name).toBe('ECDHE-ECDSA-CHACHA20-POLY1305')
  const other12 = await shakeHands('plain.test', { maxVersion: 'TLSv1.2' })
  expect(other12.getCipher().name).not.toBe('ECDHE-ECDSA-CHACHA20-POLY1305')

  await serveTls('alpn', 'sniDomains: [alpn.test]\nalpnProtocols: [http/1.1]')
  const ALPNProtocols = ['h2', 'http/1.1']
  expect((await shakeHands('alpn.test', { ALPNProtocols })).alpnProtocol).toBe('http/1.1')
  expect((await shakeHands('plain.test', { ALPNProtocols })).alpnProtocol).toBe('h2')

  await serveTls('fresh', 'sniDomains: [fresh.test]\ndisableTlsSessionResumption: true')
  expect(await resumes('plain.test', 'TLSv1.2')).toBe(true)
  expect(await resumes('plain.test', 'TLSv1.3')).toBe(true)
  expect(await resumes('fresh.test', 'TLSv1.2')).toBe(false)
  expect(await resumes('fresh.test', 'TLSv1.3')).toBe(false)
})

test('a TLS gateway demands a client certificate where the secret has an authority', async () => {
  const clients = createClientAuthority('clients')
  const strangers = createClientAuthority('strangers')
  const withAuthority = { 'ca.crt': clients.certificate }
  await serveTls('mutual', 'sniDomains: [mutual.test]', withAuthority)
  await serveTls('one-way', 'sniDomains: [one-way.test]\noneWayTls: true', withAuthority)
  const answer = async (name: string, options: ConnectionOptions = {}) =>
    shakeHands(name, options).then(
      (socket) => ask(socket, name),
      () => '',
    )
  expect(await answer('mutual.test', clients.issue('alice'))).toContain('served')
  expect(await answer('mutual.test')).toBe('')
  expect(await answer('mutual.test', strangers.issue('mallory'))).toBe('')
  expect(await answer('one-way.test')).toContain('served')

  // The authority may change while the gateway runs.
  await bench.tlsSecret('mutual', { 'ca.crt': strangers.certificate })
  await waitUntil('the new authority', async () =>
    (await answer('mutual.test', strangers.issue('bob'))).includes('served'),
  )
  expect(await answer('mutual.test', clients.issue('alice'))).toBe('')
})
