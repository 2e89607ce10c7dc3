import { createServer as createHttp2Server, createSecureServer, type Http2Server } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Backend, systemVerifiedTls } from '../../ir/backend.ts'
import {
  type CertificateAuthority,
  openCertificateAuthority,
  type ServerCertificate,
} from '../../lib/certificates/certificate-authority.ts'
import {
  createBackend,
  createEndpoint,
  createForward,
  createIngress,
} from '../testing/compiled-parts.ts'
import { type GatewayFixture, startGateway } from '../testing/gateway-fixture.ts'

let authority: CertificateAuthority
let certificate: ServerCertificate
beforeAll(() => {
  authority = openCertificateAuthority({ now: Date.now })
  certificate = authority.issueServerCertificate({ names: ['api.example.com'] })
})

async function listen(server: Server | Http2Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

interface TlsCase {
  readonly host?: string
  readonly subjectAltNames?: readonly string[]
  readonly trusted?: boolean
  readonly verifyPeer?: boolean
  readonly protocol?: Backend['protocol']
}

async function start(port: number, options: TlsCase | undefined, protocol: Backend['protocol']) {
  const gateway: GatewayFixture = await startGateway([1])
  const host = options?.host ?? 'api.example.com'
  const endpoint = createEndpoint(port, { host, serverName: host })
  const config =
    options === undefined
      ? undefined
      : { ...systemVerifiedTls, subjectAltNames: options.subjectAltNames ?? [] }
  const backend = {
    ...createBackend([endpoint], { protocol, tls: config }),
    tls:
      options === undefined
        ? undefined
        : (options.trusted ?? true)
          ? { ca: authority.certificate }
          : {},
    verifyPeer: options?.verifyPeer ?? true,
  }
  gateway.ingress = createIngress(createForward(backend))
  return gateway
}

describe('an upstream with TLS', () => {
  const names: string[] = []
  const startServer = () =>
    listen(
      createHttpsServer(
        { cert: certificate.certificate, key: certificate.privateKey },
        (request, response) => {
          names.push((request.socket as { servername?: string }).servername ?? '')
          response.end('over TLS')
        },
      ),
    )

  test('is verified by its name and gets it in the handshake', async () => {
    const gateway = await start(await startServer(), {}, 'http1')
    for (let count = 0; count < 3; count += 1) {
      expect(await (await fetch(gateway.url)).text()).toBe('over TLS')
    }
    expect(names).toContain('api.example.com')
  })

  test('answers many requests over one connection, large bodies included', async () => {
    let connections = 0
    const { certificate: cert, privateKey: key } = certificate
    const server = createHttpsServer({ cert, key }, (request, response) => {
      request.resume().on('end', () => response.end('ok'))
    })
    server.on('secureConnection', () => {
      connections += 1
    })
    const gateway = await start(await listen(server), {}, 'http1')
    for (const size of [10, 10_000, 60_000, 10]) {
      const answer = await fetch(gateway.url, { method: 'POST', body: 'x'.repeat(size) })
      expect(await answer.text()).toBe('ok')
    }
    expect(connections).toBe(1)
  })

  test.each<[string, TlsCase, number]>([
    ['an authority nobody trusts', { trusted: false }, 503],
    ['another name', { host: 'other.example.com' }, 503],
    ['another name than the accepted ones', { subjectAltNames: ['x.example.com'] }, 503],
    [
      'one of the accepted names',
      { host: 'other.example.com', subjectAltNames: ['x', 'api.example.com'] },
      200,
    ],
    ['no verification asked for', { trusted: false, verifyPeer: false }, 200],
  ])('%s', async (_name, options, status) => {
    const gateway = await start(await startServer(), options, 'http1')
    const answer = await fetch(gateway.url)
    expect(answer.status).toBe(status)
    const text = await answer.text()
    if (status === 503) expect(text).toContain('transport failure reason')
    expect(text).not.toContain('Node.js')
    expect(await gateway.record()).toMatchObject({ responseFlags: status === 200 ? '-' : 'UF' })
  })
})

describe('an HTTP/2 upstream', () => {
  test.each(['clear text', 'TLS'])('over %s shares one connection', async (kind) => {
    let sessions = 0
    const secure = { cert: certificate.certificate, key: certificate.privateKey }
    const server = kind === 'TLS' ? createSecureServer(secure) : createHttp2Server()
    server.on('session', () => {
      sessions += 1
    })
    server.on('stream', (stream, headers) => {
      let body = ''
      stream.setEncoding('utf8')
      stream.on('data', (chunk: string) => {
        body += chunk
      })
      stream.on('end', () => {
        stream.respond({ ':status': 201, 'x-authority': String(headers[':authority']) })
        stream.end(`got ${body}`)
      })
    })
    const port = await listen(server as unknown as Server)
    const gateway = await start(port, kind === 'TLS' ? {} : undefined, 'http2')
    await fetch(gateway.url, { method: 'POST', body: 'first' }).then((answer) => answer.text())
    const answers = await Promise.all(
      [1, 2, 3].map((number) => fetch(gateway.url, { method: 'POST', body: `body ${number}` })),
    )
    expect(answers.map((answer) => answer.status)).toEqual([201, 201, 201])
    expect(await answers[1]?.text()).toBe('got body 2')
    expect(answers[0]?.headers.get('x-authority')).toBe(`127.0.0.1:${gateway.port}`)
    expect(sessions).toBe(1)
  })

  test('that speaks only HTTP/1.1 is a connect failure', async () => {
    const server = createHttpsServer({ cert: certificate.certificate, key: certificate.privateKey })
    const gateway = await start(await listen(server), {}, 'http2')
    const answer = await fetch(gateway.url)
    expect(answer.status).toBe(503)
    expect(await gateway.record()).toMatchObject({ responseFlags: 'UF' })
  })
})
