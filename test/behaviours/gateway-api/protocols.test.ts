import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callHttp } from '../../harness/http-call.ts'
import { echoWebSockets, sendHello } from '../../harness/websocket.ts'
import { GatewayBench } from './gateway-bench.ts'

let bench: GatewayBench
const http2 = createHttp2Server((request, response) => {
  response.writeHead(200, { 'content-type': 'application/grpc', 'x-seen': request.url })
  response.addTrailers({ 'grpc-status': '0' })
  response.end(`HTTP/${request.httpVersion}`)
})
beforeAll(async () => {
  await new Promise<void>((resolve) => http2.listen(0, '127.0.0.1', resolve))
  bench = await GatewayBench.start(`
- { name: http, port: 8080, protocol: HTTP, hostname: '*.http.test' }
- { name: grpc, port: 8080, protocol: HTTP, hostname: '*.grpc.test' }
`)
  const { port } = http2.address() as AddressInfo
  await bench.endpoints('calls', port)
  await bench.endpoints('clear', port, { appProtocol: 'kubernetes.io/h2c' })
})
afterAll(async () => {
  await bench.stop()
  http2.close()
})

interface Call {
  readonly status: number
  readonly body: string
  readonly grpcStatus: string | undefined
}

/** A call over HTTP/2 without TLS, as gRPC clients make it. */
function callGrpc(path: string, headers: Record<string, string> = {}): Promise<Call> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(`http://${bench.address}:8080`)
    const stream = session.request({
      ...{ ':method': 'POST', ':path': path, ':authority': 'shop.grpc.test', te: 'trailers' },
      ...{ 'content-type': 'application/grpc', ...headers },
    })
    let status = 0
    let body = ''
    let grpcStatus: string | undefined
    stream.on('response', (head) => {
      status = head[':status'] ?? 0
    })
    stream.on('data', (chunk) => {
      body += chunk
    })
    stream.on('trailers', (trailers) => {
      grpcStatus = String(trailers['grpc-status'])
    })
    stream.on('error', reject)
    stream.on('end', () => {
      session.close()
      resolve({ status, body, grpcStatus })
    })
    stream.end('x')
  })
}

test('method and header matches choose the gRPC route', async () => {
  const conditions = await bench.route(
    'calls',
    `
hostnames: [shop.grpc.test]
rules:
- matches: [{ method: { service: shop.v1.Cart } }]
  backendRefs: [{ name: calls, port: 80 }]
- matches: [{ method: { service: shop.v1.Cart, method: Drop } }]
  backendRefs: [{ name: missing, port: 80 }]
- matches: [{ method: { type: RegularExpression, service: 'shop[.]v2[.].*', method: 'Get.*' } }]
  backendRefs: [{ name: calls, port: 80 }]
- matches: [{ method: { service: shop.v3.Cart }, headers: [{ name: version, value: one }] }]
  backendRefs: [{ name: calls, port: 80 }]
`,
    { kind: 'GRPCRoute' },
  )
  expect(conditions).toEqual({ Accepted: 'True/Accepted', ResolvedRefs: 'False/BackendNotFound' })
  const ok = { status: 200, body: 'HTTP/2.0', grpcStatus: '0' }
  expect(await callGrpc('/shop.v1.Cart/Add')).toEqual(ok)
  expect(await callGrpc('/shop.v2.Any/GetAll')).toEqual(ok)
  expect(await callGrpc('/shop.v3.Cart/Add', { version: 'one' })).toEqual(ok)
  // Clients of gRPC read 404 as UNIMPLEMENTED and 503 as UNAVAILABLE.
  expect((await callGrpc('/shop.v3.Cart/Add')).status).toBe(404)
  expect((await callGrpc('/shop.v2.Any/Put')).status).toBe(404)
  expect((await callGrpc('/shop.v1.Cart/Drop')).status).toBe(503)
})

test('an HTTPRoute is refused the hostnames of an older GRPCRoute', async () => {
  await bench.route('older', '{ hostnames: [old.grpc.test], rules: [{}] }', { kind: 'GRPCRoute' })
  const conditions = await bench.route('younger', '{ hostnames: [old.grpc.test] }')
  expect(conditions['Accepted']).toBe('False/HostnameConflict')
})

test('a Service port of appProtocol kubernetes.io/h2c is spoken to by HTTP/2', async () => {
  await bench.route(
    'clear',
    '{ hostnames: [clear.http.test], rules: [{ backendRefs: [{ name: clear, port: 80 }] }] }',
  )
  const answer = await callHttp({
    ...{ address: bench.address, port: 8080, path: '/' },
    headers: { host: 'clear.http.test' },
  })
  expect(answer.body).toBe('HTTP/2.0')
})

test('a WebSocket is tunnelled to a Service', async () => {
  const { server, port } = await bench.service('socket')
  echoWebSockets(server)
  await bench.endpoints('socket', port, { appProtocol: 'kubernetes.io/ws' })
  await bench.route(
    'socket',
    '{ hostnames: [socket.http.test], rules: [{ backendRefs: [{ name: socket, port: 80 }] }] }',
  )
  const target = { address: bench.address, port: 8080, path: '/', host: 'socket.http.test' }
  expect(await sendHello(target)).toBe('hello')
})
