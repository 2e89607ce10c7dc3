import { createHash } from 'node:crypto'
import { request } from 'node:http'
import type { Duplex } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { waitUntil } from '../../harness/wait-until.ts'
import { EdgeBench } from './edge-bench.ts'

let bench: EdgeBench
beforeAll(async () => {
  bench = await EdgeBench.start()
  const { server } = await bench.upstream('socket')
  server.on('upgrade', ({ headers }, socket: Duplex) => {
    const magic = `${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
    const accept = createHash('sha1').update(magic).digest('base64')
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
    )
    socket.pipe(socket)
  })
})
afterAll(() => bench.stop())

/** Opens a WebSocket, sends bytes through it and resolves with what comes back, or with the status of a refusal. */
function echoThrough(path: string, port = 80): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request({
      ...{ host: bench.address, port, path, agent: false },
      headers: {
        ...{ host: 'socket.test', connection: 'Upgrade', upgrade: 'websocket' },
        ...{ 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' },
      },
    })
    call.on('error', reject)
    call.on('response', (response) => {
      response.resume()
      resolve(String(response.statusCode))
    })
    call.on('upgrade', (_, socket) => {
      socket.on('error', reject)
      socket.once('data', (chunk) => {
        resolve(chunk.toString())
        socket.destroy()
      })
      socket.write('hello')
    })
    call.end()
  })
}

test('a WebSocket is tunnelled unless the route turns it off', async () => {
  const route = (path: string, options: string) => `
- matchers: [{ prefix: ${path} }]
  routeAction: { single: { upstream: { name: socket } } }
  options: { ${options} }`
  await bench.apply({
    apiVersion: 'gateway.solo.io/v1',
    kind: 'Gateway',
    metadata: { name: 'no-sockets', namespace: 'gloo-system' },
    spec: {
      bindPort: 18081,
      httpGateway: {
        options: {
          httpConnectionManagerSettings: { upgrades: [{ websocket: { enabled: false } }] },
        },
      },
    },
  })
  await bench.serve(
    'socket',
    `routes:
${route('/default', '')}
${route('/on', 'upgrades: [{ websocket: { enabled: true } }]')}
${route('/off', 'upgrades: [{ websocket: { enabled: false } }]')}`,
  )
  expect(await echoThrough('/default')).toBe('hello')
  expect(await echoThrough('/on')).toBe('hello')
  expect(await echoThrough('/off')).toBe('403')

  // The gateway's setting is the default of its routes.
  const first = await waitUntil('the other gateway', () =>
    echoThrough('/default', 18081).catch(() => undefined),
  )
  expect(first).toBe('403')
  expect(await echoThrough('/on', 18081)).toBe('hello')
})
