import { describe, expect, test } from 'vitest'
import { readJsonObject } from '../../lib/json/read-json-object.ts'
import type { ModelRequest } from '../../llm/model-request.ts'
import { mistralChat, openAiChat } from './index.ts'

const path = '/v1/chat/completions'

function read(json: unknown, format = openAiChat): ModelRequest {
  const body = readJsonObject(Buffer.from(typeof json === 'string' ? json : JSON.stringify(json)))
  if ('problem' in body) throw new Error(body.problem)
  const request = format.readRequest(body.json, path)
  if (request === undefined) throw new Error('not a request')
  return request
}

const say = (request: ModelRequest) =>
  request.texts().map(({ channel, role, text }) => `${channel} (${role}): ${text}`)
const sent = (request: ModelRequest) => JSON.parse(request.encode().toString())

const conversation = {
  model: 'gpt-4o-mini',
  messages: [
    { role: 'SYSTEM', content: 'Be kind.' },
    {
      role: 'user',
      name: 'ann',
      content: [
        { type: 'text', text: 'What is ' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
        { type: 'text', text: 'this?' },
        { type: 'input_audio', input_audio: { data: 'BBBB', format: 'wav' } },
      ],
    },
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        {
          id: 'c1',
          type: 'function',
          function: { name: 'look', arguments: '{"at":"sky","n":1.0}' },
        },
      ],
    },
    { role: 'tool', tool_call_id: 'c1', content: 'blue' },
  ],
  tools: [
    {
      type: 'function',
      function: {
        name: 'look',
        description: 'Looks somewhere.',
        parameters: { type: 'object', properties: { id: { description: 'where' } } },
      },
    },
  ],
  stop: ['END'],
  user: 'u-1',
}

describe('texts of a request', () => {
  test('are all that the model reads, and say who speaks', () => {
    expect(say(read(conversation))).toEqual([
      'message 0 content (system): Be kind.',
      'message 1 name (user): ann',
      'message 1 content (user): What is ',
      'message 1 content (user): this?',
      'message 2 tool_calls 0 arguments 0 (assistant): at',
      'message 2 tool_calls 0 arguments 1 (assistant): sky',
      'message 2 tool_calls 0 arguments 2 (assistant): n',
      'message 3 content (tool): blue',
      'request tools 0 function description (undefined): Looks somewhere.',
      'request tools 0 function parameters type (undefined): object',
      'request tools 0 function parameters properties id key (undefined): id',
      'request tools 0 function parameters properties id description (undefined): where',
    ])
  })

  test('are found also where a body has them in another shape', () => {
    expect(
      say(read({ messages: ['a', { role: 1, content: { x: 'b' } }], extra: { y: 'c' } })),
    ).toEqual([
      'message 0 (undefined): a',
      'message 1 content x (undefined): b',
      'request extra y (undefined): c',
    ])
    expect(say(read({ messages: { role: 'user', content: 'a' } }))).toEqual([
      'request messages content (undefined): a',
    ])
  })

  test('go back to where they stood', () => {
    const request = read(conversation)
    for (const slot of request.texts()) slot.replace(slot.text.toUpperCase())
    expect(request.changed).toBe(true)
    const { messages } = sent(request)
    expect(messages[1].content[2].text).toBe('THIS?')
    expect(messages[2].tool_calls[0].function.arguments).toBe('{"AT":"SKY","N":1.0}')
    expect(request.messages()[0]).toEqual({ role: 'system', content: 'BE KIND.' })
  })

  test('cannot hide in fields that hold names or bytes', () => {
    const call = { id: 'c 1', type: 'function', function: { name: 'b c', arguments: '' } }
    const part = { type: 'input_audio', input_audio: { data: 'd e', format: 'wav' } }
    const image = { type: 'image_url', image_url: { url: 'data:,f g' } }
    const messages = [{ role: 'a\na', content: [part, image], tool_calls: [call] }]
    expect(
      read({ messages })
        .texts()
        .map(({ text }) => text),
    ).toEqual(['a\na', 'd e', 'data:,f g', 'c 1', 'b c'])
  })

  test('cannot hide in the names of parameters', () => {
    const properties = { 'my card': { description: 'my card', minimum: 1.5 }, other: {} }
    const parameters = { type: 'object', properties }
    const request = read({ messages: [], tools: [{ type: 'function', function: { parameters } }] })
    for (const slot of request.texts()) slot.replace(slot.text.replace('my card', 'X'))
    expect(sent(request).tools[0].function.parameters).toEqual({
      type: 'object',
      properties: { X: { description: 'X', minimum: 1.5 }, other: {} },
    })
    const again = request.texts().map(({ text }) => text)
    expect(again).toEqual(['object', 'other', 'X', 'X'])
  })

  test('of names and of what stands under them are masked in any order', () => {
    const parameters = { 'a a': 'b b' }
    for (const order of [0, 1]) {
      const request = read({
        messages: [],
        tools: [{ function: { parameters: { ...parameters } } }],
      })
      const slots = request.texts()
      for (const slot of order === 0 ? slots : slots.toReversed()) slot.replace('X')
      expect(sent(request).tools[0].function.parameters).toEqual({ X: 'X' })
    }
  })

  test('cannot hide behind another case of letters', () => {
    for (const key of ['Messages', 'MODEL', 'Tools', 'me\u017fsages', 'Max_Tokens', 'N']) {
      expect(openAiChat.readRequest({ messages: [], [key]: [] }, path)).toBeUndefined()
    }
  })
})

test('a request that some provider may read as more answers than it says is not read', () => {
  for (const n of ['5', 2.5, -1, [5]]) {
    expect(openAiChat.readRequest({ messages: [], n }, path)).toBeUndefined()
  }
  expect(openAiChat.readRequest({ messages: [], n: null }, path)?.choiceCount()).toBe(1)
})

test.each([
  [{ max_tokens: 5, max_completion_tokens: 7 }, 7],
  [{ max_tokens: 5, max_completion_tokens: '700' }, undefined],
  [{ max_tokens: 5, max_completion_tokens: null }, 5],
  [{}, undefined],
])('%j limits the answer to %s tokens', (limits, tokens) => {
  expect(read({ messages: [], ...limits }).maxOutputTokens()).toBe(tokens)
})

describe('changing a request', () => {
  test('sorts keys and keeps numbers as they are written', () => {
    const request = read('{"top_p":1.0,"seed":12345678901234567890,"messages":[],"model":"m"}')
    request.setModel('other')
    expect(request.changed).toBe(false)
    expect(request.encode().toString()).toBe(
      '{"messages":[],"model":"other","seed":12345678901234567890,"top_p":1.0}',
    )
  })

  test('puts messages before and after the client’s, roles in lower case', () => {
    const request = read({ messages: [{ role: 'user', content: 'b' }] })
    const added = request.addMessages(
      [
        { role: 'SYSTEM', content: 'a1' },
        { role: 'system', content: 'a2' },
      ],
      [{ role: 'User', content: 'c' }],
    )
    expect(added).toBe(true)
    expect(request.messages().map(({ role, content }) => role + content)).toEqual([
      ...['systema1', 'systema2', 'userb', 'userc'],
    ])
    for (const json of [{}, { messages: 'x' }]) {
      const other = read(json)
      expect(other.addMessages([{ role: 'user', content: 'a' }], [])).toBe(false)
      expect(other.changed).toBe(false)
    }
  })

  test('asks for usage in streams and says whether the client did not', () => {
    const plain = read({ stream: true, stream_options: { x: 1 } })
    expect(plain.streaming).toBe(true)
    expect(plain.setStreaming(true)).toBe(true)
    expect(sent(plain)).toEqual({ stream: true, stream_options: { include_usage: true, x: 1 } })
    const asking = read({ stream: true, stream_options: { include_usage: true } })
    expect(asking.setStreaming(true)).toBe(false)
    expect(asking.changed).toBe(false)
    const whole = read({ stream: true, stream_options: {} })
    expect(whole.setStreaming(false)).toBe(false)
    expect(sent(whole)).toEqual({ stream: false })
  })

  test('leaves out of a request to Mistral what Mistral refuses', () => {
    const request = read({}, mistralChat)
    expect(request.setStreaming(true)).toBe(false)
    request.setMaxOutputTokens(5)
    expect(sent(request)).toEqual({ max_tokens: 5, stream: true })
  })

  test('knows how much may be answered, and sets it where the client did', () => {
    expect(read({}).maxOutputTokens()).toBeUndefined()
    expect(read({ max_tokens: '7' }).maxOutputTokens()).toBeUndefined()
    const request = read({ max_tokens: 7, n: 3 })
    expect([request.maxOutputTokens(), request.choiceCount()]).toEqual([7, 3])
    request.setMaxOutputTokens(5)
    expect(sent(request)).toEqual({ max_tokens: 5, n: 3 })
    const silent = read({ n: 0 })
    expect(silent.choiceCount()).toBe(1)
    silent.setMaxOutputTokens(5)
    expect(sent(silent)).toEqual({ max_completion_tokens: 5, n: 0 })
  })
})

test.each([
  [{ prompt_token_ids: [1, 2] }, 2],
  [{ input_ids: [[1], [2, 3]] }, 3],
  [{ kv_transfer_params: { prompt_token_ids: [1] } }, 1],
  [{ stop_token_ids: [1] }, 0],
])('tokens that stand in for the messages are counted: %j', (fields, count) => {
  expect(read({ ...conversation, ...fields }).tokenNumbers()).toBe(count)
})
