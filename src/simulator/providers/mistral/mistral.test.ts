import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Simulator } from '../../simulator.ts'
import { eventsOf, send, startTestSimulator } from '../../testing/client.ts'

const host = 'api.mistral.ai'
const chatPath = '/v1/chat/completions'
const question = {
  model: 'mistral-small-latest',
  messages: [{ role: 'user', content: 'What is a reverse proxy?' }],
}
let simulator: Simulator
beforeAll(async () => {
  simulator = await startTestSimulator()
})
afterAll(() => simulator.close())

const chat = (body: object | string, headers = {}) =>
  send(simulator, { host, path: chatPath, body, headers })
const usage = {
  prompt_tokens: expect.any(Number),
  total_tokens: expect.any(Number),
  completion_tokens: expect.any(Number),
}

describe('a chat completion', () => {
  test('has the fields of the API', async () => {
    const reply = await chat(question)
    expect(reply.status).toBe(200)
    expect(JSON.parse(reply.text)).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      created: 1_795_176_000,
      model: 'mistral-small-latest',
      usage,
      object: 'chat.completion',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', tool_calls: null, content: expect.stringMatching(/\w{3}/) },
          finish_reason: 'stop',
        },
      ],
    })
  })

  test('streams the same text, usage in the last chunk unasked', async () => {
    const whole = JSON.parse((await chat(question)).text)
    const reply = await chat({ ...question, stream: true })
    expect(reply.text).toMatch(/^(?:data: \{[^\n]*\}\n\n)+data: \[DONE\]\n\n$/)
    const events = eventsOf(reply.text) as { choices: { delta: { content: string } }[] }[]
    expect(events[0]).toEqual({
      id: whole.id,
      object: 'chat.completion.chunk',
      created: whole.created,
      model: 'mistral-small-latest',
      choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }],
    })
    expect(events.at(-1)).toMatchObject({
      choices: [{ index: 0, delta: { content: '' }, finish_reason: 'stop' }],
      usage: whole.usage,
    })
    expect(events.map(({ choices }) => choices[0]?.delta.content).join('')).toBe(
      whole.choices[0].message.content,
    )
  })

  test('has several choices and ends at its limit', async () => {
    const answer = JSON.parse((await chat({ ...question, n: 2, max_tokens: 4 })).text)
    expect(answer.choices.map((choice: { finish_reason: string }) => choice.finish_reason)).toEqual(
      ['length', 'length'],
    )
    expect(answer.usage.completion_tokens).toBe(8)
  })
})

test('a tool call stands in the message, and comes whole in a stream', async () => {
  const parameters = { type: 'object', properties: { city: { type: 'string' } } }
  const declared = { name: 'get_weather', description: 'Weather of a city', parameters }
  const asking = {
    ...question,
    messages: [{ role: 'user', content: 'Weather in Rome?' }],
    tools: [{ type: 'function', function: declared }],
  }
  const call = {
    id: expect.stringMatching(/^[A-Za-z0-9]{9}$/),
    type: 'function',
    function: { name: 'get_weather', arguments: '{"city":"Rome"}' },
    index: 0,
  }
  expect(JSON.parse((await chat(asking)).text).choices[0]).toEqual({
    index: 0,
    message: { role: 'assistant', tool_calls: [call], content: '' },
    finish_reason: 'tool_calls',
  })
  const last = eventsOf((await chat({ ...asking, stream: true })).text).at(-1)
  expect(last).toMatchObject({
    choices: [{ delta: { tool_calls: [call] }, finish_reason: 'tool_calls' }],
  })
})

describe('a refused call', () => {
  test('has no well-formed key', async () => {
    const reply = await chat(question, { authorization: 'abc' })
    expect([reply.status, reply.text]).toEqual([401, '{"detail":"Unauthorized"}'])
  })

  test.each([
    [{ messages: question.messages }, 'missing', ['body', 'model']],
    [{ model: 'm' }, 'missing', ['body', 'messages']],
    [{ ...question, stream_options: {} }, 'extra_forbidden', ['body', 'stream_options']],
    [{ ...question, model: 5 }, 'string_type', ['body', 'model']],
    [{ ...question, messages: 'hi' }, 'list_type', ['body', 'messages']],
    [{ ...question, messages: [] }, 'too_short', ['body', 'messages']],
    [
      { ...question, messages: [{ role: 'developer' }] },
      'union_tag_invalid',
      ['body', 'messages', 0],
    ],
    [
      { ...question, messages: [{ role: 'user' }] },
      'string_type',
      ['body', 'messages', 0, 'user', 'content'],
    ],
    [{ ...question, temperature: 2 }, 'less_than_equal', ['body', 'temperature']],
    [{ ...question, top_p: -1 }, 'greater_than_equal', ['body', 'top_p']],
    [{ ...question, max_tokens: '9' }, 'int_type', ['body', 'max_tokens']],
    [{ ...question, stream: 1 }, 'bool_type', ['body', 'stream']],
    [{ ...question, stop: [''] }, 'string_type', ['body', 'stop']],
  ])('%j names the field', async (body, type, loc) => {
    const reply = await chat(body)
    expect(reply.status).toBe(422)
    expect(JSON.parse(reply.text)).toEqual({
      object: 'error',
      message: { detail: [expect.objectContaining({ type, loc, msg: expect.any(String) })] },
      type: 'invalid_request_error',
      param: null,
      code: null,
      raw_status_code: 422,
    })
  })

  test('is no JSON', async () => {
    expect((await chat('{"model":')).text).toContain('json_invalid')
    expect((await chat(question, { 'content-type': 'text/plain' })).text).toContain(
      'valid dictionary',
    )
  })

  test('names a path or method that does not exist', async () => {
    expect((await send(simulator, { host, path: '/mistralai' })).status).toBe(404)
    expect((await send(simulator, { host, path: chatPath, method: 'GET' })).status).toBe(405)
  })

  test('fails on demand with the error object', async () => {
    const reply = await chat(question, { 'x-simulate-status': '429' })
    expect(JSON.parse(reply.text)).toMatchObject({ object: 'error', type: 'rate_limited' })
    expect(reply.headers['retry-after']).toBe('1')
  })
})

test('embeddings have the fields of the API', async () => {
  const embeddings = async (body: object) =>
    JSON.parse((await send(simulator, { host, path: '/v1/embeddings', body })).text)
  const answer = await embeddings({ model: 'mistral-embed', input: ['first text'] })
  expect(answer).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{32}$/),
    object: 'list',
    data: [{ object: 'embedding', embedding: expect.any(Array), index: 0 }],
    model: 'mistral-embed',
    usage: { prompt_tokens: 2, total_tokens: 2, completion_tokens: 0 },
  })
  expect(answer.data[0].embedding).toHaveLength(1024)
  const wrong = await embeddings({ model: 'mistral-embed', inputs: 'x', output_dimension: 'y' })
  expect(wrong.message.detail.map(({ loc }: { loc: unknown }) => loc)).toEqual([
    ['body', 'input'],
    ['body', 'inputs'],
    ['body', 'output_dimension'],
  ])
})

test('models are listed and found by id', async () => {
  const get = (path: string) => send(simulator, { host, path, method: 'GET' })
  const list = JSON.parse((await get('/v1/models')).text)
  expect(list.data[0]).toMatchObject({
    id: 'mistral-large-latest',
    object: 'model',
    owned_by: 'mistralai',
    capabilities: { completion_chat: true },
    max_context_length: 131_072,
    aliases: [],
    deprecation: null,
  })
  expect(JSON.parse((await get('/v1/models/mistral-large-latest')).text)).toEqual(list.data[0])
  expect((await get('/v1/models/none')).status).toBe(404)
})
