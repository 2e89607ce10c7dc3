import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { type GatewayFixture, startGateway } from '../testing/gateway-fixture.ts'
import { exchangeBytes, startRawServer } from '../testing/raw-bytes.ts'

async function startBefore(
  onConnection: (socket: Socket) => void,
  changes: Parameters<typeof startGateway>[1] = {},
  options: Parameters<typeof startGateway>[2] = {},
): Promise<GatewayFixture> {
  const upstream = await startRawServer(onConnection)
  return startGateway([upstream.port], changes, options)
}

const answering = (bytes: string) => (socket: Socket) => {
  socket.once('data', () => socket.end(bytes, 'latin1'))
}
const request = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
const beforeHeaders = 'upstream connect error or disconnect/reset before headers. reset reason: '

const table: [string, (socket: Socket) => void, number, string, string][] = [
  ['closes without an answer', answering(''), 503, `${beforeHeaders}connection termination`, 'UC'],
  [
    'resets',
    (socket) => socket.once('data', () => socket.resetAndDestroy()),
    503,
    `${beforeHeaders}connection termination`,
    'UC',
  ],
  [
    'sends garbage',
    answering('\0\x01garbage\r\n\r\n'),
    502,
    `${beforeHeaders}protocol error`,
    'UPE',
  ],
  [
    'sends a head that is too large',
    answering(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(70_000)}\r\n\r\n`),
    502,
    `${beforeHeaders}protocol error`,
    'UPE',
  ],
  [
    'switches protocols unasked',
    answering('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
    502,
    `${beforeHeaders}protocol error`,
    'UPE',
  ],
  ['stalls', () => undefined, 504, 'upstream request timeout', 'UT'],
]

describe('an upstream that', () => {
  test.each(table)('%s', async (...[, onConnection, status, body, flag]) => {
    const gateway = await startBefore(onConnection, { timeoutMs: 300 })
    const answer = await exchangeBytes(gateway.port, request)
    expect(answer.split(' ')[1]).toBe(String(status))
    expect(answer.split('\r\n\r\n')[1]).toBe(body)
    expect(await gateway.record()).toMatchObject({ status, responseFlags: flag, attempts: 1 })
    expect(gateway.records).toHaveLength(1)
  })

  test('refuses connections', async () => {
    const gone = await startRawServer(() => undefined)
    gone.close()
    const gateway = await startGateway([gone.port])
    const answer = await exchangeBytes(gateway.port, request)
    expect(answer).toContain('503 Service Unavailable')
    expect(answer).toContain('Connection refused')
    expect(await gateway.record()).toMatchObject({ responseFlags: 'UF' })
  })

  test('cuts a body of known length short', async () => {
    const gateway = await startBefore(
      answering('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf'),
    )
    const answer = await exchangeBytes(gateway.port, request)
    expect(answer).toMatch(/content-length: 10\r\n[\s\S]*\r\n\r\nhalf$/)
    expect(await gateway.record()).toMatchObject({ status: 200, responseFlags: 'UC' })
  })

  test('cuts a chunked body short', async () => {
    const head = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n'
    const gateway = await startBefore(answering(head))
    const answer = await exchangeBytes(gateway.port, request)
    expect(answer).toContain('4\r\nhalf\r\n')
    expect(answer).not.toContain('0\r\n\r\n')
    expect((await gateway.record()).responseFlags).not.toBe('-')
  })

  test('stalls in the middle of its answer', async () => {
    const gateway = await startBefore(
      (socket) =>
        socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf')),
      { timeoutMs: 0, idleTimeoutMs: 200 },
    )
    const answer = await exchangeBytes(gateway.port, request)
    expect(answer).toMatch(/half$/)
    expect(await gateway.record()).toMatchObject({ status: 200, responseFlags: 'UT' })
  })

  test('sends interim answers', async () => {
    const gateway = await startBefore(
      answering(
        'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok',
      ),
    )
    expect(await exchangeBytes(gateway.port, request)).toMatch(/^HTTP\/1.1 200 OK[\s\S]*ok$/)
  })

  test('sends 100 although nobody waits for it', async () => {
    const gateway = await startBefore(
      answering('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'),
    )
    expect(await exchangeBytes(gateway.port, request)).toMatch(/^HTTP\/1.1 200 OK[\s\S]*ok$/)
  })

  test('announces a body with 204', async () => {
    const gateway = await startBefore(
      answering('HTTP/1.1 204 No Content\r\ncontent-length: 2\r\nx: y\r\n\r\n'),
    )
    const answer = await exchangeBytes(gateway.port, request)
    expect(answer).toMatch(/^HTTP\/1.1 204 No Content\r\nx: y\r\n/)
    expect(answer).not.toContain('content-length')
  })

  test('ends its lines without CR and keeps the connection', async () => {
    const gateway = await startBefore((socket) =>
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\ncontent-length: 2\n\nok')),
    )
    expect(await exchangeBytes(gateway.port, request)).toMatch(/^HTTP\/1.1 502 /)
  })
})

test('an unwanted answer that stalls gives its connection up when the next try begins', async () => {
  const closed: string[] = []
  let connections = 0
  const gateway = await startBefore(
    (socket) => {
      connections += 1
      const number = connections
      socket.on('close', () => closed.push(`connection ${number}`))
      socket.once('data', () => {
        const status = number === 1 ? '503 Service Unavailable' : '200 OK'
        const body = number === 1 ? 'ha' : 'ok'
        socket.write(`HTTP/1.1 ${status}\r\ncontent-length: ${number === 1 ? 4 : 2}\r\n\r\n${body}`)
      })
    },
    {
      retry: {
        on: ['5xx'],
        statusCodes: [],
        maxRetries: 1,
        perTryTimeoutMs: undefined,
        backOffMinimumMs: 0,
        backOffBaseMs: 1,
        backOffMaxMs: 1,
        rateLimitHeaders: [],
        rateLimitMaxMs: 0,
      },
    },
  )
  const answer = await fetch(gateway.url)
  expect(await answer.text()).toBe('ok')
  await expect.poll(() => closed).toContain('connection 1')
})

test('an idle connection that dies under a request is replaced once, without a retry policy', async () => {
  let connections = 0
  const gateway = await startBefore((socket) => {
    connections += 1
    const first = connections === 1
    let requests = 0
    socket.on('data', () => {
      requests += 1
      if (first && requests === 2) socket.destroy()
      else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
    })
  })
  for (const body of ['one', 'two']) {
    const answer = await fetch(gateway.url, { method: 'POST', body })
    expect(await answer.text()).toBe('ok')
  }
  expect(connections).toBe(2)
  expect(await gateway.record(2)).toMatchObject({ status: 200, attempts: 2 })
})

test('addresses of Sluice itself, metadata services and, unless allowed, loopback are not dialled', async () => {
  let connections = 0
  const upstream = await startRawServer(() => {
    connections += 1
  })
  const forbidden = { forbiddenAddresses: [`127.0.0.1:${upstream.port}`] }
  for (const options of [forbidden, { allowLoopback: false }]) {
    const gateway = await startGateway([upstream.port], {}, options)
    const answer = await exchangeBytes(gateway.port, request)
    expect(answer).toContain('502 Bad Gateway')
    expect(answer).toContain(`upstream 127.0.0.1:${upstream.port} may not be reached`)
    expect(await gateway.record()).toMatchObject({ errorCode: 'upstream-forbidden' })
  }
  expect(connections).toBe(0)
})
