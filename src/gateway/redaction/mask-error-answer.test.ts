import { createServer, type ServerResponse } from 'node:http'
import { createServer as createHttp2Server, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gunzipSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { CompiledPolicy } from '../../policies/policy.ts'
import { chainOf } from '../testing/compiled-parts.ts'
import { type GatewayFixture, portOf, startGateway } from '../testing/gateway-fixture.ts'
import { exchangeBytes, startRawServer } from '../testing/raw-bytes.ts'

const key = 'sk-held/0123456789+abcdef'
const holding: CompiledPolicy = {
  type: 'header-mutation',
  onAttempt(_context, { headers }) {
    headers.set('authorization', `Bearer ${key}`)
    return undefined
  },
  heldHeaderValues: [`Bearer ${key}`],
}
const policies = chainOf(holding)

type Answer = (response: ServerResponse) => void

async function start(answer: Answer, options: object = { policies }): Promise<GatewayFixture> {
  const server = createServer((_request, response) => answer(response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return startGateway([portOf(server)], {}, options)
}

/** What a client reads, the borders of chunks left out. */
const withoutChunks = (bytes: string) => bytes.replaceAll(/\r\n[0-9a-f]+\r\n/g, '')

/** An upstream that writes these bytes and ends. */
async function startRaw(pieces: readonly string[], changes = {}): Promise<GatewayFixture> {
  const upstream = await startRawServer((socket) => {
    socket.once('data', async () => {
      for (const piece of pieces) {
        await new Promise<void>((resolve) => socket.write(piece, 'latin1', () => resolve()))
        await new Promise(setImmediate)
      }
      socket.end()
    })
  })
  return startGateway([upstream.port], changes, { policies })
}

const complaint = `{"error":"wrong key ${key} (${encodeURIComponent(key)})"}`
const maskedComplaint = '{"error":"wrong key *** (***)"}'

describe('an error that repeats the credential', () => {
  test.each([400, 401, 500, 599])('is masked in body and headers of a %i', async (status) => {
    const gateway = await start((response) => {
      response.setHeader('location', `https://login.test/?key=${encodeURIComponent(key)}`)
      response.setHeader('www-authenticate', `Bearer error="no ${key}"`)
      response.writeHead(status, { 'content-type': 'application/json', etag: '"1"' })
      response.end(complaint)
    })
    const answer = await fetch(gateway.url, { redirect: 'manual' })
    expect([answer.status, await answer.text()]).toEqual([status, maskedComplaint])
    expect(answer.headers.get('location')).toBe('https://login.test/?key=***')
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="no ***"')
    expect(await gateway.record()).toMatchObject({ status, maskedCredentials: 4 })
  })

  test('keeps a length that is right', async () => {
    const gateway = await start((response) => {
      response.writeHead(401, { 'content-length': complaint.length, etag: '"1"' }).end(complaint)
    })
    const answer = await fetch(gateway.url)
    expect(answer.headers.get('content-length')).toBe(String(maskedComplaint.length))
    expect(answer.headers.get('etag')).toBeNull()
    expect(await answer.text()).toBe(maskedComplaint)
  })

  test('loses its length when it is too long to wait for', async () => {
    const long = `${'x'.repeat(100_000)} ${complaint}`
    const gateway = await start((response) => {
      response.writeHead(500, { 'content-length': long.length }).end(long)
    })
    const answer = await fetch(gateway.url)
    expect(answer.headers.get('content-length')).toBeNull()
    expect(await answer.text()).toBe(`${'x'.repeat(100_000)} ${maskedComplaint}`)
  })

  test.each([
    [
      'chunks',
      'transfer-encoding: chunked',
      (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`,
    ],
    ['bytes without length', 'connection: close', (text: string) => text],
    ['bytes with length', `content-length: ${complaint.length}`, (text: string) => text],
  ])('is masked in %s that split the credential', async (_name, framing, frame) => {
    const head = `HTTP/1.1 403 Forbidden\r\n${framing}\r\n\r\n`
    const cut = complaint.indexOf(key) + 7
    const pieces = [
      complaint.slice(0, cut),
      complaint.slice(cut, cut + 9),
      complaint.slice(cut + 9),
    ]
    const last = framing.endsWith('chunked') ? [`0\r\nx-why: ${key}\r\n\r\n`] : []
    const gateway = await startRaw([head, ...pieces.map(frame), ...last])
    const bytes = await exchangeBytes(
      gateway.port,
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    )
    expect(bytes).not.toContain('sk-held')
    expect(withoutChunks(bytes)).toContain('wrong key ***')
    if (last.length > 0) expect(bytes).toContain('x-why: ***')
  })

  test('is masked in the refusal of a WebSocket', async () => {
    const answer = `HTTP/1.1 401 Unauthorized\r\nx-key: ${key}\r\ncontent-length: ${key.length}\r\n\r\n${key}`
    const gateway = await startRaw([answer], { websocket: true })
    const bytes = await exchangeBytes(
      gateway.port,
      'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\n\r\n',
    )
    expect(bytes).toMatch(/^HTTP\/1.1 401 [\s\S]*x-key: \*\*\*\r\n[\s\S]*\r\n\r\n\*\*\*$/)
  })

  test('is masked in the headers of an answer to HEAD, whose length stays', async () => {
    const gateway = await start((response) => {
      response.writeHead(401, { 'content-length': complaint.length, 'x-key': key }).end()
    })
    const answer = await fetch(gateway.url, { method: 'HEAD' })
    expect(answer.headers.get('x-key')).toBe('***')
    expect(answer.headers.get('content-length')).toBe(String(complaint.length))
  })
})

describe('an encoded error', () => {
  test.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ])('in %s is decoded where it repeats the credential', async (encoding, encode) => {
    const gateway = await start((response) => {
      response.writeHead(401, { 'content-encoding': encoding }).end(encode(complaint))
    })
    const answer = await fetch(gateway.url)
    expect(answer.headers.get('content-encoding')).toBeNull()
    expect(answer.headers.get('content-length')).toBe(String(maskedComplaint.length))
    expect(await answer.text()).toBe(maskedComplaint)
    expect(await gateway.record()).toMatchObject({ status: 401, maskedCredentials: 2 })
  })

  test('that repeats nothing goes on as it came', async () => {
    const encoded = gzipSync('another complaint')
    const gateway = await start((response) => {
      response.writeHead(401, { 'content-encoding': 'gzip', etag: '"1"' }).end(encoded)
    })
    const bytes = await exchangeBytes(gateway.port, 'GET / HTTP/1.0\r\nHost: a\r\n\r\n')
    expect(bytes).toContain('etag: "1"\r\n')
    const body = Buffer.from(bytes.slice(bytes.indexOf('\r\n\r\n') + 4), 'latin1')
    expect(gunzipSync(body).toString()).toBe('another complaint')
  })

  test.each([
    ['of an encoding that nobody knows', 'rot13', Buffer.from(complaint)],
    ['of two encodings', 'gzip, br', gzipSync(complaint)],
    ['that is cut short', 'gzip', gzipSync(complaint).subarray(0, -9)],
    ['that is none', 'br', Buffer.from(complaint)],
    ['that grows beyond measure', 'gzip', gzipSync(Buffer.alloc(2 * 1024 * 1024, 'x'))],
    ['that is too long', 'gzip', Buffer.alloc(1024 * 1024 + 1)],
  ])('%s is answered by the gateway', async (_name, encoding, body) => {
    const gateway = await start((response) => {
      response.writeHead(429, { 'content-encoding': encoding }).end(body)
    })
    const answer = await fetch(gateway.url)
    expect(answer.status).toBe(429)
    expect(await answer.text()).toMatch(
      /^the upstream answered with an error that cannot be searched/,
    )
    expect(await gateway.record()).toMatchObject({ status: 429, errorCode: 'unreadable-answer' })
  })
})

describe('what is left as it is:', () => {
  test.each([200, 302, 399])('an answer with status %i', async (status) => {
    const gateway = await start((response) => {
      response
        .writeHead(status, { 'x-key': key, 'content-length': complaint.length })
        .end(complaint)
    })
    const answer = await fetch(gateway.url, { redirect: 'manual' })
    expect([answer.headers.get('x-key'), await answer.text()]).toEqual([key, complaint])
    expect(await gateway.record()).toMatchObject({ maskedCredentials: 0 })
  })

  test('the error of a route that adds no credential', async () => {
    const gateway = await start((response) => {
      response.writeHead(401, { 'content-encoding': 'rot13' }).end(complaint)
    }, {})
    expect(await (await fetch(gateway.url)).text()).toBe(complaint)
  })

  test('a credential of fewer than eight characters', async () => {
    const short = chainOf({ ...holding, heldHeaderValues: ['secret1'] })
    const gateway = await start((response) => response.writeHead(401).end('not secret1'), {
      policies: short,
    })
    expect(await (await fetch(gateway.url)).text()).toBe('not secret1')
  })
})

/** What a client gets from an upstream that speaks HTTP/2. */
async function askByHttp2(answer: (stream: ServerHttp2Stream) => void) {
  const server = createHttp2Server()
  server.on('stream', answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const gateway = await startGateway([port], {}, { policies, backend: { protocol: 'http2' } })
  onTestFinished(() => void server.close())
  const bytes = await exchangeBytes(
    gateway.port,
    'GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nConnection: close\r\n\r\n',
  )
  return { bytes, record: await gateway.record() }
}

test('an error of an upstream that speaks HTTP/2 is masked with its trailers', async () => {
  const { bytes, record } = await askByHttp2((stream) => {
    stream.respond({ ':status': 401, 'x-key': key }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-why': key }))
    stream.write(complaint.slice(0, 25))
    setImmediate(() => stream.end(complaint.slice(25)))
  })
  expect(bytes).not.toContain('sk-held')
  expect(bytes).toContain('x-key: ***')
  expect(bytes).toContain('x-why: ***')
  expect(withoutChunks(bytes)).toContain('wrong key *** (***)')
  expect(record).toMatchObject({ status: 401, maskedCredentials: 4 })
})

describe('an error of gRPC', () => {
  const failed = { 'grpc-status': 16, 'grpc-message': `no ${encodeURIComponent(key)}` }

  test('is masked in the trailers of an answer with status 200', async () => {
    const { bytes, record } = await askByHttp2((stream) => {
      stream.respond({ ':status': 200, 'x-key': key }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers(failed))
      stream.end(complaint)
    })
    expect(bytes).toContain('grpc-message: no ***')
    expect(bytes).toContain(complaint)
    expect(bytes).toContain(`x-key: ${key}`)
    expect(record.maskedCredentials).toBe(1)
  })

  test('is masked in a head that stands for them', async () => {
    const { bytes, record } = await askByHttp2((stream) => {
      stream.respond({ ':status': 200, ...failed }, { endStream: true })
    })
    expect(bytes).toContain('grpc-message: no ***')
    expect(bytes).toContain('grpc-status: 16')
    expect(record.maskedCredentials).toBe(1)
  })

  test('is none where the call has succeeded', async () => {
    const { bytes } = await askByHttp2((stream) => {
      stream.respond({ ':status': 200 }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': 0, 'x-key': key }))
      stream.end('ok')
    })
    expect(bytes).toContain(`x-key: ${key}`)
  })
})
