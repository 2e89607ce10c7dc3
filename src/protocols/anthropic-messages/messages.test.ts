import { describe, expect, test } from 'vitest'
import { anthropicCountTokens, anthropicMessages } from './index.ts'

type Json = Record<string, unknown>

function read(json: Json) {
  const request = anthropicMessages.readRequest(json, '/v1/messages')
  if (request === undefined) throw new Error('not a request')
  return request
}

const sent = (json: Json, added: [string, string][], appended: [string, string][] = []) => {
  const request = read(json)
  const toMessage = ([role, content]: [string, string]) => ({ role, content })
  const done = request.addMessages(added.map(toMessage), appended.map(toMessage))
  expect(request.changed).toBe(done)
  return done ? JSON.parse(request.encode().toString()) : undefined
}

describe('a request', () => {
  test('shows all that the model reads, and who speaks', () => {
    const request = read({
      model: 'claude',
      system: [{ type: 'text', text: 'Be kind.', cache_control: { type: 'ephemeral' } }],
      messages: [
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm', signature: 'AAA' },
            { type: 'text', text: 'Look' },
            { type: 'tool_use', id: 't', name: 'look', input: { name: 'sky' } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: 'blue' }] },
            { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'page' } },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
          ],
        },
      ],
      tools: [{ name: 'look', description: 'Looks.', input_schema: { type: 'object' } }],
      stop_sequences: ['END'],
    })
    expect(
      request.texts().map(({ channel, role, text }) => `${channel} (${role}): ${text}`),
    ).toEqual([
      'request system (system): Be kind.',
      'message 0 content (user): Hi',
      'message 1 content 0 thinking (assistant): hm',
      'message 1 content (assistant): Look',
      'message 1 content 2 input name key (assistant): name',
      'message 1 content 2 input name (assistant): sky',
      'message 2 content 0 content (user): blue',
      'message 2 content 1 source data (user): page',
      'request tools 0 description (undefined): Looks.',
      'request tools 0 input_schema type (undefined): object',
    ])
  })

  test('gets system and developer texts behind its own, others around its messages', () => {
    const user = { role: 'user', content: 'q' }
    expect(
      sent(
        { system: 'own', messages: [user] },
        [
          ['DEVELOPER', 'd1'],
          ['SYSTEM', 's1'],
          ['USER', 'u1'],
        ],
        [
          ['system', 's2'],
          ['assistant', 'a1'],
        ],
      ),
    ).toEqual({
      system: 'own\ns1\ns2\nd1\n',
      messages: [{ role: 'user', content: 'u1' }, user, { role: 'assistant', content: 'a1' }],
    })
    expect(sent({ messages: [] }, [['system', 's']]).system).toBe('s\n')
    expect(sent({ system: [{ type: 'text', text: 'own' }] }, [['system', 's']]).system).toEqual([
      { type: 'text', text: 'own' },
      { type: 'text', text: 's\n' },
    ])
  })

  test('without messages gets none', () => {
    expect(sent({ messages: 'x' }, [['user', 'u']])).toBeUndefined()
    expect(
      sent({}, [
        ['system', 's'],
        ['user', 'u'],
      ]),
    ).toBeUndefined()
  })

  test('is made to stream, or not to', () => {
    const request = read({ stream: true, max_tokens: 9 })
    expect([request.setStreaming(true), request.changed, request.maxOutputTokens()]).toEqual([
      ...[false, false, 9],
    ])
    request.setStreaming(false)
    expect([request.streaming, request.changed]).toEqual([false, true])
  })

  test('of two spellings of a field cannot be read', () => {
    expect(anthropicMessages.readRequest({ System: 'x' }, '')).toBeUndefined()
  })
})

describe('a whole answer', () => {
  const answer = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-5',
    content: [
      { type: 'text', text: 'a' },
      { type: 'tool_use', id: 't', name: 'pay', input: { card: '5100', list: ['x'] } },
    ],
    stop_reason: 'tool_use',
    stop_sequence: null,
    usage: { input_tokens: 5, output_tokens: 7 },
  }

  test('shows its texts in the channels of a stream, and they can be replaced', () => {
    const response = anthropicMessages.readResponse(structuredClone(answer))
    expect(response.texts().map(({ channel, text }) => `${channel}: ${text}`)).toEqual([
      'content 0: a',
      'content 1 input 0: card',
      'content 1 input 1: 5100',
      'content 1 input 2: list',
      'content 1 input 3: x',
    ])
    for (const slot of response.texts()) slot.replace(`${slot.text}"`)
    const { content } = JSON.parse(response.encode().toString())
    expect(content).toMatchObject([
      { text: 'a"' },
      { input: { 'card"': '5100"', 'list"': ['x"'] } },
    ])
    expect([response.usage?.totalTokens, response.model, response.known]).toEqual([
      ...[12, 'claude-sonnet-4-5', true],
    ])
  })

  test('of an error shows its message, and of another form is not known', () => {
    const error = { type: 'error', error: { type: 'api_error', message: 'no' }, request_id: 'r' }
    const response = anthropicMessages.readResponse(error)
    expect(response.known).toBe(true)
    expect(response.texts().map(({ text }) => text)).toContain('no')
    expect(anthropicMessages.readResponse({ choices: [] }).known).toBe(false)
  })

  test('of counted tokens has no texts and no usage', () => {
    const response = anthropicCountTokens.readResponse({ input_tokens: 12 })
    expect([response.known, response.texts(), response.usage]).toEqual([true, [], undefined])
    expect(anthropicCountTokens.readResponse({ content: [] }).known).toBe(false)
  })
})
