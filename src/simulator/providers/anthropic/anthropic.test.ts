import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Simulator } from '../../simulator.ts'
import { type Call, send, startTestSimulator } from '../../testing/client.ts'

const host = 'api.anthropic.com'
const question = {
  model: 'claude-sonnet-4-5',
  max_tokens: 500,
  system: 'Be brief.',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'What is a reverse proxy?' }] }],
}
const weather = {
  name: 'get_weather',
  description: 'Weather of a city',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}
const asking = {
  ...question,
  messages: [{ role: 'user', content: 'What is the weather in Rome?' }],
  tools: [weather],
}
let simulator: Simulator
beforeAll(async () => {
  simulator = await startTestSimulator()
})
afterAll(() => simulator.close())

const credentials = { 'x-api-key': 'sk-ant-test-0123456789', 'anthropic-version': '2023-06-01' }
const call = (rest: Omit<Call, 'host'>) =>
  send(simulator, { host, ...rest, headers: { ...credentials, ...rest.headers } })
const create = (body: object | string, headers = {}) =>
  call({ path: '/v1/messages', body, headers })
const message = async (body: object) => JSON.parse((await create(body)).text)

async function events(body: object) {
  const reply = await create({ ...body, stream: true })
  expect(reply.headers['content-type']).toBe('text/event-stream; charset=utf-8')
  return reply.text
    .trimEnd()
    .split('\n\n')
    .map((event) => {
      const [, name, data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(event) ?? []
      const value = JSON.parse(data)
      expect(value.type).toBe(name)
      return value
    })
}

describe('a message', () => {
  test('has the fields of the API', async () => {
    const reply = await create(question)
    expect(reply.headers['request-id']).toMatch(/^req_011\w{21}$/)
    expect(JSON.parse(reply.text)).toEqual({
      id: expect.stringMatching(/^msg_01\w{22}$/),
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-4-5',
      content: [{ type: 'text', text: expect.stringMatching(/\w{3}/) }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: {
        input_tokens: 3 + 6 + 2 * 3 + 4,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        output_tokens: expect.any(Number),
        service_tier: 'standard',
      },
    })
  })

  test('streams the same text event by event', async () => {
    const whole = await message(question)
    const streamed = await events(question)
    const types = streamed.map(({ type }) => type)
    expect(types.filter((type) => type !== 'content_block_delta')).toEqual([
      ...['message_start', 'content_block_start', 'ping'],
      ...['content_block_stop', 'message_delta', 'message_stop'],
    ])
    expect(streamed[0].message).toMatchObject({ id: whole.id, content: [], stop_reason: null })
    expect(streamed[1]).toMatchObject({ index: 0, content_block: { type: 'text', text: '' } })
    expect(streamed.map(({ delta }) => delta?.text ?? '').join('')).toBe(whole.content[0].text)
    expect(streamed.at(-2)).toEqual({
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: {
        input_tokens: whole.usage.input_tokens,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        output_tokens: whole.usage.output_tokens,
      },
    })
  })

  test('asks for a tool, whole and in parts', async () => {
    const whole = await message(asking)
    expect(whole).toMatchObject({
      stop_reason: 'tool_use',
      content: [
        {
          type: 'tool_use',
          id: expect.stringMatching(/^toolu_01\w{22}$/),
          name: 'get_weather',
          input: { city: 'Rome' },
        },
      ],
    })
    const streamed = await events(asking)
    expect(streamed[1].content_block).toEqual({ ...whole.content[0], input: {} })
    const json = streamed.map(({ delta }) => delta?.partial_json ?? '').join('')
    expect(json).toBe('{"city":"Rome"}')
  })

  test('is made of the result of a tool', async () => {
    const use = { type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: { city: 'Rome' } }
    const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: '21 °C' }
    const messages = [
      ...asking.messages,
      { role: 'assistant', content: [use] },
      { role: 'user', content: [result] },
    ]
    expect(await message({ ...asking, messages })).toMatchObject({ stop_reason: 'end_turn' })
  })

  test.each([
    [{ tools: [weather], tool_choice: { type: 'any' } }, 'tool_use'],
    [{ tools: [weather], tool_choice: { type: 'tool', name: 'get_weather' } }, 'tool_use'],
    [{ max_tokens: 3 }, 'max_tokens'],
  ])('with %j ends by %s', async (rest, reason) => {
    expect(await message({ ...question, ...rest })).toMatchObject({ stop_reason: reason })
  })

  test('names the sequence that stopped it', async () => {
    const messages = [{ role: 'user', content: 'Repeat exactly: one END two' }]
    expect(await message({ ...question, messages, stop_sequences: ['END'] })).toMatchObject({
      content: [{ type: 'text', text: 'one ' }],
      ...{ stop_reason: 'stop_sequence', stop_sequence: 'END' },
    })
  })
})

test('tokens are counted as a message counts them', async () => {
  const reply = await call({
    path: '/v1/messages/count_tokens',
    body: { ...asking, max_tokens: undefined },
  })
  const { usage } = await message(asking)
  expect(JSON.parse(reply.text)).toEqual({ input_tokens: usage.input_tokens })
})

test('models are listed and found by id', async () => {
  const get = async (path: string) => {
    const reply = await call({ path, method: 'GET' })
    return [reply.status, JSON.parse(reply.text)]
  }
  const [, list] = await get('/v1/models')
  expect(list).toMatchObject({ has_more: false, first_id: list.data[0].id })
  expect(await get(`/v1/models/${list.first_id}`)).toEqual([200, list.data[0]])
  expect(await get('/v1/models/claude-0')).toMatchObject([
    404,
    { error: { type: 'not_found_error', message: 'model: claude-0' } },
  ])
})

describe('the version of 2026', () => {
  const headers = { 'anthropic-version': '2026-10-21' }
  const ask = async (rest: object) => {
    const reply = await create({ ...question, ...rest }, headers)
    return [reply.status, JSON.parse(reply.text).error?.message]
  }

  test('takes the key as a bearer token', async () => {
    const reply = await send(simulator, {
      ...{ host, path: '/v1/messages', body: question },
      headers: { ...headers, authorization: 'Bearer sk-ant-0123' },
    })
    expect(reply.status).toBe(200)
  })

  test.each([['temperature'], ['top_p'], ['top_k']])('has no %s', async (name) => {
    expect(await ask({ [name]: 1 })).toEqual([400, `${name}: Extra inputs are not permitted`])
  })

  test('keeps documents to the user and citations to the assistant', async () => {
    const document = { type: 'document', source: { type: 'text', data: 'x' } }
    const text = { type: 'text', text: 'x', citations: [{}] }
    const messages = [...question.messages, { role: 'assistant', content: [document] }]
    expect(await ask({ messages })).toEqual([400, expect.stringContaining('messages.1.content.0')])
    expect(await ask({ messages: [{ role: 'user', content: [text] }] })).toEqual([
      400,
      expect.stringContaining('messages.0.content.0'),
    ])
    expect((await ask({ messages: [{ role: 'user', content: [document] }] }))[0]).toBe(200)
  })
})

describe('a refused call', () => {
  const refusal = async (body: object | string, headers = {}) => {
    const reply = await create(body, headers)
    const value = JSON.parse(reply.text)
    expect(value).toMatchObject({ type: 'error', request_id: reply.headers['request-id'] })
    return [reply.status, value.error.type, value.error.message]
  }

  test('has no key, one without form, or none that goes there', async () => {
    const post = async (headers: Record<string, string>) => {
      const reply = await send(simulator, { host, path: '/v1/messages', body: question, headers })
      return [reply.status, JSON.parse(reply.text).error]
    }
    expect(await post({ authorization: '' })).toEqual([
      401,
      { type: 'authentication_error', message: 'x-api-key header is required' },
    ])
    expect(await post({ authorization: 'Bearer sk-0123' })).toMatchObject([
      401,
      { message: 'Invalid bearer token' },
    ])
    expect(await post({ ...credentials, 'x-api-key': 'Bearer sk-ant-1' })).toMatchObject([
      401,
      { message: 'invalid x-api-key' },
    ])
  })

  test.each([
    ['', 'anthropic-version: header is required'],
    ['2023-06-01, 2023-06-01', '"2023-06-01, 2023-06-01" is not a valid version'],
  ])('has the version %j', async (version, text) => {
    const [status, type, said] = await refusal(question, { 'anthropic-version': version })
    expect([status, type]).toEqual([400, 'invalid_request_error'])
    expect(said).toContain(text)
  })

  test.each([
    [{ ...question, model: undefined }, 'model: Field required'],
    [{ ...question, max_tokens: undefined }, 'max_tokens: Field required'],
    [{ ...question, max_tokens: 0 }, 'greater than or equal to 1'],
    [{ ...question, temperature: 2 }, 'temperature: Input should be less than or equal to 1'],
    [{ ...question, stream: 'yes' }, 'stream: Input should be a valid boolean'],
    [{ ...question, stop_sequences: [' '] }, 'stop_sequences'],
    [{ ...question, system: 7 }, 'system: Input should be a valid list'],
    [{ ...question, messages: [] }, 'at least one message is required'],
    [{ ...question, messages: [{ role: 'system', content: 'x' }] }, 'Unexpected role "system"'],
    [{ ...question, messages: [{ role: 'user' }] }, 'messages.0.content: Field required'],
    [{ ...question, messages: [{ role: 'user', content: '' }] }, 'non-empty content'],
    [{ ...question, messages: [{ role: 'user', content: [{ type: 'x' }] }] }, "Input tag 'x'"],
    [{ ...question, tools: [{ name: 'a b' }] }, 'tools.0.custom.name'],
    [{ ...question, tools: [{ name: 'a' }] }, 'tools.0.custom.input_schema: Field required'],
  ])('%j says what is wrong', async (body, text) => {
    const [status, type, said] = await refusal(body)
    expect([status, type]).toEqual([400, 'invalid_request_error'])
    expect(said).toContain(text)
  })

  test('is no JSON, or goes where nothing is', async () => {
    expect((await refusal('{"model":'))[0]).toBe(400)
    const unknown = await call({ path: '/v1/complete', body: {} })
    expect([unknown.status, JSON.parse(unknown.text).error.type]).toEqual([404, 'not_found_error'])
  })

  test.each([
    [429, 'rate_limit_error'],
    [503, 'api_error'],
    [529, 'overloaded_error'],
  ])('fails on demand with %i %s', async (status, type) => {
    const reply = await create(question, { 'x-simulate-status': String(status) })
    expect([reply.status, JSON.parse(reply.text).error.type]).toEqual([status, type])
  })
})
