import { describe, expect, test } from 'vitest'
import { gatewayError } from '../errors/gateway-error.ts'
import { HeaderList } from '../lib/http/header-list.ts'
import type { CompiledPolicy } from '../policies/policy.ts'
import {
  chainOf,
  createBackend,
  createEndpoint,
  createForward,
  createIngress,
  createListener,
} from './testing/compiled-parts.ts'
import { type GatewayFixture, portOf, startGateway } from './testing/gateway-fixture.ts'
import { exchangeBytes } from './testing/raw-bytes.ts'

/** A gateway with these policies before an upstream that tells what it saw. */
async function start(...policies: readonly CompiledPolicy[]): Promise<GatewayFixture> {
  const gateway = await startGateway([1])
  const server = await gateway.upstream((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk
    })
    request.on('end', () => response.end(JSON.stringify({ headers: request.headers, body })))
  })
  const chain = chainOf(...policies)
  const backend = createBackend([createEndpoint(portOf(server))])
  gateway.ingress = createIngress(createForward(backend, {}, chain), chain)
  return gateway
}

const type = 'header-mutation' as const

test('request hooks run in order, waiting only for those that take time', async () => {
  const seen: string[] = []
  const note = (name: string): CompiledPolicy => ({
    type,
    onRequestHead: (context) => {
      context.headers.append('x-seen', name)
      seen.push(name)
      return undefined
    },
  })
  const slow: CompiledPolicy = {
    type,
    onRequestHead: async (context) => {
      await Promise.resolve()
      context.headers.append('x-seen', 'slow')
      return undefined
    },
  }
  const gateway = await start(note('one'), slow, note('two'))
  const answer = await fetch(gateway.url)
  const { headers } = (await answer.json()) as { headers: Record<string, string> }
  expect(headers['x-seen']).toBe('one, slow, two')
})

test('a refusal answers at once, runs through the response hooks and completes once', async () => {
  const outcomes: (number | string | undefined)[][] = []
  const gateway = await start(
    {
      type,
      onResponseHead: (_context, head) => head.headers.set('x-hook', 'ran'),
      onComplete: (_context, outcome) => outcomes.push([outcome.status, outcome.error?.code]),
    },
    { type, onRequestHead: () => gatewayError('fault-injected', 'not today', { status: 418 }) },
    {
      type,
      onRequestHead: () => {
        throw new Error('a refused request goes no further')
      },
    },
  )
  const answer = await fetch(gateway.url)
  expect(answer.status).toBe(418)
  expect(await answer.text()).toBe('not today')
  expect(answer.headers.get('x-hook')).toBe('ran')
  expect(await gateway.record()).toMatchObject({ attempts: 0, responseFlags: 'FI' })
  expect(outcomes).toEqual([[418, 'fault-injected']])
})

test('a refused request with a short body leaves its connection open, a long one closes it', async () => {
  const gateway = await start({ type, onRequestHead: () => gatewayError('fault-injected', 'no') })
  const send = (body: string) => fetch(gateway.url, { method: 'POST', body })
  expect((await send('short')).headers.get('connection')).toBe('keep-alive')
  expect((await send('x'.repeat(100_000))).headers.get('connection')).toBe('close')
})

test('an attempt header that cannot be sent is an error of the gateway', async () => {
  const gateway = await start({
    type,
    onAttempt: (_context, attempt) => {
      attempt.headers.set('x-bad', 'a\nb')
      return undefined
    },
  })
  expect((await fetch(gateway.url)).status).toBe(500)
  expect(await gateway.record()).toMatchObject({ errorCode: 'internal' })
})

test('a response header that cannot be sent costs only its request', async () => {
  const gateway = await start({
    type,
    onResponseHead: (_context, head) => head.headers.set('x-bad', 'a\nb'),
  })
  await expect(fetch(gateway.url)).rejects.toThrow()
  expect(await gateway.record()).toMatchObject({ errorCode: 'internal' })
  await expect(fetch(gateway.url)).rejects.toThrow()
  expect(await gateway.record(2)).toMatchObject({ errorCode: 'internal' })
})

test('a local response is sent as the policy wrote it', async () => {
  const headers = new HeaderList(['access-control-allow-origin', '*'])
  const gateway = await start({
    type,
    onRequestHead: () => ({ type: 'local-response', status: 200, headers, body: '' }),
  })
  const answer = await fetch(gateway.url, { method: 'OPTIONS' })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('access-control-allow-origin')).toBe('*')
})

test.each([
  [
    'throws',
    () => {
      throw new Error('secret detail')
    },
  ],
  ['rejects', () => Promise.reject(new Error('secret detail'))],
])(
  'a hook that %s ends the request with 500 and tells nothing of it',
  async (_name, onRequestHead) => {
    const gateway = await start({ type, onRequestHead })
    const answer = await fetch(gateway.url)
    expect(answer.status).toBe(500)
    expect(await answer.text()).toBe('the header-mutation policy of this route failed')
  },
)

test('rematch looks for the route once more, and only once', async () => {
  let runs = 0
  const gateway = await start({
    type,
    onRequestHead: () => {
      runs += 1
      return 'rematch'
    },
  })
  expect((await fetch(gateway.url)).status).toBe(200)
  expect(runs).toBe(2)
})

describe('a policy that reads the body', () => {
  const reading = (replace: boolean): CompiledPolicy => ({
    type,
    requestBodyLimitBytes: 10,
    onRequestBody: (_context, body) =>
      replace ? Buffer.from(`${body.toString()} and more`) : undefined,
  })
  test('may replace it', async () => {
    const gateway = await start(reading(true))
    const answer = await fetch(gateway.url, { method: 'POST', body: 'text' })
    expect(await answer.json()).toMatchObject({
      body: 'text and more',
      headers: { 'content-length': '13' },
    })
  })
  test('gets an empty one where there is none', async () => {
    const gateway = await start(reading(false))
    expect((await fetch(gateway.url)).status).toBe(200)
  })
  test('refuses one that stops coming', async () => {
    const gateway = await start(reading(false))
    const { ingress } = gateway
    const config = createListener({ streamIdleTimeoutMs: 50 })
    gateway.ingress = { ...ingress, listener: { ...ingress.listener, config } }
    const answer = await exchangeBytes(
      gateway.port,
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nConnection: close\r\n\r\nhalf',
    )
    expect(answer).toContain(' 408 ')
    expect(gateway.attempts).toHaveLength(0)
  })
  test('refuses one above its limit, whether the length is announced or not', async () => {
    const gateway = await start(reading(false))
    const announced = await fetch(gateway.url, { method: 'POST', body: 'x'.repeat(11) })
    expect(announced.status).toBe(413)
    const body = new Blob(['x'.repeat(11)]).stream()
    const unknown = await fetch(gateway.url, {
      method: 'POST',
      body,
      duplex: 'half',
    } as RequestInit)
    expect(unknown.status).toBe(413)
    expect(await unknown.text()).toContain('larger than 10 bytes')
    expect(gateway.attempts).toEqual([])
  })
})

test('attempt hooks change the headers of the try; an error of theirs reaches no upstream', async () => {
  const gateway = await start({
    type,
    onAttempt: (_context, attempt) => {
      attempt.headers.set('authorization', `Bearer ${attempt.number}`)
      return undefined
    },
  })
  const answer = await fetch(gateway.url)
  expect(await answer.json()).toMatchObject({ headers: { authorization: 'Bearer 1' } })
  const refusing = await start({
    type,
    onAttempt: () => gatewayError('configuration-error', 'secret default/key is missing'),
  })
  const refused = await fetch(refusing.url)
  expect(refused.status).toBe(500)
  expect(await refused.text()).toBe('secret default/key is missing')
  expect(refusing.attempts).toEqual([])
})

test('response transforms see the body and may hold back its end', async () => {
  const gateway = await start({
    type,
    createResponseTransform: () => {
      let held = ''
      return {
        push: (chunk) => {
          held += chunk.toString()
          return Buffer.alloc(0)
        },
        end: () => Buffer.from(held.toUpperCase()),
      }
    },
  })
  const answer = await fetch(gateway.url, { method: 'POST', body: 'abc' })
  expect(await answer.text()).toContain('"BODY":"ABC"')
  expect(answer.headers.get('content-length')).toBeNull()
})

test.each(['onAttempt', 'onResponseHead'] as const)(
  'an %s hook that throws costs only its request',
  async (hook) => {
    const broken = () => {
      throw new Error('secret detail')
    }
    const gateway = await start({ type, [hook]: broken })
    const answer = await fetch(gateway.url)
    expect(answer.status).toBe(500)
    expect(await answer.text()).not.toContain('secret')
    expect(await gateway.record()).toMatchObject({ errorCode: 'internal' })
    expect(gateway.records).toHaveLength(1)
  },
)

test('the signal of a waiting hook is aborted when the client leaves', async () => {
  let aborted: (() => void) | undefined
  const abortion = new Promise<void>((resolve) => {
    aborted = resolve
  })
  let waiting: (() => void) | undefined
  const arrival = new Promise<void>((resolve) => {
    waiting = resolve
  })
  const gateway = await start({
    type,
    onRequestHead: (context) =>
      new Promise((resolve) => {
        waiting?.()
        context.signal.addEventListener('abort', () => {
          aborted?.()
          resolve(undefined)
        })
      }),
  })
  const controller = new AbortController()
  const answer = fetch(gateway.url, { signal: controller.signal }).catch(() => 'gone')
  await arrival
  controller.abort()
  await abortion
  expect(await answer).toBe('gone')
  expect(await gateway.record()).toMatchObject({ status: 0, attempts: 0 })
})
