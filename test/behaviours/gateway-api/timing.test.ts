import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RecordingUpstream } from '../../harness/recording-upstream.ts'
import { GatewayBench } from './gateway-bench.ts'

let bench: GatewayBench
let failing: RecordingUpstream
let silent: RecordingUpstream
let dropping: RecordingUpstream
/** How often the failing upstream fails before it answers. */
let failures = 0
beforeAll(async () => {
  bench = await GatewayBench.start()
  silent = await bench.service('silent', () => undefined)
  failing = await bench.service('failing', (response) => {
    failures -= 1
    response.writeHead(failures >= 0 ? 503 : 200).end('failing')
  })
  dropping = await bench.service('dropping', (response) => response.socket?.destroy())
})
afterAll(() => bench.stop())

test('a request that takes longer than its time-out answers 504', async () => {
  await bench.route(
    'request-timeout',
    '{ rules: [{ matches: [{ path: { value: /request } }], timeouts: { request: 100ms }, backendRefs: [{ name: silent, port: 80 }] }] }',
  )
  const start = performance.now()
  expect(await bench.ask('/request')).toBe('504')
  expect(performance.now() - start).toBeGreaterThanOrEqual(95)
})

test('a try that takes longer than its time-out answers 504', async () => {
  await bench.route(
    'backend-timeout',
    `
rules:
- matches: [{ path: { value: /try } }]
  timeouts: { request: 0s, backendRequest: 100ms }
  backendRefs: [{ name: silent, port: 80 }]
- matches: [{ path: { value: /tries } }]
  timeouts: { request: 10s, backendRequest: 100ms }
  retry: { attempts: 2 }
  backendRefs: [{ name: silent, port: 80 }]
`,
  )
  expect(await bench.ask('/try')).toBe('504')
  const before = silent.requests.length
  expect(await bench.ask('/tries')).toBe('504')
  expect(silent.requests.length - before).toBe(3)
})

test('a request is tried again as the retry stanza says', async () => {
  await bench.route(
    'retry',
    `
rules:
- matches: [{ path: { value: /codes } }]
  retry: { codes: [503], attempts: 2, backoff: 50ms }
  backendRefs: [{ name: failing, port: 80 }]
- matches: [{ path: { value: /other-codes } }]
  retry: { codes: [500], attempts: 2 }
  backendRefs: [{ name: failing, port: 80 }]
- matches: [{ path: { value: /dropping } }]
  retry: { attempts: 2 }
  backendRefs: [{ name: dropping, port: 80 }]
`,
  )
  failures = 2
  const start = performance.now()
  expect(await bench.ask('/codes')).toBe('failing')
  // Two pauses of the least length.
  expect(performance.now() - start).toBeGreaterThanOrEqual(98)
  failures = 3
  expect(await bench.ask('/codes')).toBe('503')
  failures = 1
  expect(await bench.ask('/other-codes')).toBe('503')
  expect(failing.requests.length).toBe(3 + 3 + 1)
  expect(await bench.ask('/dropping')).toBe('503')
  expect(dropping.requests.length).toBe(3)
})
