import { afterAll, beforeAll, expect, test } from 'vitest'
import { waitUntil } from '../../harness/wait-until.ts'
import { echoWebSockets, sendHello } from '../../harness/websocket.ts'
import { EdgeBench } from './edge-bench.ts'

let bench: EdgeBench
beforeAll(async () => {
  bench = await EdgeBench.start()
  const { server } = await bench.upstream('socket')
  echoWebSockets(server)
})
afterAll(() => bench.stop())

const echoThrough = (path: string, port = 80) =>
  sendHello({ address: bench.address, port, path, host: 'socket.test' })

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
