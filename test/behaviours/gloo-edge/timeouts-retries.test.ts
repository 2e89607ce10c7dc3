import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findFreePort } from '../../../src/lib/http/testing/free-port.ts'
import { readAccessLog } from '../../harness/sluice-process.ts'
import { waitUntil } from '../../harness/wait-until.ts'
import { EdgeBench } from './edge-bench.ts'

let bench: EdgeBench
beforeAll(async () => {
  bench = await EdgeBench.start()
})
afterAll(() => bench.stop())

const action = (name: string) => `routeAction: { single: { upstream: { name: ${name} } } }`

/** A route for each path, with these options, to the upstream of this name. */
const routes = (upstream: string, optionsByPath: Readonly<Record<string, string>>) =>
  `routes:\n${Object.entries(optionsByPath)
    .map(
      ([path, options]) =>
        `- { matchers: [{ prefix: ${path} }], ${action(upstream)}, options: { ${options} } }`,
    )
    .join('\n')}`

test('a route that takes longer than its timeout answers 504', async () => {
  await bench.upstream('slow', ({ path }, response) => {
    if (path === '/endless') response.write('begun')
    setTimeout(() => response.end('late'), 400).unref()
  })
  await bench.serve(
    'timeout',
    routes('slow', {
      '/short': 'timeout: 0.1s',
      '/long': 'timeout: 5s',
      '/endless': 'timeout: 0.1s',
    }),
  )
  expect(await bench.call('timeout', '/short')).toMatchObject({
    status: 504,
    body: 'upstream request timeout',
  })
  expect(await bench.ask('timeout', '/long')).toBe('late')
  await expect(bench.call('timeout', '/endless')).rejects.toThrow('aborted')
})

test('a stream that is silent for too long is cut', async () => {
  await bench.upstream('stream', ({ path }, response) => {
    response.write('begun')
    if (path === '/silent') return
    let parts = 0
    const timer = setInterval(() => {
      parts += 1
      response.write('.')
      if (parts < 8) return
      clearInterval(timer)
      response.end()
    }, 100)
  })
  await bench.serve(
    'idle',
    routes('stream', { '/silent': 'idleTimeout: 0.4s', '/steady': 'idleTimeout: 0.4s' }),
  )
  await expect(bench.call('idle', '/silent')).rejects.toThrow('aborted')
  // Takes twice the idle time without being silent for it.
  expect(await bench.ask('idle', '/steady')).toBe('begun........')
})

/** An upstream whose first answers to a path are the given ones; every further answer is 200. */
async function failing(
  name: string,
  answersByPath: Readonly<Record<string, readonly ((response: ServerResponse) => void)[]>>,
) {
  const times: Record<string, number[]> = {}
  await bench.upstream(name, ({ path }, response) => {
    const seen = times[path] ?? []
    times[path] = seen
    const answer = answersByPath[path]?.[seen.length]
    seen.push(Date.now())
    if (answer === undefined) response.end('at last')
    else answer(response)
  })
  return {
    count: (path: string) => times[path]?.length ?? 0,
    /** From the first try to the last. */
    spanMs: (path: string) => (times[path]?.at(-1) ?? 0) - (times[path]?.[0] ?? 0),
  }
}

const status =
  (code: number, headers: () => Record<string, string> = () => ({})) =>
  (response: ServerResponse) =>
    response.writeHead(code, headers()).end()
const hang = () => undefined
const reset = (response: ServerResponse) => response.destroy()

test('a request is tried again as the retry policy says', async () => {
  const inSeconds = () => ({ 'x-reset': '1' })
  const inAnHour = () => ({ 'x-reset': '3600' })
  const atNextSecond = () => ({ 'x-reset-at': String(Math.floor(Date.now() / 1000) + 2) })
  const often = (answer: (response: ServerResponse) => void) =>
    Array.from({ length: 20 }, () => answer)
  const upstream = await failing('failing', {
    '/5xx': [status(500), status(503)],
    '/once': [status(500), status(500)],
    '/gateway': [status(503), status(500)],
    '/conflict': [status(409), status(429)],
    '/codes': [status(429), status(418), status(500)],
    '/reset': [reset],
    '/hanging': [hang],
    '/quick': often(status(500)),
    '/bounded': often(status(500)).slice(0, 6),
    '/seconds': [status(503, inSeconds)],
    '/at': [status(503, atNextSecond)],
    '/hour': [status(503, inAnHour)],
    '/host': [hang, status(418), status(418)],
  })
  const limited = (format: string, maxInterval: string) =>
    `rateLimitedRetryBackOff: { resetHeaders: [{ name: X-Nothing }, ${format}], maxInterval: ${maxInterval} }`
  const retries = (text: string) => `retries: { ${text} }`
  await bench.serve(
    'retries',
    routes('failing', {
      '/5xx': retries('retryOn: 5xx, numRetries: 2'),
      '/once': retries('retryOn: 5xx'),
      '/gateway': retries('retryOn: gateway-error, numRetries: 5'),
      '/conflict': retries('retryOn: retriable-4xx, numRetries: 5'),
      '/codes': retries(
        'retryOn: retriable-status-codes, retriableStatusCodes: [429, 418], numRetries: 5',
      ),
      '/reset': retries("retryOn: 'reset,connect-failure'"),
      '/hanging': retries('retryOn: 5xx, perTryTimeout: 0.1s'),
      '/quick': retries('retryOn: 5xx, numRetries: 20, retryBackOff: { baseInterval: 0.001s }'),
      '/bounded': retries(
        'retryOn: 5xx, numRetries: 6, retryBackOff: { baseInterval: 0.2s, maxInterval: 0.2s }',
      ),
      '/seconds': retries(`retryOn: 5xx, ${limited('{ name: X-Reset, format: SECONDS }', '5s')}`),
      '/at': retries(
        `retryOn: 5xx, ${limited('{ name: x-reset-at, format: UNIX_TIMESTAMP }', '5s')}`,
      ),
      '/hour': retries(`retryOn: 5xx, ${limited('{ name: x-reset }', '5s')}`),
    }),
  )
  const ask = async (path: string) => [await bench.ask('retries', path), upstream.count(path)]
  expect(await ask('/5xx')).toEqual(['at last', 3])
  expect(await ask('/once')).toEqual(['500', 2])
  expect(await ask('/gateway')).toEqual(['500', 2])
  expect(await ask('/conflict')).toEqual(['429', 2])
  expect(await ask('/codes')).toEqual(['500', 3])
  expect(await ask('/reset')).toEqual(['at last', 2])
  expect(await ask('/hanging')).toEqual(['at last', 2])

  // The default back-off of 25 ms would have made it 2 s and more.
  expect(await ask('/quick')).toEqual(['at last', 21])
  expect(upstream.spanMs('/quick')).toBeLessThan(1500)
  // Without its maximum the bound would have doubled up to 2 s.
  expect(await ask('/bounded')).toEqual(['at last', 7])
  expect(upstream.spanMs('/bounded')).toBeLessThan(2000)
  expect(upstream.spanMs('/bounded')).toBeGreaterThan(50)

  expect(await ask('/seconds')).toEqual(['at last', 2])
  expect(upstream.spanMs('/seconds')).toBeGreaterThan(950)
  expect(await ask('/at')).toEqual(['at last', 2])
  expect(upstream.spanMs('/at')).toBeGreaterThan(950)
  // Longer than allowed: the usual back-off stands.
  expect(await ask('/hour')).toEqual(['at last', 2])
  expect(upstream.spanMs('/hour')).toBeLessThan(900)

  const closed = await findFreePort()
  await bench.upstreamAt('closed', [closed])
  await bench.serve(
    'retry-nothing',
    routes('closed', { '/': 'retries: { retryOn: connect-failure, numRetries: 2 }' }),
  )
  expect((await bench.call('retry-nothing', '/')).status).toBe(503)
  const line = await waitUntil('the line of the request', () =>
    readAccessLog(bench.sluice).find(({ host }) => host === 'retry-nothing.test'),
  )
  expect(line['attempts']).toBe(3)

  await bench.serve(
    'retry-host',
    `options:
  retries:
    retryOn: retriable-status-codes,reset
    retriableStatusCodes: [418]
    numRetries: 3
    perTryTimeout: 0.1s
    retryBackOff: { baseInterval: 0.001s, maxInterval: 0.002s }
${routes('failing', { '/host': 'timeout: 5s' })}`,
  )
  expect(await bench.ask('retry-host', '/host')).toBe('at last')
})
