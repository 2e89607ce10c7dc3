import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Simulator } from '../../simulator.ts'
import { eventsOf, send, startTestSimulator } from '../../testing/client.ts'

const host = 'my-resource.openai.azure.com'
const deployment = '/openai/deployments/my-gpt'
const version = '?api-version=2024-10-21'
const question = { messages: [{ role: 'user', content: 'What is a reverse proxy?' }] }
const key = { 'api-key': '0123456789abcdef0123456789abcdef' }
let simulator: Simulator
beforeAll(async () => {
  simulator = await startTestSimulator()
})
afterAll(() => simulator.close())

async function post(path: string, body: unknown, headers: Record<string, string> = key) {
  const reply = await send(simulator, { host, path, body, headers })
  return { ...reply, value: () => JSON.parse(reply.text) }
}

describe('a deployment', () => {
  test('answers chats as OpenAI does, with what the content filter found', async () => {
    const reply = await post(`${deployment}/chat/completions${version}`, question)
    expect(reply.headers['apim-request-id']).toBeDefined()
    expect(reply.value()).toMatchObject({
      object: 'chat.completion',
      model: 'my-gpt',
      choices: [
        {
          message: { role: 'assistant' },
          content_filter_results: { violence: { filtered: false, severity: 'safe' } },
        },
      ],
      prompt_filter_results: [{ prompt_index: 0 }],
      usage: { prompt_tokens: 6 + 4 + 3 },
    })
  })

  test('streams, its first chunk about the prompt', async () => {
    const path = `${deployment}/chat/completions${version}`
    const whole = (await post(path, question)).value()
    const { text } = await post(path, { ...question, stream: true })
    const events = eventsOf(text) as { choices: { delta: { content?: string } }[] }[]
    expect(events[0]).toMatchObject({ choices: [], prompt_filter_results: [{ prompt_index: 0 }] })
    const streamed = events.map(({ choices }) => choices[0]?.delta.content ?? '').join('')
    expect(streamed).toBe(whole.choices[0].message.content)
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
  })

  test('makes embeddings', async () => {
    const { data } = (await post(`${deployment}/embeddings${version}`, { input: 'x' })).value()
    expect(data[0].embedding).toHaveLength(1536)
  })

  test.each([
    ['/openai/v1/chat/completions', { ...question, model: 'my-gpt' }, 'chat.completion'],
    ['/openai/v1/responses', { model: 'my-gpt', input: 'Hello' }, 'response'],
    [`/openai/responses${version}`, { model: 'my-gpt', input: 'Hello' }, 'response'],
  ])('is named by the body at %s', async (path, body, object) => {
    expect((await post(path, body)).value()).toMatchObject({ object, model: 'my-gpt' })
  })
})

describe('a refused call', () => {
  test.each([
    [{}],
    [{ 'api-key': 'Bearer 0123456789' }],
    [{ authorization: 'Bearer 0123456789abcdef' }],
  ])('has no key and no token of the directory: %j', async (headers) => {
    const reply = await post(`${deployment}/chat/completions${version}`, question, headers)
    expect([reply.status, reply.value()]).toEqual([
      401,
      { error: { code: '401', message: expect.stringContaining('invalid subscription key') } },
    ])
  })

  test('is none with a token of the directory', async () => {
    const headers = { authorization: 'Bearer eyJh.eyJi.c2ln' }
    const reply = await post(`${deployment}/chat/completions${version}`, question, headers)
    expect(reply.status).toBe(200)
  })

  test.each([
    [`${deployment}/chat/completions`],
    [`${deployment}/chat/completions?api-version=latest`],
    [`${deployment}/paintings${version}`],
    ['/v1/chat/completions'],
  ])('%s is nowhere', async (path) => {
    const reply = await post(path, question)
    expect([reply.status, reply.value()]).toEqual([
      404,
      { error: { code: '404', message: 'Resource not found' } },
    ])
  })

  test('has a body that the model refuses', async () => {
    const reply = await post(`${deployment}/chat/completions${version}`, { messages: [] })
    expect([reply.status, reply.value().error.code]).toEqual([400, 'empty_array'])
  })

  test('fails on demand with the provider’s own error', async () => {
    const headers = { ...key, 'x-simulate-status': '429' }
    const reply = await post(`${deployment}/chat/completions${version}`, question, headers)
    expect([reply.status, reply.value().error.code]).toEqual([429, '429'])
  })
})
