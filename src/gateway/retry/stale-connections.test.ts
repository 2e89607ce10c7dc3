import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { ReplayBudget } from '../request/replay-budget.ts'
import {
  type FixtureOptions,
  type GatewayFixture,
  startGateway,
} from '../testing/gateway-fixture.ts'
import { exchangeBytes, startRawServer } from '../testing/raw-bytes.ts'

const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'

/** Answers the first request of each connection and dies over the second, once it has come whole. */
async function start(
  options: FixtureOptions = {},
): Promise<{ gateway: GatewayFixture; lengths: number[] }> {
  const lengths: number[] = []
  const upstream = await startRawServer((socket) => {
    let text = ''
    let served = 0
    socket.setEncoding('latin1')
    socket.on('error', () => undefined)
    socket.on('data', (chunk: string) => {
      text += chunk
      const head = text.indexOf('\r\n\r\n')
      const length = Number(/content-length: (\d+)/.exec(text)?.[1] ?? 0)
      if (head < 0 || text.length < head + 4 + length) return
      text = ''
      served += 1
      lengths.push(length)
      if (served > 1) socket.destroy()
      else socket.write(answer)
    })
  })
  const gateway = await startGateway([upstream.port], {}, options)
  return { gateway, lengths }
}

const post = (body: string) =>
  `POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`

test.each([
  ['short', 20],
  ['long', 300_000],
])('a %s request over a connection that turns out dead is sent once more', async (_name, size) => {
  const { gateway, lengths } = await start()
  const body = 'x'.repeat(size)
  expect(await exchangeBytes(gateway.port, post(body))).toContain(' 200 OK')
  expect(await exchangeBytes(gateway.port, post(body))).toContain(' 200 OK')
  expect(lengths).toEqual([size, size, size])
  expect(gateway.attempts).toHaveLength(3)
})

test('so is one whose body came in pieces', async () => {
  const { gateway, lengths } = await start()
  expect(await postInPieces(gateway.port)).toContain(' 200 OK')
  expect(await postInPieces(gateway.port)).toContain(' 200 OK')
  expect(lengths).toEqual([6, 6, 6])
})

function postInPieces(port: number): Promise<string> {
  const [head = '', tail = ''] = post('abcdef').split('def')
  return new Promise((resolve) => {
    let text = ''
    const client = connect(port, '127.0.0.1', () => {
      client.setNoDelay(true)
      client.write(head, () => setTimeout(() => client.write(`def${tail}`), 20))
    })
    client.on('data', (chunk) => {
      text += String(chunk)
    })
    client.on('close', () => resolve(text))
  })
}

test('what was kept to be sent again is let go with the answer, and above the limit nothing is kept', async () => {
  const { gateway, lengths } = await start({ replayBudget: new ReplayBudget(200_000) })
  const long = 'x'.repeat(150_000)
  expect(await exchangeBytes(gateway.port, post(long))).toContain(' 200 OK')
  expect(gateway.services.replayBudget.leftBytes).toBe(200_000)
  expect(await exchangeBytes(gateway.port, post(long))).toContain(' 200 OK')
  expect(lengths).toHaveLength(3)
  expect(await exchangeBytes(gateway.port, post('x'.repeat(300_000)))).toContain(' 503 ')
  expect(gateway.services.replayBudget.leftBytes).toBe(200_000)
})

test('a connection that dies over its first request is not worth a second try', async () => {
  const upstream = await startRawServer((socket) => {
    socket.on('error', () => undefined).on('data', () => socket.destroy())
  })
  const gateway = await startGateway([upstream.port])
  expect(await exchangeBytes(gateway.port, post('abc'))).toContain(' 503 ')
  expect(gateway.attempts).toHaveLength(1)
})
