import type { ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import type { ModelProvider } from '../../ir/model-provider.ts'
import { answerJson, completion, ModelFixture } from '../testing/model-fixture.ts'
import { maxHeldMs } from './answers/stream-opening.ts'

const ask = { model: 'first', messages: [{ role: 'user', content: 'Hi there' }], stream: true }
const modelCalls = { backupModels: ['second'] }

const data = (event: object) => `data: ${JSON.stringify(event)}\n\n`
const chunk = (delta: object) => data({ choices: [{ index: 0, delta }] })
const error = data({ error: { message: 'overloaded', type: 'server_error' } })
const comment = ': ping\n\n'
const role = chunk({ role: 'assistant', content: '' })

function startStream(response: ServerResponse, type = 'text/event-stream'): void {
  response.writeHead(200, { 'content-type': type })
}

/** Timers that go off by hand, but for those that only yield. */
function handTimers() {
  const waiting = new Map<number, { readonly delayMs: number; callback(): void }>()
  const listeners: ((delayMs: number) => void)[] = []
  let count = 0
  return {
    timers: {
      setTimeout(callback: () => void, delayMs: number): unknown {
        if (delayMs === 0) return setTimeout(callback, 0)
        count += 1
        waiting.set(count, { delayMs, callback })
        for (const listener of listeners) listener(delayMs)
        return count
      },
      clearTimeout: (timer: unknown) => void waiting.delete(timer as number),
    },
    delays: () => [...waiting.values()].map(({ delayMs }) => delayMs),
    goOff(delayMs: number): void {
      for (const timer of waiting.values()) if (timer.delayMs === delayMs) timer.callback()
    },
    untilSet: (delayMs: number) =>
      new Promise<void>((resolve) =>
        listeners.push((other) => {
          if (other === delayMs) resolve()
        }),
      ),
  }
}

describe('a stream that opens without content', () => {
  test.each([
    ['a comment', [comment]],
    ['an event that only begins', [role]],
    ['many of them', [comment, role, comment, ':\n\n']],
  ])('of %s is given up for a backup model when an error follows', async (_name, opening) => {
    const fixture = await ModelFixture.start({
      modelCalls,
      answer: (_request, response, index) => {
        if (index > 0) {
          answerJson(response, completion)
          return
        }
        startStream(response)
        for (const event of opening) response.write(event)
        setImmediate(() => response.end(error))
      },
    })
    expect(await (await fixture.post(ask)).json()).toEqual(completion)
    expect(fixture.seen).toHaveLength(2)
  })

  test('reaches the client whole when content follows', async () => {
    const events = [comment, role, chunk({ content: 'Hello' }), error]
    const fixture = await ModelFixture.start({
      modelCalls,
      answer: (_request, response) => {
        startStream(response)
        for (const event of events) response.write(event)
        response.end()
      },
    })
    expect(await (await fixture.post(ask)).text()).toBe(events.join(''))
    expect(fixture.seen).toHaveLength(1)
  })

  test('reaches the client whole when nothing follows', async () => {
    const fixture = await ModelFixture.start({
      modelCalls,
      answer: (_request, response) => {
        startStream(response)
        response.end(comment)
      },
    })
    expect(await (await fixture.post(ask)).text()).toBe(comment)
  })

  test('is held for some seconds, and no longer', async () => {
    const { timers, delays, goOff, untilSet } = handTimers()
    const held = untilSet(maxHeldMs)
    const answers: ServerResponse[] = []
    const fixture = await ModelFixture.start({
      ...{ modelCalls, timers },
      answer: (_request, response) => {
        answers.push(response)
        startStream(response)
        response.write(comment)
      },
    })
    const posted = fixture.post(ask)
    await held
    goOff(maxHeldMs)
    const answer = await posted
    expect(answer.status).toBe(200)
    answers[0]?.end(error)
    expect(await answer.text()).toBe(comment + error)
    expect([fixture.seen.length, delays().includes(maxHeldMs)]).toEqual([1, false])
  })

  test('is held up to a number of bytes', async () => {
    const long = `:${'x'.repeat(70_000)}\n\n`
    const fixture = await ModelFixture.start({
      modelCalls,
      answer: (_request, response) => {
        startStream(response)
        response.write(long)
        setImmediate(() => response.end(error))
      },
    })
    expect(await (await fixture.post(ask)).text()).toBe(long + error)
  })

  test('has answered in time: the time of a try is over', async () => {
    const { timers, delays, untilSet } = handTimers()
    const held = untilSet(maxHeldMs)
    const perTryTimeoutMs = 7_000
    const backOff = { backOffMinimumMs: 0, backOffBaseMs: 1, backOffMaxMs: 1 }
    const retry = { on: [], statusCodes: [], maxRetries: 0, perTryTimeoutMs, ...backOff }
    const answers: ServerResponse[] = []
    const tried = untilSet(perTryTimeoutMs)
    const fixture = await ModelFixture.start({
      ...{ modelCalls, timers },
      action: { retry: { ...retry, rateLimitHeaders: [], rateLimitMaxMs: 0 } },
      answer: (_request, response) => {
        answers.push(response)
        startStream(response)
        response.write(comment)
      },
    })
    const posted = fixture.post(ask)
    await tried
    await held
    expect(delays()).not.toContain(perTryTimeoutMs)
    answers[0]?.end(chunk({ content: 'late' }))
    expect(await (await posted).text()).toContain('late')
  })

  test('costs what was asked when the client leaves meanwhile', async () => {
    const { timers, delays, untilSet } = handTimers()
    const held = untilSet(maxHeldMs)
    const fixture = await ModelFixture.start({
      ...{ modelCalls, timers },
      answer: (_request, response) => {
        startStream(response)
        response.write(comment)
      },
    })
    const leaving = new AbortController()
    const posted = fetch(`${fixture.gateway.url}/openai`, {
      ...{ method: 'POST', body: JSON.stringify(ask), signal: leaving.signal },
    })
    await held
    leaving.abort()
    await expect(posted).rejects.toThrow()
    expect(await fixture.gateway.record()).toMatchObject({
      errorCode: 'client-closed',
      modelCall: { usage: { inputTokens: 2, outputTokens: 0, estimated: true } },
    })
    expect(delays()).not.toContain(maxHeldMs)
  })
})

const gemini: ModelProvider = {
  ...{ type: 'gemini', model: 'g2', apiVersion: 'v1beta', path: undefined },
  credential: { type: 'none' },
}

test('a stream that is an array of JSON and opens with an error is given up, too', async () => {
  const answer = { candidates: [{ index: 0, content: { parts: [{ text: 'Hi' }] } }] }
  const fixture = await ModelFixture.start({
    ...{ modelCalls, providers: [gemini] },
    answer: (_request, response, index) => {
      startStream(response, 'application/json')
      response.end(JSON.stringify([index === 0 ? { error: { code: 503, message: 'no' } } : answer]))
    },
  })
  const body = { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] }
  const path = '/v1beta/models/g:streamGenerateContent'
  expect(await (await fixture.post(body, path)).json()).toEqual([answer])
  expect(fixture.seen.map(({ url }) => url)).toEqual([
    '/v1beta/models/g2:streamGenerateContent',
    '/v1beta/models/second:streamGenerateContent',
  ])
})
