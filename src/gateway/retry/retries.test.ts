import { once } from 'node:events'
import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import type { RetryConfig } from '../../ir/route.ts'
import type { Timers } from '../../lib/time/timers.ts'
import {
  createBackend,
  createEndpoint,
  createForward,
  createIngress,
} from '../testing/compiled-parts.ts'
import { portOf, startGateway } from '../testing/gateway-fixture.ts'
import { startRawServer } from '../testing/raw-bytes.ts'
import { backOffMs, isRetryable, rateLimitDelayMs } from './retry-policy.ts'

const retry: RetryConfig = {
  on: ['5xx'],
  statusCodes: [],
  maxRetries: 2,
  perTryTimeoutMs: undefined,
  backOffMinimumMs: 0,
  backOffBaseMs: 25,
  backOffMaxMs: 250,
  rateLimitHeaders: [],
  rateLimitMaxMs: 60_000,
}

/** Timers that fire at once and note what they were set to. */
function createNotedTimers(): Timers & { readonly delays: number[] } {
  const delays: number[] = []
  return {
    delays,
    setTimeout(callback, delayMs) {
      // The limits of the whole request are long; waits between tries are not.
      if (delayMs >= 10_000) return undefined
      delays.push(delayMs)
      return setImmediate(callback)
    },
    clearTimeout: (timer) => clearImmediate(timer as NodeJS.Immediate),
  }
}

async function start(
  answer: (number: number, request: IncomingMessage, response: ServerResponse) => void,
  changes: Partial<RetryConfig> = {},
  options: Parameters<typeof startGateway>[2] = {},
) {
  const timers = createNotedTimers()
  const config = { retry: { ...retry, ...changes } }
  const gateway = await startGateway([1], config, { timers, random: () => 0.5, ...options })
  const bodies: string[] = []
  const server = await gateway.upstream((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', () => {
      bodies.push(body)
      answer(bodies.length, request, response)
    })
  })
  const aimed = await startGateway([portOf(server)], config, {
    timers,
    random: () => 0.5,
    ...options,
  })
  return { gateway: aimed, bodies, timers }
}

const failing =
  (count: number, status = 503) =>
  (number: number, _request: IncomingMessage, response: ServerResponse) => {
    response.statusCode = number <= count ? status : 200
    response.end(`answer ${number}`)
  }

test('a failing status is tried again with the same body and a doubled, jittered wait', async () => {
  const { gateway, bodies, timers } = await start(failing(2))
  const answer = await fetch(gateway.url, { method: 'POST', body: 'the body' })
  expect(answer.status).toBe(200)
  expect(await answer.text()).toBe('answer 3')
  expect(bodies).toEqual(['the body', 'the body', 'the body'])
  expect(timers.delays).toEqual([12, 25])
  const record = await gateway.record()
  expect(record).toMatchObject({ attempts: 3, status: 200, errorCode: undefined })
  expect(gateway.attempts.map((attempt) => attempt.status)).toEqual([503, 503, 200])
})

test('after the last try the answer is passed on as it is', async () => {
  const { gateway } = await start(failing(9))
  const answer = await fetch(gateway.url)
  expect(answer.status).toBe(503)
  expect(await answer.text()).toBe('answer 3')
})

test('a streamed body within the buffer is sent again, a larger one is not', async () => {
  const options = { retryBufferBytes: 200_000 }
  const { gateway, bodies } = await start(failing(1), {}, options)
  const small = 'x'.repeat(150_000)
  const large = 'x'.repeat(300_000)
  const first = await fetch(gateway.url, { method: 'POST', body: small })
  expect(first.status).toBe(200)
  expect(bodies).toEqual([small, small])
  bodies.splice(0)
  const second = await fetch(gateway.url, { method: 'POST', body: large })
  expect(second.status).toBe(503)
  expect(bodies).toHaveLength(1)
})

test('an upload that is answered early is sent again whole', async () => {
  const { gateway } = await start(() => undefined)
  const seen: string[] = []
  const server = await gateway.upstream((request, response) => {
    let body = ''
    const number = seen.push('')
    request.on('data', (chunk: Buffer) => {
      body += chunk
      seen[number - 1] = body
      if (number > 1 || response.headersSent) return
      response.statusCode = 503
      response.end()
      goOn?.()
    })
    request.on('end', () => response.end('whole'))
    request.on('error', () => undefined)
  })
  gateway.ingress = createIngress(
    createForward(createBackend([createEndpoint(portOf(server))]), { retry }),
  )
  let goOn: (() => void) | undefined
  const client = request({ port: gateway.port, method: 'POST' })
  const rest = 'y'.repeat(500_000)
  goOn = () => client.end(rest)
  client.write('begin')
  const [answer] = (await once(client, 'response')) as [IncomingMessage]
  expect(answer.statusCode).toBe(200)
  answer.resume()
  expect(seen[1]).toBe(`begin${rest}`)
})

test('the retry budget of the backend bounds retries', async () => {
  const circuitBreaker = { maxConnections: 9, maxPendingRequests: 9, maxRequests: 9, maxRetries: 0 }
  const { gateway } = await start(failing(1), {}, { backend: { circuitBreaker } })
  expect((await fetch(gateway.url)).status).toBe(503)
})

test('a try that takes too long is given up and the next one answers', async () => {
  const { gateway } = await start(
    (number, _request, response) => {
      if (number > 1) response.end('late')
    },
    { perTryTimeoutMs: 100, on: ['reset'] },
    {
      timers: {
        setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
        clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
      },
    },
  )
  const answer = await fetch(gateway.url)
  expect(await answer.text()).toBe('late')
  expect((await gateway.record()).attempts).toBe(2)
})

test('connect failures are tried on the next endpoint', async () => {
  const gone = await startRawServer(() => undefined)
  gone.close()
  const timers = createNotedTimers()
  const config = { retry: { ...retry, on: ['connect-failure' as const] } }
  const gateway = await startGateway([gone.port, gone.port], config, { timers })
  expect((await fetch(gateway.url)).status).toBe(503)
  expect((await gateway.record()).attempts).toBe(3)
})

test('a kept connection that turns out dead costs one of the tries', async () => {
  const { gateway, bodies } = await start(
    (number, _request, response) => {
      if (number === 1) response.end('kept')
      else response.destroy()
    },
    { maxRetries: 1, on: ['reset'] },
  )
  expect(await (await fetch(gateway.url)).text()).toBe('kept')
  expect((await fetch(gateway.url)).status).toBe(503)
  expect(bodies).toHaveLength(3)
})

test('nothing is tried again after the first byte went to the client', async () => {
  const { gateway, bodies } = await start((_number, _request, response) => {
    response.writeHead(200, { 'content-length': 10 })
    response.write('half')
    setImmediate(() => response.destroy())
  })
  await expect(fetch(gateway.url).then((answer) => answer.text())).rejects.toThrow()
  expect(bodies).toHaveLength(1)
})

describe('conditions', () => {
  const failure = (
    code:
      | 'upstream-overloaded'
      | 'upstream-reset'
      | 'upstream-connect-failure'
      | 'upstream-without-endpoints'
      | 'upstream-forbidden',
  ) => ({
    failure: {
      error: { type: 'gateway-error' as const, code, message: '' },
      beforeSending: code === 'upstream-connect-failure',
      staleConnection: false,
    },
  })
  test.each([
    ['5xx', { status: 500 }, true],
    ['5xx', { status: 499 }, false],
    ['5xx', failure('upstream-reset'), true],
    ['5xx', failure('upstream-forbidden'), false],
    ['5xx', failure('upstream-overloaded'), false],
    ['gateway-error', { status: 500 }, false],
    ['gateway-error', { status: 504 }, true],
    ['connect-failure', failure('upstream-connect-failure'), true],
    ['connect-failure', failure('upstream-without-endpoints'), true],
    ['reset', failure('upstream-without-endpoints'), true],
    ['connect-failure', failure('upstream-reset'), false],
    ['reset', failure('upstream-reset'), true],
    ['retriable-4xx', { status: 409 }, true],
    ['retriable-4xx', { status: 404 }, false],
    ['status-codes', { status: 429 }, true],
    ['status-codes', { status: 430 }, false],
  ] as const)('%s after %o: %s', (condition, cause, expected) => {
    expect(isRetryable({ ...retry, on: [condition], statusCodes: [429] }, cause)).toBe(expected)
  })
})

test('the wait never exceeds its bound', () => {
  expect(backOffMs(retry, 20, () => 0.999)).toBeLessThan(250)
  expect(backOffMs(retry, 0, () => 0)).toBe(0)
})

test('the wait is the minimum at least', () => {
  expect(backOffMs({ ...retry, backOffMinimumMs: 20 }, 0, () => 0)).toBe(20)
})

test('a rate-limited answer says when to come back', () => {
  const config: RetryConfig = {
    ...retry,
    rateLimitHeaders: [
      { name: 'retry-after', format: 'seconds' },
      { name: 'x-reset', format: 'unix-timestamp' },
    ],
  }
  expect(rateLimitDelayMs(config, ['retry-after', '2'], 0)).toBe(2_000)
  expect(rateLimitDelayMs(config, ['x-reset', '105'], 100_000)).toBe(5_000)
  expect(rateLimitDelayMs(config, ['retry-after', '61'], 0)).toBeUndefined()
  expect(rateLimitDelayMs(config, ['retry-after', 'soon'], 0)).toBeUndefined()
})
