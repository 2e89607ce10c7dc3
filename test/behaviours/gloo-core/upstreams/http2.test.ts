import { connect, createSecureServer, createServer, type Http2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCertificateAuthority } from '../../../../src/lib/certificates/certificate-authority.ts'
import { waitUntil } from '../../../harness/wait-until.ts'
import { UpstreamBench } from './upstream-bench.ts'

const authority = openCertificateAuthority({ now: Date.now })
const servers: Http2Server[] = []
let bench: UpstreamBench
beforeAll(async () => {
  bench = await UpstreamBench.start()
})
afterAll(async () => {
  await bench.stop()
  for (const server of servers) server.close()
})

async function listen(server: Http2Server): Promise<number> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

test('an upstream with useHttp2 is spoken to by HTTP/2', async () => {
  const held: (() => void)[] = []
  let sessions = 0
  const server = createServer((request, response) => {
    held.push(() => response.end(request.httpVersion))
  })
  server.on('session', () => {
    sessions += 1
  })
  const port = await listen(server)
  const sessionsOf = async (name: string, spec: object) => {
    sessions = 0
    await bench.serve(name, {
      static: { hosts: [{ addr: '127.0.0.1', port }] },
      useHttp2: true,
      ...spec,
    })
    const calls = [bench.ask(name, 1), bench.ask(name, 1), bench.ask(name, 1)]
    await waitUntil('three requests', () => held.length === 3)
    for (const end of held.splice(0)) end()
    expect((await Promise.all(calls)).flat()).toEqual(['2.0', '2.0', '2.0'])
    return sessions
  }
  expect(await sessionsOf('multiplexed', {})).toBe(1)
  expect(await sessionsOf('one-stream', { maxConcurrentStreams: 1 })).toBe(3)
})

/** The body that a request over HTTP/2 gets. */
function askByHttp2(authorityUrl: string, host: string): Promise<string> {
  const session = connect(authorityUrl, { ca: authority.certificate, servername: host })
  return new Promise<string>((resolve, reject) => {
    session.on('error', reject)
    const stream = session.request({ ':path': '/', ':authority': host })
    let body = ''
    stream.setEncoding('utf8')
    stream.on('data', (chunk) => {
      body += chunk
    })
    stream.on('error', reject)
    stream.on('end', () => resolve(body))
  }).finally(() => session.close())
}

test('an upstream may follow the protocol of the client', async () => {
  const { certificate: cert, privateKey: key } = authority.issueServerCertificate({
    names: ['follow.test', 'fixed.test'],
  })
  const options = { cert, key, allowHTTP1: true }
  const server = createSecureServer(options, (request, response) => {
    response.end(request.httpVersion)
  })
  const port = await listen(server)
  await bench.edge.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'front', namespace: 'default' },
    type: 'kubernetes.io/tls',
    stringData: { 'tls.crt': cert, 'tls.key': key },
  })
  const target = { static: { hosts: [{ addr: '127.0.0.1', port }], useTls: true } }
  const serve = async (name: string, protocolSelection: string) => {
    await bench.serve(name, { ...target, protocolSelection })
    const tlsName = `${name}-tls`
    const route = { routeAction: { single: { upstream: { name } } } }
    await bench.edge.apply({
      apiVersion: 'gateway.solo.io/v1',
      kind: 'VirtualService',
      metadata: { name: tlsName, namespace: 'default' },
      spec: {
        sslConfig: {
          secretRef: { name: 'front', namespace: 'default' },
          sniDomains: [`${name}.test`],
        },
        virtualHost: { domains: [`${name}.test`], routes: [route] },
      },
    })
    await bench.edge.statusOf('virtualservices', tlsName)
  }
  await serve('follow', 'USE_DOWNSTREAM_PROTOCOL')
  await serve('fixed', 'USE_CONFIGURED_PROTOCOL')
  const service = await bench.edge.kube.serviceAddress('gloo-system', 'gateway-proxy')
  expect(await askByHttp2(`https://${service}`, 'follow.test')).toBe('2.0')
  expect(await bench.ask('follow', 1)).toEqual(['1.1'])
  expect(await askByHttp2(`https://${service}`, 'fixed.test')).toBe('1.1')
})
