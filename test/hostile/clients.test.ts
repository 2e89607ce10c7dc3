import { connect as connectHttp2 } from 'node:http2'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callHttp } from '../harness/http-call.ts'
import { type RecordingUpstream, startRecordingUpstream } from '../harness/recording-upstream.ts'
import { waitUntil } from '../harness/wait-until.ts'
import {
  type HostileGateway,
  routesManifest,
  startHostileGateway,
  upstreamManifest,
} from './hostile-gateway.ts'

let upstream: RecordingUpstream
let gateway: HostileGateway

/** Short times, so that a test need not wait for what takes a minute. */
const impatient = `
apiVersion: gateway.solo.io/v1
kind: Gateway
metadata: { name: gateway-proxy, namespace: gloo-system }
spec:
  bindAddress: '::'
  bindPort: 8080
  proxyNames: [gateway-proxy]
  httpGateway:
    options:
      httpConnectionManagerSettings:
        requestHeadersTimeout: 0.4s
        idleTimeout: 0.6s
        streamIdleTimeout: 0.5s
`

beforeAll(async () => {
  upstream = await startRecordingUpstream()
  const manifests = [impatient, upstreamManifest('api', upstream.port), routesManifest(['api'])]
  gateway = await startHostileGateway(manifests.join('---\n'))
})
afterAll(async () => {
  await allClosed()
  expect(await gateway.metric('sluice_active_requests')).toBe(0)
  await gateway.stop()
  await upstream.close()
})

const allClosed = () =>
  waitUntil('every connection to be closed', async () => {
    return (await gateway.metric('sluice_active_connections')) === 0
  })
const refusals = (reason: string) =>
  gateway.metric('sluice_connections_refused_total', `reason="${reason}"`)
const errors = (code: string) => gateway.metric('sluice_errors_total', `code="${code}"`)

test('a client that says nothing is cut', async () => {
  expect(await gateway.talk('')).toEqual({ answer: '', closed: true })
  expect(await refusals('silent')).toBe(1)
  expect(await gateway.logLine(({ error }) => error === 'silent')).toMatchObject({ flags: 'DT' })
})

test('a client that is slow to send its head gets 408 and is cut', async () => {
  const { answer, closed } = await gateway.talk('GET /api HTTP/1.1\r\nHost: a\r\n')
  expect(answer).toMatch(/^HTTP\/1\.1 408 /)
  expect(closed).toBe(true)
  expect(await refusals('request-timeout')).toBe(1)
  expect(await gateway.logLine(({ error }) => error === 'request-timeout')).toMatchObject({
    status: 408,
    flags: 'DT',
  })
})

test('a client that drips its head byte by byte is cut all the same', async () => {
  const before = await refusals('request-timeout')
  const socket = connect(gateway.port, gateway.address)
  const answer = collect(socket)
  const drip = setInterval(() => socket.writable && socket.write('x'), 50)
  socket.write('GET /api HTTP/1.1\r\nHost: a\r\nX: ')
  expect(await answer).toMatch(/^HTTP\/1\.1 408 /)
  clearInterval(drip)
  expect(await refusals('request-timeout')).toBe(before + 1)
})

test('a client that stops in the midst of a body gets 408 and is cut', async () => {
  const head = 'POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n'
  const { answer, closed } = await gateway.talk(`${head}abc`)
  expect(answer).toMatch(/^HTTP\/1\.1 408 /)
  expect(closed).toBe(true)
  expect(await errors('request-timeout')).toBe(1)
  expect(await gateway.logLine(({ method }) => method === 'POST')).toMatchObject({
    error: 'request-timeout',
    flags: 'DT',
    status: 408,
  })
  expect(upstream.requests.filter(({ method }) => method === 'POST')).toEqual([])
})

test.each([
  ['announced', 'Content-Length: 10\r\n\r\n'],
  ['large and announced', 'Content-Length: 1000000000\r\n\r\n'],
  ['begun in chunks', 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'],
])(
  'a body %s but never sent holds no connection of a route that does not want it',
  async (_name, rest) => {
    const { answer, closed } = await gateway.talk(`POST /nowhere HTTP/1.1\r\nHost: a\r\n${rest}`)
    expect(answer).toMatch(/^HTTP\/1\.1 404 /)
    expect(closed).toBe(true)
  },
)

test('a large body that no route wants does not hide the answer', async () => {
  const body = 'x'.repeat(20_000_000)
  const answer = await callHttp({ ...gateway, path: '/nowhere', method: 'POST', body })
  expect(answer.status).toBe(404)
})

test('an idle connection is closed', async () => {
  const { answer, closed } = await gateway.talk('GET /api HTTP/1.1\r\nHost: a\r\n\r\n')
  expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  expect(closed).toBe(true)
})

test('a client that does not read its answer is cut', async () => {
  const large = await startRecordingUpstream({
    answer: (_request, response) => response.end(Buffer.alloc(50_000_000)),
  })
  await gateway.kube.apply(upstreamManifest('large', large.port) + routesManifest(['api', 'large']))
  await waitUntil('the route', async () => {
    const socket = connect(gateway.port, gateway.address)
    socket.write('GET /large HTTP/1.1\r\nHost: a\r\n\r\n')
    const first = await new Promise<string>((resolve) =>
      socket.once('data', (chunk) => resolve(String(chunk))),
    )
    socket.pause()
    if (first.startsWith('HTTP/1.1 404')) {
      socket.destroy()
      return false
    }
    await waitUntil('the connection to be cut', async () => {
      return (await gateway.metric('sluice_active_connections')) === 0
    })
    socket.destroy()
    return true
  })
  await large.close()
})

test('a client that leaves in the midst of an answer ends the call upstream', async () => {
  let left = false
  const endless = await startRecordingUpstream({
    answer(_request, response) {
      response.write('begun')
      response.on('close', () => {
        left = true
      })
    },
  })
  await gateway.kube.apply(
    upstreamManifest('endless', endless.port) + routesManifest(['api', 'endless']),
  )
  await waitUntil('the call upstream to end', async () => {
    const socket = connect(gateway.port, gateway.address)
    socket.write('GET /endless HTTP/1.1\r\nHost: a\r\n\r\n')
    await new Promise((resolve) => socket.once('data', resolve))
    socket.destroy()
    return waitUntil('it', () => left, 200).catch(() => false as const)
  })
  expect(
    await gateway.logLine(({ path, flags }) => path === '/endless' && flags !== 'NR'),
  ).toMatchObject({
    flags: 'DC',
    error: 'client-closed',
  })
  await endless.close()
})

test('a rapid succession of HTTP/2 resets ends the connection', async () => {
  const session = connectHttp2(`http://${gateway.address}:${gateway.port}`)
  session.on('error', () => undefined)
  const ended = new Promise((resolve) => session.once('close', resolve))
  const burst = () => {
    for (let count = 0; count < 100 && !session.closed && !session.destroyed; count++) {
      const stream = session.request({ ':path': '/api', ':authority': 'a' })
      stream.on('error', () => undefined)
      stream.close(8)
    }
    if (!session.destroyed) setImmediate(burst)
  }
  session.once('connect', burst)
  await ended
  expect(await gateway.logLine(({ error }) => error === 'http2-protocol-error')).toMatchObject({
    flags: 'DPE',
    client: '127.0.0.1',
  })
  expect(await refusals('http2-protocol-error')).toBe(1)
  await waitUntil('what it began to be over', async () => {
    return (await gateway.metric('sluice_active_requests')) === 0
  })
})

test.each([
  ['a DATA frame on no stream', Buffer.from('0000010000000000017a', 'hex')],
  ['a frame larger than allowed', Buffer.from('ffffff000000000001', 'hex')],
  ['a HEADERS frame that is no HPACK', Buffer.from('000004010500000001ffffffff', 'hex')],
  ['endless continuations', Buffer.concat(Array.from({ length: 2000 }, continuation))],
])('%s ends an HTTP/2 connection', async (_name, frames) => {
  const before = await refusals('http2-protocol-error')
  const socket = connect(gateway.port, gateway.address)
  const answer = collect(socket)
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
  socket.write(Buffer.from('000000040000000000', 'hex'))
  socket.write(frames)
  await answer
  expect(await refusals('http2-protocol-error')).toBe(before + 1)
})

test('an HTTP/2 client that never ends its body holds neither stream nor connection', async () => {
  const session = connectHttp2(`http://${gateway.address}:${gateway.port}`)
  session.on('error', () => undefined)
  const headers = { ':method': 'POST', ':path': '/nowhere', ':authority': 'a' }
  const stream = session.request(headers, { endStream: false })
  stream.on('error', () => undefined)
  stream.on('response', (answer) => expect(answer[':status']).toBe(404))
  stream.resume()
  await new Promise((resolve) => session.once('close', resolve))
})

test('an HTTP/2 client that opens no window holds neither stream nor connection', async () => {
  const session = connectHttp2(`http://${gateway.address}:${gateway.port}`, {
    settings: { initialWindowSize: 0 },
  })
  session.on('error', () => undefined)
  const stream = session.request({ ':path': '/api%00', ':authority': 'a' })
  stream.on('error', () => undefined)
  stream.on('response', (answer) => expect(answer[':status']).toBe(400))
  await new Promise((resolve) => session.once('close', resolve))
})

test('an HTTP/2 head that is too large is refused', async () => {
  const session = connectHttp2(`http://${gateway.address}:${gateway.port}`)
  session.on('error', () => undefined)
  const before = await refusals('http2-protocol-error')
  const outcome = await new Promise((resolve) => {
    const headers: Record<string, string> = { ':path': '/api', ':authority': 'a' }
    for (let index = 0; index < 30; index++) headers[`x-${index}`] = 'y'.repeat(4000)
    const stream = session.request(headers)
    stream.on('response', (answer) => resolve(answer[':status']))
    stream.on('error', () => resolve('reset'))
    stream.on('close', () => resolve('closed'))
  })
  expect([431, 'reset', 'closed']).toContain(outcome)
  session.destroy()
  expect(await refusals('http2-protocol-error')).toBeGreaterThanOrEqual(before)
})

function continuation(_value: unknown, index: number): Buffer {
  const payload = Buffer.from(`\x00\x07x-${String(index).padStart(5, '0')}\x01y`, 'latin1')
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = index === 0 ? 1 : 9
  head.writeUInt32BE(1, 5)
  return Buffer.concat([head, payload])
}

function collect(socket: Socket): Promise<string> {
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  socket.on('error', () => undefined)
  return new Promise((resolve) => socket.on('close', () => resolve(answer)))
}
