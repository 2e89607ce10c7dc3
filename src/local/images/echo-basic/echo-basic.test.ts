import { once } from 'node:events'
import { get, type IncomingMessage, request } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { afterEach, describe, expect, test } from 'vitest'
import { openCertificateAuthority } from '../../../lib/certificates/certificate-authority.ts'
import type { RunningImage } from '../local-image.ts'
import { startEchoBasic } from './start-echo-basic.ts'

const address = '127.0.0.1'
const running: RunningImage[] = []
afterEach(() => Promise.all(running.splice(0).map((image) => image.close())))

const authority = openCertificateAuthority({ now: Date.now })
const pair = authority.issueServerCertificate({ names: ['echo.test'] })
const files: Readonly<Record<string, string>> = { crt: pair.certificate, key: pair.privateKey }

async function start(environment: Record<string, string> = {}) {
  const lines: string[] = []
  const image = await startEchoBasic({
    ...{ address, ports: [], hostName: 'echo-1', now: () => 0 },
    environment: { POD_NAME: 'echo-1', NAMESPACE: 'shop', ...environment },
    readFile: (path) => files[path] ?? '',
    log: (line) => lines.push(line),
  })
  running.push(image)
  return { lines, port: (declared: number) => image.ports.get(declared) ?? 0 }
}

async function ask(port: number, path: string, headers: Record<string, string> = {}) {
  const call = get({ host: address, port, path, headers, agent: false })
  const [response] = (await once(call, 'response')) as [IncomingMessage]
  let body = ''
  for await (const chunk of response) body += String(chunk)
  return { status: response.statusCode, headers: response.headers, body }
}

describe('the echo of HTTP', () => {
  test('tells what arrived, where, and masks credentials', async () => {
    const { port, lines } = await start({ INGRESS_NAME: 'in', SERVICE_NAME: 'echo' })
    const { headers, body } = await ask(port(3000), '/a//b?c=d&api_key=verysecret', {
      host: 'shop.test',
      'x-one': 'two',
      authorization: 'Bearer abcdefghijkl',
      'x-echo-set-header': 'X-Set:new, x-more:1,x-more: 2,bad header:x,none',
    })
    expect(headers).toMatchObject({ 'x-set': 'new', 'x-more': '1,2' })
    expect(headers['content-type']).toBe('application/json')
    expect(JSON.parse(body)).toMatchObject({
      ...{ path: '/a//b?c=d&api_key=***', host: 'shop.test', method: 'GET' },
      ...{ proto: 'HTTP/1.1', httpPort: '3000', namespace: 'shop', pod: 'echo-1' },
      ...{ ingress: 'in', service: 'echo' },
      headers: { 'X-One': ['two'], Authorization: ['Bearer ****ijkl'] },
    })
    expect(lines).toEqual([
      expect.stringMatching(
        /^Echoing back request made to \/a\/\/b\?c=d&api_key=\*\*\* to client \(127\.0\.0\.1:\d+\)$/,
      ),
    ])
  })

  test.each([
    ['/health', 200, 'OK'],
    ['/status/418', 418, ''],
    ['/status/100', 400, ''],
    ['/retry/x', 400, 'uuid is required'],
    ['/retry/x?uuid=1', 400, 'succeedAfter is required'],
    ['/?delay=soon', 500, '{"message":"\\"delay\\" is a duration of up to 10m, such as 300ms"}'],
  ])('answers %s with %d', async (path, status, body) => {
    const { port } = await start()
    expect(await ask(port(3000), path)).toMatchObject({ status, body })
  })

  test('fails the first requests of a uuid with a status or a reset', async () => {
    const { port } = await start()
    const byStatus = '/retry/x?uuid=a&succeedAfter=1&responseCode=503&delayRetry=1ms'
    expect((await ask(port(3000), byStatus)).status).toBe(503)
    expect((await ask(port(3000), byStatus)).status).toBe(200)
    const byReset = '/retry/x?uuid=b&succeedAfter=1'
    await expect(ask(port(3000), byReset)).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect((await ask(port(3000), byReset)).status).toBe(200)
  })

  test('is spoken without TLS at the port of HTTP/2', async () => {
    const { port } = await start({ H2C_PORT: '3101' })
    const session = connectHttp2(`http://${address}:${port(3101)}`)
    const stream = session.request({ ':path': '/two', ':authority': 'two.test' })
    let body = ''
    for await (const chunk of stream) body += String(chunk)
    session.close()
    expect(JSON.parse(body)).toMatchObject({ path: '/two', host: 'two.test', proto: 'HTTP/2.0' })
  })

  test('tells of the TLS of a connection', async () => {
    const { port } = await start({ TLS_SERVER_CERT: 'crt', TLS_SERVER_PRIVKEY: 'key' })
    const socket = connectTls({
      ...{ host: address, port: port(8443), servername: 'echo.test', ca: authority.certificate },
    })
    await once(socket, 'secureConnect')
    socket.write('GET / HTTP/1.1\r\nhost: echo.test\r\nconnection: close\r\n\r\n')
    let text = ''
    for await (const chunk of socket) text += String(chunk)
    expect(JSON.parse(text.slice(text.indexOf('{')))).toMatchObject({
      tls: { version: 'TLSv1.3', serverName: 'echo.test', peerCertificates: [] },
    })
  })

  test('refuses a port that is none', async () => {
    await expect(async () => start({ HTTP_PORT: 'http' })).rejects.toThrow(
      'Variable HTTP_PORT is "http"; it must be the number of a port.',
    )
  })
})

describe('a WebSocket', () => {
  const upgrade = async (port: number, headers: Record<string, string>): Promise<Duplex> => {
    const call = request({ host: address, port, path: '/ws', agent: false, headers })
    call.end()
    const [, socket] = (await once(call, 'upgrade')) as [IncomingMessage, Duplex]
    return socket
  }
  const headers = {
    ...{ connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  }

  test('gets each frame back, however it is cut, and a pong for a ping', async () => {
    const { port } = await start()
    const socket = await upgrade(port(3000), headers)
    // "hi" masked with 1 2 3 4, then a ping of one byte.
    const frames = Buffer.from([0x81, 0x82, 1, 2, 3, 4, 0x69, 0x6b, 0x89, 0x81, 1, 2, 3, 4, 0x40])
    socket.write(frames.subarray(0, 5))
    socket.write(frames.subarray(5))
    const received: Buffer[] = []
    while (Buffer.concat(received).length < 7) {
      received.push((await once(socket, 'data'))[0] as Buffer)
    }
    expect([...Buffer.concat(received)]).toEqual([0x81, 2, 0x68, 0x69, 0x8a, 1, 0x41])
    socket.destroy()
  })

  test('carries frames with lengths of two and eight bytes', async () => {
    const { port } = await start()
    const socket = await upgrade(port(3000), headers)
    for (const size of [300, 70_000]) {
      const head = size < 65_536 ? Buffer.alloc(4) : Buffer.alloc(10)
      head.writeUInt8(0x82, 0)
      head.writeUInt8(size < 65_536 ? 126 : 127, 1)
      head.writeUInt16BE(size & 0xffff, head.length - 2)
      if (head.length === 10) head.writeUInt16BE(size >> 16, 6)
      const frame = Buffer.concat([head, Buffer.alloc(size, 'x')])
      socket.write(frame)
      const received: Buffer[] = []
      while (Buffer.concat(received).length < frame.length) {
        received.push((await once(socket, 'data'))[0] as Buffer)
      }
      expect(Buffer.concat(received).equals(frame)).toBe(true)
    }
    socket.destroy()
  })

  test('is refused without a key', async () => {
    const { port } = await start()
    const { status } = await ask(port(3000), '/ws', { connection: 'Upgrade', upgrade: 'websocket' })
    expect(status).toBe(400)
  })
})

test('calls of gRPC are answered, and unknown methods are not implemented', async () => {
  const { port } = await start({ GRPC_ECHO_SERVER: '1' })
  const session = connectHttp2(`http://${address}:${port(3000)}`)
  const call = async (method: string) => {
    const service = '/gateway_api_conformance.echo_basic.grpcecho.GrpcEcho'
    const stream = session.request({
      ...{ ':method': 'POST', ':path': `${service}/${method}`, ':authority': 'calls.test' },
      'content-type': 'application/grpc',
    })
    let status: unknown
    for (const event of ['response', 'trailers'] as const) {
      stream.on(event, (head) => {
        status = head['grpc-status'] ?? status
      })
    }
    stream.end(Buffer.alloc(5))
    const chunks: Buffer[] = []
    for await (const chunk of stream) chunks.push(chunk as Buffer)
    return { status, body: Buffer.concat(chunks) }
  }
  const { status, body } = await call('EchoTwo')
  expect(status).toBe('0')
  expect(body.readUInt32BE(1)).toBe(body.length - 5)
  // Fields by number and length: the method is the first of the first message, the pod the fourth of its fourth.
  const text = body.toString('latin1')
  expect(text).toContain('/gateway_api_conformance.echo_basic.grpcecho.GrpcEcho/EchoTwo')
  expect(text).toContain('\x1a\x0acalls.test')
  expect(text).toContain('\x0a\x04shop\x12\x00\x1a\x00\x22\x06echo-1')
  expect((await call('EchoThree')).status).toBe('12')
  session.close()
})

test('lines of a TCP connection are answered', async () => {
  const { port } = await start({ TCP_ECHO_SERVER: '1' })
  const socket = connect(port(3000), address)
  let text = ''
  socket.setEncoding('utf8')
  socket.write('PING\r\nIS_T')
  socket.write('LS\nNOTHING\nTEST\n')
  while (text.split('\n').length < 5) text += String((await once(socket, 'data'))[0])
  socket.destroy()
  const [welcome, pong, isTls, test] = text.split('\n')
  expect([welcome, pong, isTls]).toEqual(['Gateway API Test TCP Server', 'PONG', 'false'])
  expect(JSON.parse(test ?? '')).toMatchObject({ pod: 'echo-1', tcpport: '3000', isTLS: false })
})
