import { generateKeyPairSync } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import type { ModelProvider } from '../../ir/model-provider.ts'
import type { RetryConfig } from '../../ir/route.ts'
import {
  answerJson,
  completion,
  ModelFixture,
  openAi,
  type SeenRequest,
} from '../testing/model-fixture.ts'

const ask = { model: 'first', messages: [{ role: 'user', content: 'Hi' }] }
const modelOf = ({ body }: SeenRequest): unknown => JSON.parse(body).model
const full = { error: { message: 'too many', type: 'requests' } }

function startStream(response: ServerResponse, ...events: readonly string[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const event of events) response.write(`data: ${event}\n\n`)
}

/** Tries nothing again. */
const onlyTryLimit = {
  ...{ on: [], statusCodes: [], maxRetries: 0, rateLimitHeaders: [], rateLimitMaxMs: 0 },
  ...{ backOffMinimumMs: 0, backOffBaseMs: 1, backOffMaxMs: 1 },
}

describe('backup models', () => {
  const modelCalls = { backupModels: ['second', 'third'] }

  test('are asked in their order, and the last answer goes to the client', async () => {
    const fixture = await ModelFixture.start({
      modelCalls,
      answer: (_request, response, index) => answerJson(response, { ...full, index }, 429),
    })
    const answer = await fixture.post(ask)
    expect([answer.status, await answer.json()]).toEqual([429, { ...full, index: 2 }])
    expect(fixture.seen.map(modelOf)).toEqual(['first', 'second', 'third'])
    expect(fixture.seen[2]?.body).toBe(JSON.stringify({ ...ask, model: 'third' }))
    expect(await fixture.gateway.record()).toMatchObject({
      attempts: 3,
      modelCall: { model: 'third' },
    })
  })

  test.each<[string, (response: ServerResponse) => void]>([
    ['is full', (response) => answerJson(response, full, 429)],
    ['is broken', (response) => answerJson(response, full, 500)],
    ['closes the connection', (response) => void response.destroy()],
    [
      'begins its stream with an error',
      (response) => {
        startStream(response, JSON.stringify(full))
        response.end()
      },
    ],
  ])('stand in when the model %s', async (_name, fail) => {
    const fixture = await ModelFixture.start({
      modelCalls,
      answer: (_request, response, index) => {
        if (index === 0) fail(response)
        else answerJson(response, completion)
      },
    })
    const answer = await fixture.post(ask)
    expect(await answer.json()).toEqual(completion)
    expect(fixture.seen.map(modelOf)).toEqual(['first', 'second'])
  })

  test('stand in when the model does not answer in time', async () => {
    const fixture = await ModelFixture.start({
      modelCalls,
      action: { timeoutMs: 100 },
      answer: (_request, response, index) => {
        if (index === 1) answerJson(response, completion)
      },
    })
    expect((await fixture.post(ask)).status).toBe(200)
    expect(fixture.seen.map(modelOf)).toEqual(['first', 'second'])
  })

  test('are not held to the time of the try before them', async () => {
    const tryLimitMs = 30_000
    const limits = new Set<unknown>()
    const timers = {
      setTimeout(callback: () => void, delayMs: number) {
        const timer = setTimeout(callback, delayMs)
        if (delayMs === tryLimitMs) limits.add(timer)
        return timer
      },
      clearTimeout(timer: unknown) {
        limits.delete(timer)
        clearTimeout(timer as NodeJS.Timeout)
      },
    }
    const seenLimits: number[] = []
    const fixture = await ModelFixture.start({
      modelCalls,
      timers,
      action: { timeoutMs: 100, retry: { ...onlyTryLimit, perTryTimeoutMs: tryLimitMs } },
      answer: (_request, response, index) => {
        seenLimits.push(limits.size)
        if (index === 1) answerJson(response, completion)
      },
    })
    expect((await fixture.post(ask)).status).toBe(200)
    expect(seenLimits).toEqual([1, 1])
    expect(limits.size).toBe(0)
  })

  test('stand in when a stream does not begin in time', async () => {
    const fixture = await ModelFixture.start({
      modelCalls,
      action: { retry: { ...onlyTryLimit, perTryTimeoutMs: 100 } },
      answer: (_request, response, index) => {
        if (index > 0) answerJson(response, completion)
        else response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
      },
    })
    expect(await (await fixture.post({ ...ask, stream: true })).json()).toEqual(completion)
    expect(fixture.seen.map(modelOf)).toEqual(['first', 'second'])
  })

  test('are not asked for what the client got wrong', async () => {
    const fixture = await ModelFixture.start({
      modelCalls,
      answer: (_request, response) => answerJson(response, full, 400),
    })
    expect((await fixture.post(ask)).status).toBe(400)
    expect(fixture.seen).toHaveLength(1)
  })

  test('are not asked once the client has seen something', async () => {
    const fixture = await ModelFixture.start({
      modelCalls,
      answer: (_request, response) => {
        startStream(response, JSON.stringify({ choices: [{ index: 0, delta: { content: 'a' } }] }))
        setImmediate(() => response.destroy())
      },
    })
    const answer = await fixture.post({ ...ask, stream: true })
    expect(answer.status).toBe(200)
    await expect(answer.text()).rejects.toThrow()
    expect(fixture.seen).toHaveLength(1)
  })
})

describe('pools in the order of their priority', () => {
  const retry: RetryConfig = {
    on: ['status-codes'],
    statusCodes: [429],
    maxRetries: 2,
    perTryTimeoutMs: undefined,
    backOffMinimumMs: 0,
    backOffBaseMs: 1,
    backOffMaxMs: 1,
    rateLimitHeaders: [],
    rateLimitMaxMs: 0,
  }
  const providers = ['big', 'middle', 'small'].map(
    (model) => ({ ...openAi, model }) as typeof openAi,
  )

  const modelsAsked = async (changes: Partial<RetryConfig>) => {
    const fixture = await ModelFixture.start({
      providers,
      action: { retry: { ...retry, ...changes } },
      answer: (_request, response) => answerJson(response, full, 429),
    })
    expect((await fixture.post(ask)).status).toBe(429)
    return fixture.seen.map(modelOf)
  }

  test('each retry goes to the next pool, and after the last to the first', async () => {
    expect(await modelsAsked({ maxRetries: 3, previousPrioritiesUpdateFrequency: 1 })).toEqual([
      'big',
      'middle',
      'small',
      'big',
    ])
  })

  test('one whose credential cannot be had is passed over', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
    const keyFile = JSON.stringify({ client_email: 'a@b.example', private_key: pem })
    const vertex = (model: string): ModelProvider => ({
      ...{ type: 'vertex-ai', model, apiVersion: 'v1', projectId: 'p', location: 'l' },
      ...{ publisher: 'google', modelPath: undefined, schema: 'gemini', path: undefined },
      credential: { type: 'none' },
    })
    const fixture = await ModelFixture.start({
      providers: [vertex('first'), vertex('second')],
      credentials: [
        { type: 'gcp-service-account', keyFile },
        { type: 'token', token: 'held' },
      ],
      action: {
        retry: { ...retry, on: ['connect-failure'], previousPrioritiesUpdateFrequency: 1 },
      },
    })
    expect((await fixture.post({ contents: [] })).status).toBe(200)
    expect(fixture.seen.map(({ url }) => url)).toEqual([expect.stringContaining('/models/second:')])
    expect((await fixture.gateway.record()).attempts).toBe(2)
  })

  test('each is asked at its own path', async () => {
    const fixture = await ModelFixture.start({
      providers,
      action: { retry: { ...retry, previousPrioritiesUpdateFrequency: 1 } },
      answer: (_request, response) => answerJson(response, full, 429),
    })
    await fixture.post(ask, '/a-name-of-the-route')
    expect(fixture.seen.map(({ url }) => url)).toEqual(Array(3).fill('/v1/chat/completions'))
  })

  test('a pool has as many tries as the configuration says', async () => {
    expect(await modelsAsked({ maxRetries: 3, previousPrioritiesUpdateFrequency: 2 })).toEqual([
      'big',
      'big',
      'middle',
      'middle',
    ])
  })

  test('without that option retries stay with the first pool', async () => {
    expect(await modelsAsked({})).toEqual(['big', 'big', 'big'])
  })

  test('a stream that opens with an error is tried elsewhere', async () => {
    const fixture = await ModelFixture.start({
      providers,
      action: { retry: { ...retry, previousPrioritiesUpdateFrequency: 1 } },
      answer: (_request, response, index) => {
        if (index > 0) answerJson(response, completion)
        else {
          startStream(response, JSON.stringify(full))
          response.end()
        }
      },
    })
    expect(await (await fixture.post({ ...ask, stream: true })).json()).toEqual(completion)
    expect(fixture.seen.map(modelOf)).toEqual(['big', 'middle'])
  })

  test('without retries nothing is tried again', async () => {
    const fixture = await ModelFixture.start({
      providers,
      answer: (_request, response) => answerJson(response, full, 429),
    })
    expect((await fixture.post(ask)).status).toBe(429)
    expect(fixture.seen).toHaveLength(1)
  })
})
