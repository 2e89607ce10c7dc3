import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Simulator } from '../../simulator.ts'
import { eventsOf, send, startTestSimulator } from '../../testing/client.ts'

const host = 'api.openai.com'
const chatPath = '/v1/chat/completions'
const question = {
  model: 'gpt-4o',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: [{ type: 'text', text: 'What is a reverse proxy?' }] },
  ],
}
let simulator: Simulator
beforeAll(async () => {
  simulator = await startTestSimulator()
})
afterAll(() => simulator.close())

const chat = (body: object, headers = {}) =>
  send(simulator, { host, path: chatPath, body, headers })
const usage = {
  prompt_tokens: expect.any(Number),
  completion_tokens: expect.any(Number),
  total_tokens: expect.any(Number),
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: 0,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
}

describe('a chat completion', () => {
  test('has the fields of the API', async () => {
    const reply = await chat(question)
    expect(reply.status).toBe(200)
    expect(reply.headers).toMatchObject({
      'content-type': 'application/json',
      'openai-version': '2020-10-01',
      'x-request-id': expect.stringMatching(/^req_[0-9a-f]{32}$/),
    })
    const answer = JSON.parse(reply.text)
    expect(answer).toEqual({
      id: expect.stringMatching(/^chatcmpl-[A-Za-z0-9]{29}$/),
      object: 'chat.completion',
      created: 1_795_176_000,
      model: 'gpt-4o',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: expect.stringMatching(/\w{3}/),
            refusal: null,
            annotations: [],
          },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage,
      service_tier: 'default',
      system_fingerprint: expect.stringMatching(/^fp_[0-9a-f]{10}$/),
    })
    const { prompt_tokens, completion_tokens, total_tokens } = answer.usage
    // "Be brief." is 3 tokens, the question 6; a message costs 4 more and the prompt 3.
    expect(prompt_tokens).toBe(3 + 6 + 2 * 4 + 3)
    expect(total_tokens).toBe(prompt_tokens + completion_tokens)
  })

  test('streams the same text in chunks, usage at the end when asked for', async () => {
    const whole = JSON.parse((await chat(question)).text)
    const reply = await chat({ ...question, stream: true, stream_options: { include_usage: true } })
    expect(reply.headers['content-type']).toBe('text/event-stream; charset=utf-8')
    expect(reply.text).toMatch(/^(?:data: \{[^\n]*\}\n\n)+data: \[DONE\]\n\n$/)
    const events = eventsOf(reply.text) as {
      choices: { delta: { content?: string }; finish_reason: string | null }[]
      usage: unknown
    }[]
    expect(events[0]).toEqual({
      id: whole.id,
      object: 'chat.completion.chunk',
      created: whole.created,
      model: 'gpt-4o',
      service_tier: 'default',
      system_fingerprint: whole.system_fingerprint,
      choices: [
        {
          index: 0,
          delta: { role: 'assistant', content: '', refusal: null },
          logprobs: null,
          finish_reason: null,
        },
      ],
      usage: null,
    })
    const text = events.map(({ choices }) => choices[0]?.delta.content ?? '').join('')
    expect(text).toBe(whole.choices[0].message.content)
    expect(events.at(-2)?.choices).toEqual([
      { index: 0, delta: {}, logprobs: null, finish_reason: 'stop' },
    ])
    expect(events.at(-1)).toMatchObject({ choices: [], usage: whole.usage })
    expect(events).toHaveLength(whole.usage.completion_tokens + 3)
  })

  test('streams without usage unless asked for', async () => {
    const reply = await chat({ ...question, stream: true })
    expect(reply.text).not.toContain('usage')
  })

  test('has as many choices as asked for, alike only without temperature', async () => {
    const warm = JSON.parse((await chat({ ...question, n: 3 })).text)
    const texts = warm.choices.map(
      (choice: { message: { content: string } }) => choice.message.content,
    )
    expect(new Set(texts).size).toBe(3)
    const cold = JSON.parse((await chat({ ...question, n: 2, temperature: 0 })).text)
    expect(cold.choices[0].message).toEqual(cold.choices[1].message)
    const streamed = eventsOf((await chat({ ...question, n: 3, stream: true })).text) as {
      choices: { index: number; delta: { content?: string } }[]
    }[]
    const second = streamed.flatMap(({ choices }) => choices).filter(({ index }) => index === 1)
    expect(second.map(({ delta }) => delta.content ?? '').join('')).toBe(texts[1])
  })

  test('ends at its limit and at a stop sequence', async () => {
    const full: string = JSON.parse((await chat(question)).text).choices[0].message.content
    const short = JSON.parse((await chat({ ...question, max_completion_tokens: 5 })).text)
    expect(short.choices[0].finish_reason).toBe('length')
    expect(short.usage.completion_tokens).toBe(5)
    expect(full.startsWith(short.choices[0].message.content)).toBe(true)
    const stop = full.split(' ')[3] ?? ''
    const stopped = JSON.parse((await chat({ ...question, stop })).text)
    expect(stopped.choices[0].finish_reason).toBe('stop')
    expect(stopped.choices[0].message.content).toBe(full.slice(0, full.indexOf(stop)))
  })
})

describe('a tool call', () => {
  const tools = [
    {
      type: 'function',
      function: {
        name: 'get_weather',
        description: 'Weather of a city',
        parameters: { type: 'object', properties: { city: { type: 'string' } } },
      },
    },
  ]
  const asking = {
    model: 'gpt-4o',
    messages: [{ role: 'user', content: 'What is the weather in Rome?' }],
    tools,
  }

  test('stands in the message', async () => {
    const answer = JSON.parse((await chat(asking)).text)
    expect(answer.choices[0]).toEqual({
      index: 0,
      message: {
        role: 'assistant',
        content: null,
        tool_calls: [
          {
            id: expect.stringMatching(/^call_[A-Za-z0-9]{24}$/),
            type: 'function',
            function: { name: 'get_weather', arguments: '{"city":"Rome"}' },
          },
        ],
        refusal: null,
        annotations: [],
      },
      logprobs: null,
      finish_reason: 'tool_calls',
    })
  })

  test('streams its arguments in parts', async () => {
    const events = eventsOf((await chat({ ...asking, stream: true })).text) as {
      choices: { delta: { tool_calls?: { function: { arguments: string } }[] } }[]
    }[]
    const parts = events.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])
    expect(parts[0]).toMatchObject({ index: 0, type: 'function', id: expect.any(String) })
    expect(parts.map((part) => part.function.arguments).join('')).toBe('{"city":"Rome"}')
    expect(events.at(-1)?.choices[0]).toMatchObject({ delta: {}, finish_reason: 'tool_calls' })
  })

  test('is answered with text once its result is there', async () => {
    const call = { id: 'call_1', type: 'function', function: { name: 'get_weather' } }
    const messages = [
      ...asking.messages,
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'call_1', content: '21 °C' },
    ]
    const answer = JSON.parse((await chat({ ...asking, messages })).text)
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'stop' })
  })
})

describe('a refused call', () => {
  const errorOf = async (body: object | string, headers = {}) => {
    const reply = await send(simulator, { host, path: chatPath, body, headers })
    return [reply.status, JSON.parse(reply.text).error]
  }

  test.each([['sk-without-scheme'], ['Bearer '], ['Basic abc'], ['Bearer two words']])(
    'has no well-formed key: %s',
    async (authorization) => {
      expect(await errorOf(question, { authorization })).toEqual([
        401,
        {
          message: expect.stringContaining("You didn't provide an API key"),
          type: 'invalid_request_error',
          param: null,
          code: null,
        },
      ])
    },
  )

  test.each([
    [{ messages: [] }, 'you must provide a model parameter', null],
    [{ model: 'm' }, "Missing required parameter: 'messages'.", 'messages'],
    [{ model: 'm', messages: [] }, "Invalid 'messages': empty array", 'messages'],
    [{ model: 'm', messages: 'hi' }, 'expected an array of objects, but got a string', 'messages'],
    [{ model: 'm', messages: [{}] }, "'messages[0].role'", 'messages[0].role'],
    [{ model: 'm', messages: [{ role: 'x' }] }, "Invalid value: 'x'", 'messages[0].role'],
    [{ model: 'm', messages: [{ role: 'user' }] }, 'but got null', 'messages[0].content'],
    [{ ...question, temperature: 3 }, 'Expected a value <= 2, but got 3 instead', 'temperature'],
    [{ ...question, n: 1.5 }, 'expected an integer, but got a decimal', 'n'],
    [{ ...question, max_tokens: 0 }, 'integer below minimum value', 'max_tokens'],
    [{ ...question, stream: 'yes' }, 'expected a boolean, but got a string', 'stream'],
    [{ ...question, stream_options: {} }, "only allowed when 'stream'", 'stream_options'],
    [
      { model: 'm', messages: [{ role: 'tool', content: 'x' }] },
      "Missing required parameter: 'messages[0].tool_call_id'",
      'messages[0].tool_call_id',
    ],
    [
      { model: 'm', messages: [{ role: 'tool', tool_call_id: '1', content: 'x' }] },
      "must be a response to a preceeding message with 'tool_calls'",
      'messages.[0].role',
    ],
    [{ ...question, tools: [{}] }, "'tools[0].function.name'", 'tools[0].function.name'],
    [{ ...question, tools: 'x' }, 'expected an array of objects', 'tools'],
    [{ ...question, stop: ['a', 'b', 'c', 'd', 'e'] }, 'array too long', 'stop'],
  ])('%j says what is wrong', async (body, message, param) => {
    const [status, error] = await errorOf(body)
    expect(status).toBe(400)
    expect(error).toMatchObject({ type: 'invalid_request_error', param })
    expect(error.message).toContain(message)
  })

  test('is no JSON', async () => {
    expect((await errorOf('{"model":'))[0]).toBe(400)
    expect(
      await errorOf(question, { 'content-type': 'application/x-www-form-urlencoded' }),
    ).toMatchObject([400, { message: 'you must provide a model parameter' }])
  })

  test('names a path or method that does not exist', async () => {
    const unknown = await send(simulator, { host, path: '/openai' })
    expect([unknown.status, JSON.parse(unknown.text).error.message]).toEqual([
      404,
      'Invalid URL (POST /openai)',
    ])
    expect((await send(simulator, { host, path: chatPath, method: 'GET' })).status).toBe(405)
  })
})

test('models are listed and found by id', async () => {
  const get = (path: string) => send(simulator, { host, path, method: 'GET' })
  const list = JSON.parse((await get('/v1/models')).text)
  expect(list.object).toBe('list')
  expect(list.data[0]).toEqual({
    id: 'gpt-4o',
    object: 'model',
    created: expect.any(Number),
    owned_by: 'system',
  })
  expect(JSON.parse((await get('/v1/models/gpt-4o')).text)).toEqual(list.data[0])
  const missing = await get('/v1/models/gpt-9')
  expect([missing.status, JSON.parse(missing.text).error.code]).toEqual([404, 'model_not_found'])
})
