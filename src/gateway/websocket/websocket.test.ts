import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { type GatewayFixture, startGateway } from '../testing/gateway-fixture.ts'
import { exchangeBytes, startRawServer } from '../testing/raw-bytes.ts'

const upgrade = (protocol: string) =>
  `GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\nSec-WebSocket-Key: k\r\n\r\n`

async function start(
  answer: string,
  websocket = true,
): Promise<{ gateway: GatewayFixture; seen: string[] }> {
  const seen: string[] = []
  const upstream = await startRawServer((socket) => {
    let tunnel = false
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      seen.push(chunk)
      socket.write(tunnel ? `echo ${chunk}` : answer)
      tunnel = true
    })
  })
  const gateway = await startGateway([upstream.port], { websocket })
  return { gateway, seen }
}

const switching =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: v\r\n\r\n'

test('after the 101 of the upstream bytes go both ways', async () => {
  const { gateway, seen } = await start(switching)
  const received = await new Promise<string>((resolve) => {
    let text = ''
    const client = connect(gateway.port, '127.0.0.1', () => client.write(upgrade('websocket')))
    client.setEncoding('latin1')
    client.on('data', (chunk: string) => {
      text += chunk
      if (text.endsWith('\r\n\r\n')) client.write('hello')
      if (text.endsWith('echo hello')) client.end()
    })
    client.on('close', () => resolve(text))
  })
  expect(received).toMatch(/^HTTP\/1.1 101 Switching Protocols\r\n/)
  expect(received).toContain('sec-websocket-accept: v\r\n')
  expect(seen[0]).toMatch(/upgrade: websocket\r\n/)
  expect(seen[0]).toContain('sec-websocket-key: k')
  expect(await gateway.record()).toMatchObject({
    status: 101,
    requestBytes: 5,
    responseBytes: 10,
    errorCode: undefined,
  })
  expect(gateway.records).toHaveLength(1)
})

test('an upstream that answers otherwise is passed on and nothing is tunnelled', async () => {
  const { gateway } = await start('HTTP/1.1 401 Unauthorized\r\ncontent-length: 2\r\n\r\nno')
  const answer = await exchangeBytes(gateway.port, upgrade('websocket'))
  expect(answer).toMatch(/^HTTP\/1.1 401 [\s\S]*no$/)
  expect(await gateway.record()).toMatchObject({ status: 401 })
})

test('a route that does not allow it refuses, and the upstream hears nothing', async () => {
  const { gateway, seen } = await start(switching, false)
  const answer = await exchangeBytes(gateway.port, upgrade('websocket'))
  expect(answer).toMatch(/^HTTP\/1.1 403 [\s\S]*this route does not allow WebSocket upgrades$/)
  expect(seen).toEqual([])
  expect(await gateway.record()).toMatchObject({ errorCode: 'upgrade-refused' })
})

test('no other protocol is ever tunnelled', async () => {
  const { gateway, seen } = await start(switching)
  expect(await exchangeBytes(gateway.port, upgrade('h2c'))).toMatch(/^HTTP\/1.1 403 /)
  expect(seen).toEqual([])
})
