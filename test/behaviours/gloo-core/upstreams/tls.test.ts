import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import type { ServerOptions } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCertificateAuthority } from '../../../../src/lib/certificates/certificate-authority.ts'
import { startTestHost, stopServer, type TestHost, UpstreamBench } from './upstream-bench.ts'

const authority = openCertificateAuthority({ now: Date.now })
const stranger = openCertificateAuthority({ now: Date.now })
const names = ['tls.test', 'other.test', 'second.test']
const folder = mkdtempSync(join(tmpdir(), 'sluice-tls-'))

let bench: UpstreamBench
let tls: TestHost
let plain: TestHost
beforeAll(async () => {
  tls = await startTlsHost()
  plain = await startTestHost('clear text')
  const authorityFile = join(folder, 'authority.crt')
  writeFileSync(authorityFile, authority.certificate)
  const to = (host: string, port: number, target: TestHost) => [
    '--resolve',
    `${host}:${port}:127.0.0.1:${target.port}`,
  ]
  bench = await UpstreamBench.start([
    ...['--cacert', authorityFile],
    ...[...to('tls.test', 443, tls), ...to('second.test', 443, tls), ...to('tls.test', 444, tls)],
    ...to('plain.test', 443, plain),
  ])
})
afterAll(async () => {
  await bench.stop()
  stopServer(tls.server)
  stopServer(plain.server)
  rmSync(folder, { recursive: true })
})

/** Answers with what the handshake came to. */
const tellHandshake: RequestListener = ({ socket }, response) => {
  const handshake = socket as TLSSocket & { servername: string | false }
  const told = {
    serverName: handshake.servername,
    version: handshake.getProtocol(),
    cipher: handshake.getCipher().name,
    alpn: handshake.alpnProtocol,
    client: handshake.getPeerCertificate().subjectaltname,
  }
  response.end(JSON.stringify(told))
}

async function startTlsHost(options: ServerOptions = {}): Promise<TestHost> {
  const { certificate, privateKey } = authority.issueServerCertificate({ names })
  const host = await startTestHost('tls', {
    tls: {
      cert: certificate,
      key: privateKey,
      requestCert: true,
      ...options,
      rejectUnauthorized: false,
    },
  })
  host.answer = tellHandshake
  return host
}

type Handshake = Readonly<Record<'serverName' | 'version' | 'cipher' | 'alpn' | 'client', string>>

/** What one request to the Upstream's domain says of its handshake, or the status and text of its failure. */
async function handshakeOf(name: string): Promise<Partial<Handshake> | string> {
  const { status, body } = await bench.edge.call(name, '/')
  return body.startsWith('{') ? (JSON.parse(body) as Handshake) : `${status} ${body}`
}

async function serverNamesOf(name: string, count: number): Promise<unknown[]> {
  const told: unknown[] = []
  for (let index = 0; index < count; index += 1) {
    const handshake = await handshakeOf(name)
    told.push(typeof handshake === 'string' ? handshake : handshake.serverName)
  }
  return told.sort()
}

test('a static upstream speaks TLS where it says so or has a host on port 443', async () => {
  await bench.serve('port-443', { static: { hosts: [{ addr: 'tls.test', port: 443 }] } })
  expect(await handshakeOf('port-443')).toMatchObject({ serverName: 'tls.test' })
  const elsewhere = { hosts: [{ addr: '127.0.0.1', port: tls.port }] }
  await bench.serve('told', { static: { ...elsewhere, useTls: true } })
  expect(await handshakeOf('told')).toMatchObject({ version: 'TLSv1.3' })
  await bench.serve('untold', { static: elsewhere })
  expect(await handshakeOf('untold')).toMatch(/^503|^502/)
  await bench.serve('told-not', {
    static: { hosts: [{ addr: 'plain.test', port: 443 }], useTls: false },
  })
  expect(await handshakeOf('told-not')).toBe('200 clear text')
})

test('the server name of the handshake is the one of the host that was chosen', async () => {
  const hosts = [
    { addr: 'tls.test', port: 443 },
    { addr: 'second.test', port: 443 },
    { addr: 'tls.test', port: 444, sniAddr: 'other.test' },
  ]
  await bench.serve('own-names', { static: { hosts } })
  expect(await serverNamesOf('own-names', 3)).toEqual(['other.test', 'second.test', 'tls.test'])
  await bench.serve('one-name', { static: { hosts, autoSniRewrite: false } })
  expect(await serverNamesOf('one-name', 3)).toEqual(['other.test', 'tls.test', 'tls.test'])
})

const secret = (name: string, data: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 'far' },
  stringData: data,
})

test('an upstream is verified and identified as its sslConfig says', async () => {
  const client = authority.issueServerCertificate({ names: ['client.test'] })
  const pair = { 'tls.crt': client.certificate, 'tls.key': client.privateKey }
  await bench.edge.apply(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'far' } },
    secret('trusted', { 'ca.crt': authority.certificate, ...pair }),
    secret('untrusted', { 'ca.crt': stranger.certificate }),
  )
  let count = 0
  const tryIt = async (sslConfig: object, host: TestHost = tls) => {
    const name = `ssl-${count++}`
    await bench.serve(name, {
      static: { hosts: [{ addr: '127.0.0.1', port: host.port }] },
      sslConfig: { sni: 'tls.test', ...sslConfig },
    })
    return handshakeOf(name)
  }
  const trusted = { secretRef: { name: 'trusted', namespace: 'far' } }
  const untrusted = { secretRef: { name: 'untrusted', namespace: 'far' } }

  expect(await tryIt(trusted)).toMatchObject({
    serverName: 'tls.test',
    client: 'DNS:client.test',
  })
  expect(await tryIt(untrusted)).toMatch(/^503 .*certificate/)
  expect(await tryIt({ ...untrusted, oneWayTls: true })).toMatchObject({ serverName: 'tls.test' })
  expect(await tryIt({ ...trusted, sni: 'stranger.test' })).toMatch(/^503 .*altnames/)
  const otherName = { ...trusted, sni: 'stranger.test', verifySubjectAltName: ['second.test'] }
  expect(await tryIt(otherName)).toMatchObject({ serverName: 'stranger.test' })
  expect(await tryIt({ ...trusted, verifySubjectAltName: ['x.test'] })).toMatch(/^503 .*altnames/)

  const limits = (parameters: object) => tryIt({ ...trusted, parameters })
  expect(await limits({ maximumProtocolVersion: 'TLSv1_2' })).toMatchObject({ version: 'TLSv1.2' })
  const cipher = 'ECDHE-ECDSA-AES256-GCM-SHA384'
  expect(await limits({ maximumProtocolVersion: 'TLSv1_2', cipherSuites: [cipher] })).toMatchObject(
    { cipher },
  )
  const old = bench.keep(await startTlsHost({ maxVersion: 'TLSv1.2' }))
  expect(await tryIt(trusted, old)).toMatchObject({ version: 'TLSv1.2' })
  const newOnly = { ...trusted, parameters: { minimumProtocolVersion: 'TLSv1_3' } }
  expect(await tryIt(newOnly, old)).toMatch(/^503 /)
  const curved = bench.keep(await startTlsHost({ ecdhCurve: 'P-384' }))
  const curve = (name: string) => ({ ...trusted, parameters: { ecdhCurves: [name] } })
  expect(await tryIt(curve('P-384'), curved)).toMatchObject({ version: 'TLSv1.3' })
  expect(await tryIt(curve('P-256'), curved)).toMatch(/^503 /)

  const choosy = bench.keep(await startTlsHost({ ALPNProtocols: ['own/2', 'http/1.1'] }))
  expect(await tryIt(trusted, choosy)).toMatchObject({ alpn: 'http/1.1' })
  const offered = { ...trusted, alpnProtocols: ['own/2', 'http/1.1'] }
  expect(await tryIt(offered, choosy)).toMatchObject({ alpn: 'own/2' })
})
