import { once } from 'node:events'
import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startRecordingUpstream } from '../../../harness/recording-upstream.ts'
import { readAccessLog } from '../../../harness/sluice-process.ts'
import { waitUntil } from '../../../harness/wait-until.ts'
import type { EdgeBench } from '../../gloo-edge/edge-bench.ts'
import { lastOf } from './ai-bench.ts'
import { ask, HeldModel, startLimited, withinOneDay } from './ai-token-bench.ts'

let model: HeldModel
beforeAll(async () => {
  model = await HeldModel.start()
  model.open()
})
afterAll(() => model.server?.close())

const requests = () => model.server?.requests ?? []
const says = (content: string, more: object = {}) => ({
  body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content }], ...more }),
})

describe('on a route to a language model, requestsPerUnit counts the tokens of what is sent', () => {
  let bench: EdgeBench
  beforeAll(async () => {
    bench = await startLimited(model, { budget: 70 })
  })
  afterAll(() => bench.stop())

  test('before the call, for each of whom the limit counts by, and the second prompt is too much', async () => {
    const poem = says(
      'Write a poem of four lines about the sea, the wind and the stars above it. '.repeat(2),
    )
    const { first, second, other } = await withinOneDay(async (user) => ({
      first: await ask(bench, user, poem),
      second: await ask(bench, user, poem),
      other: await ask(bench, `${user}-other`, poem),
    }))
    expect([first.status, second.status, other.status]).toEqual([200, 429, 200])
    expect([second.body, second.headers['x-envoy-ratelimited']]).toEqual(['', 'true'])
  })

  test('also of a text that is longer than a gateway thread counts itself', async () => {
    const text = 'a'.repeat(500_000)
    const before = requests().length
    expect((await ask(bench, 'long', says(text))).status).toBe(429)
    expect(requests()).toHaveLength(before)
  })

  test('also of an input that its client has made tokens of, each number as one', async () => {
    const embed = (numbers: number, user: string) => {
      const input = [Array(numbers).fill(83)]
      return ask(bench, user, {
        path: '/v1/embeddings',
        body: JSON.stringify({ model: 'text-embedding-3-small', input }),
      })
    }
    expect((await embed(71, 'numbers-more')).status).toBe(429)
    expect((await embed(70, 'numbers')).status).toBe(200)
  })

  const twice = '{"model":"m","messages":[],"messages":[{"role":"user","content":"much"}]}'
  test.each([
    [
      'compressed',
      { headers: { 'content-encoding': 'gzip' }, body: gzipSync(says('x').body) },
      415,
    ],
    ['of another type', { headers: { 'content-type': 'text/plain' }, ...says('x') }, 415],
    ['no JSON', { body: '{"messages": [' }, 400],
    ['ambiguous', { body: twice }, 400],
    ['for an endpoint that nobody knows', { path: '/v1/unheard-of', ...says('x') }, 404],
  ])('and a body that is %s is refused', async (_, parts, status) => {
    const before = requests().length
    const answer = await ask(bench, 'hidden', parts as Parameters<typeof ask>[2])
    expect(answer.status).toBe(status)
    expect(requests()).toHaveLength(before)
  })

  test('and a WebSocket, in which nothing can be counted, is refused', async () => {
    const answer = await ask(bench, 'socket', {
      ...{ method: 'GET', path: '/v1/realtime?model=gpt-4o', body: '' },
      headers: {
        ...{ connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
        'sec-websocket-key': Buffer.alloc(16).toString('base64'),
      },
    })
    expect(answer.status).toBeGreaterThanOrEqual(400)
  })
})

/** A call that streams; where it is let through, the first piece of its answer has come. */
async function openStream(bench: EdgeBench, user: string, maxTokens: number) {
  const call = request({
    ...{ host: bench.address, path: '/v1/chat/completions', method: 'POST', agent: false },
    headers: { host: 'limited.test', 'x-user': user, 'content-type': 'application/json' },
  })
  call.on('error', () => undefined)
  call.end(says('x', { stream: true, max_tokens: maxTokens }).body)
  const [response] = (await once(call, 'response')) as [IncomingMessage]
  if (response.statusCode === 200) await once(response, 'data')
  return { call, status: response.statusCode }
}

describe('what is set aside', () => {
  test('is what the client asks for, or a default that the provider is told', async () => {
    const annotations = {
      'sluice.dev/count': 'completion-tokens',
      'sluice.dev/default-max-tokens': '25',
    }
    const bench = await startLimited(model, { budget: 100, annotations })
    onTestFinished(() => bench.stop().then(() => undefined))
    const statuses = await withinOneDay(async (user) => [
      (await ask(bench, user, says('Hi', { max_tokens: 101 }))).status,
      (await ask(bench, user, says('Hi', { max_tokens: 100 }))).status,
      (await ask(bench, user, says('Hi'))).status,
    ])
    expect(statuses).toEqual([429, 200, 200])
    // Where a server only speaks like OpenAI it is told in the older word, which all of them know.
    if (model.server) expect(lastOf(model.server).json['max_tokens']).toBe(25)
  })

  test('is what the route says where the client says nothing, or is not asked', async () => {
    const annotations = { 'sluice.dev/count': 'completion-tokens' }
    const defaults = [
      { field: 'max_tokens', value: 40 },
      { field: 'n', value: 2, override: true },
    ]
    const bench = await startLimited(model, { budget: 100, annotations, ai: { defaults } })
    onTestFinished(() => bench.stop().then(() => undefined))
    const statuses = await withinOneDay(async (user) => [
      (await ask(bench, user, says('Hi', { max_tokens: 51, n: 1 }))).status,
      (await ask(bench, user, says('Hi'))).status,
    ])
    expect(statuses).toEqual([429, 200])
    if (model.server) expect(lastOf(model.server).json).toMatchObject({ max_tokens: 40, n: 2 })
  })

  test.each([
    ['is kept', {}, 429],
    [
      'is free again but for what has come, where that is asked for',
      { 'sluice.dev/cut-streams': 'counted' },
      200,
    ],
  ])('for a stream whose client leaves %s', async (_, cutStreams, status) => {
    const server = await startRecordingUpstream({ answer: beginStream })
    const annotations = { 'sluice.dev/count': 'completion-tokens', ...cutStreams }
    const bench = await startLimited({ server }, { budget: 100, annotations })
    onTestFinished(async () => {
      await bench.stop()
      await server.close()
    })
    const statuses = await withinOneDay(async (user) => {
      const allow = async (maxTokens: number) => {
        return (await ask(bench, user, says('x', { max_tokens: maxTokens }))).status
      }
      const { call } = await openStream(bench, user, 60)
      const during = await allow(98)
      call.destroy()
      const isOver = ({ error }: Record<string, unknown>) => error === 'client-closed'
      await waitUntil('the end of the stream', () =>
        Promise.resolve(readAccessLog(bench.sluice).some(isOver)),
      )
      const next = await openStream(bench, user, 97)
      next.call.destroy()
      return [during, await allow(98), next.status]
    })
    // Three tokens of the stream had come.
    expect(statuses).toEqual([429, 429, status])
  })
})

/** A stream that says three words and goes on. */
function beginStream(_: unknown, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const choices = [{ index: 0, delta: { role: 'assistant', content: 'one two three' } }]
  const event = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices }
  response.write(`data: ${JSON.stringify(event)}\n\n`)
}
