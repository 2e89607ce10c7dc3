import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { type GatewayFixture, portOf, startGateway } from './testing/gateway-fixture.ts'

async function start(
  upstream: (request: IncomingMessage, response: ServerResponse) => void,
  changes: Parameters<typeof startGateway>[1] = {},
): Promise<GatewayFixture> {
  const holder = await startGateway([1])
  const server = await holder.upstream(upstream)
  return startGateway([portOf(server)], changes)
}

/** What the sockets in between hold is what can be sent; then the number stands still. */
async function settled(read: () => number): Promise<void> {
  let before = -1
  while (read() !== before) {
    before = read()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

test('every part of a stream goes out when it comes in', async () => {
  let next: (() => void) | undefined
  const gateway = await start((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('data: 1\n\n')
    next = () => response.end('data: 2\n\n')
  })
  const answer = await fetch(gateway.url)
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
  const decode = (value: Uint8Array | undefined) => new TextDecoder().decode(value)
  expect(decode((await reader.read()).value)).toBe('data: 1\n\n')
  next?.()
  expect(decode((await reader.read()).value)).toBe('data: 2\n\n')
  expect((await reader.read()).done).toBe(true)
})

test('a head without a body yet reaches the client', async () => {
  let end: (() => void) | undefined
  const gateway = await start((_request, response) => {
    response.writeHead(200, { 'content-length': 2 })
    response.flushHeaders()
    end = () => response.end('ok')
  })
  const answer = await fetch(gateway.url)
  expect(answer.status).toBe(200)
  end?.()
  expect(await answer.text()).toBe('ok')
})

test('a client that goes away cancels the upstream at once and is recorded once', async () => {
  let closed: Promise<unknown> | undefined
  const gateway = await start((_request, response) => {
    closed = once(response, 'close')
    response.write('first')
  })
  const client = connect(gateway.port, '127.0.0.1', () =>
    client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
  )
  await once(client, 'data')
  client.destroy()
  const record = await gateway.record()
  await closed
  expect(record).toMatchObject({
    errorCode: 'client-closed',
    responseFlags: 'DC',
    responseBytes: 5,
  })
  expect(gateway.records).toHaveLength(1)
  expect(gateway.attempts).toHaveLength(1)
})

test('a client that goes away before any answer is recorded with status 0', async () => {
  let arrived: (() => void) | undefined
  const arrival = new Promise<void>((resolve) => {
    arrived = resolve
  })
  const gateway = await start(() => arrived?.())
  const client = connect(gateway.port, '127.0.0.1', () =>
    client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
  )
  await arrival
  client.destroy()
  expect(await gateway.record()).toMatchObject({ status: 0, responseFlags: 'DC' })
})

test('a slow client holds the upstream back instead of filling memory', async () => {
  const chunk = Buffer.alloc(64 * 1024)
  let sent = 0
  const total = 256 * 1024 * 1024
  const gateway = await start((_request, response) => {
    const send = (): void => {
      while (sent < total) {
        sent += chunk.length
        if (!response.write(chunk)) {
          response.once('drain', send)
          return
        }
      }
      response.end()
    }
    send()
  })
  const client = connect(gateway.port, '127.0.0.1', () =>
    client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
  )
  await once(client, 'data')
  client.pause()
  await settled(() => sent)
  expect(sent).toBeLessThan(64 * 1024 * 1024)
  client.destroy()
  expect(await gateway.record()).toMatchObject({ responseFlags: 'DC' })
})

test('small and large pieces reach a slow client whole and in order', async () => {
  const pieces = Array.from({ length: 4000 }, (_, index) =>
    Buffer.alloc(index % 7 === 0 ? 9000 + index : 1 + (index % 90), `${index},`),
  )
  const gateway = await start((_request, response) => {
    const send = (next: number): void => {
      const piece = pieces[next]
      if (piece === undefined) response.end()
      else if (response.write(piece)) setImmediate(() => send(next + 1))
      else response.once('drain', () => send(next + 1))
    }
    send(0)
  })
  const answer = await new Promise<IncomingMessage>((resolve) => {
    httpRequest(gateway.url, resolve).end()
  })
  const seen: Buffer[] = []
  for await (const piece of answer) {
    seen.push(piece as Buffer)
    if (seen.length % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  expect(Buffer.concat(seen).equals(Buffer.concat(pieces))).toBe(true)
})

test('a slow upstream holds the client back', async () => {
  const arrived = Promise.withResolvers<IncomingMessage>()
  const gateway = await start((request, response) => {
    request.pause()
    request.on('end', () => response.end('done'))
    arrived.resolve(request)
  })
  const size = 128 * 1024 * 1024
  const client = httpRequest({
    port: gateway.port,
    method: 'POST',
    headers: { 'content-length': size },
  })
  const chunk = Buffer.alloc(64 * 1024)
  let sent = 0
  const send = (): void => {
    while (sent < size) {
      sent += chunk.length
      if (!client.write(chunk)) {
        client.once('drain', send)
        return
      }
    }
    client.end()
  }
  send()
  const held = await arrived.promise
  await settled(() => sent)
  expect(sent).toBeLessThan(64 * 1024 * 1024)
  held.resume()
  const [answer] = (await once(client, 'response')) as [IncomingMessage]
  answer.resume()
  expect(await gateway.record()).toMatchObject({ status: 200, requestBytes: size })
})

test('an upload may last longer than the timeout of the route', async () => {
  const gateway = await start(
    (request, response) => {
      request.resume().on('end', () => response.end('done'))
    },
    { timeoutMs: 150 },
  )
  const client = httpRequest({ port: gateway.port, method: 'POST' })
  client.write('begin')
  setTimeout(() => client.end('end'), 400)
  const [answer] = (await once(client, 'response')) as [IncomingMessage]
  expect(answer.statusCode).toBe(200)
  answer.resume()
})

test('an answer before the upload ends is passed on', async () => {
  const gateway = await start((_request, response) => {
    response.writeHead(413, { 'content-length': 0 })
    response.end()
  })
  const client = httpRequest({ port: gateway.port, method: 'POST' })
  client.on('error', () => undefined)
  client.write('begin')
  const [answer] = (await once(client, 'response')) as [IncomingMessage]
  expect(answer.statusCode).toBe(413)
  client.destroy()
  expect(await gateway.record()).toMatchObject({ status: 413, attempts: 1 })
})

test('100 Continue is sent when the request is accepted, and only then', async () => {
  const gateway = await start((request, response) => {
    response.setHeader('x-expect', String(request.headers.expect))
    request.resume().on('end', () => response.end())
  })
  const send = async (host: string) => {
    const client = httpRequest({
      port: gateway.port,
      method: 'POST',
      headers: { host, expect: '100-continue', 'content-length': 4 },
    })
    let continued = false
    client.on('continue', () => {
      continued = true
      client.end('body')
    })
    client.flushHeaders()
    const [answer] = (await once(client, 'response')) as [IncomingMessage]
    answer.resume()
    client.destroy()
    return { continued, status: answer.statusCode, expect: answer.headers['x-expect'] }
  }
  expect(await send('a')).toEqual({ continued: true, status: 200, expect: 'undefined' })
  expect(await send('unknown')).toEqual({ continued: false, status: 404, expect: undefined })
})

test('trailers of the upstream reach the client', async () => {
  const gateway = await start((_request, response) => {
    response.writeHead(200, { trailer: 'x-checksum' })
    response.write('body')
    response.addTrailers({ 'x-checksum': 'abc' })
    response.end()
  })
  const client = httpRequest({ port: gateway.port })
  client.end()
  const [answer] = (await once(client, 'response')) as [IncomingMessage]
  answer.resume()
  await once(answer, 'end')
  expect(answer.trailers).toEqual({ 'x-checksum': 'abc' })
})

test.each([
  ['HEAD', 200],
  ['GET', 204],
  ['GET', 304],
])('%s with %i has no body and leaves the connection usable', async (method, status) => {
  const gateway = await start((_request, response) => {
    response.writeHead(status, status === 200 ? { 'content-length': 10 } : {})
    response.end()
  })
  for (const count of [1, 2]) {
    const answer = await fetch(gateway.url, { method })
    expect(answer.status).toBe(status)
    expect(await answer.text()).toBe('')
    expect(await gateway.record(count)).toMatchObject({ errorCode: undefined, responseBytes: 0 })
  }
})

test('hop-by-hop headers stay on their hop', async () => {
  const gateway = await start((request, response) => {
    response.writeHead(200, { connection: 'x-private', 'x-private': '1', 'keep-alive': 'x' })
    response.end(JSON.stringify(request.rawHeaders.map((name) => name.toLowerCase())))
  })
  const client = httpRequest({
    port: gateway.port,
    headers: {
      connection: 'close, X-Mine',
      'x-mine': '1',
      te: 'trailers, gzip',
      'proxy-connection': 'x',
    },
  })
  client.end()
  const [answer] = (await once(client, 'response')) as [IncomingMessage]
  let body = ''
  answer.on('data', (chunk: Buffer) => {
    body += chunk
  })
  await once(answer, 'end')
  expect(answer.headers).not.toHaveProperty('x-private')
  const seen: string[] = JSON.parse(body)
  expect(seen).not.toContain('x-mine')
  expect(seen).not.toContain('proxy-connection')
  expect(seen[seen.indexOf('te') + 1]).toBe('trailers')
})
