import { describe, expect, test } from 'vitest'
import { openAiResponses } from './index.ts'

type Json = Record<string, unknown>

function read(json: Json) {
  const request = openAiResponses.readRequest(json, '/v1/responses')
  if (request === undefined) throw new Error('not a request')
  return request
}

const say = (json: Json) =>
  read(json)
    .texts()
    .map(({ channel, role, text }) => `${channel} (${role}): ${text}`)

describe('a request', () => {
  test('shows instructions, items of every kind, prompts and tools', () => {
    expect(
      say({
        model: 'm',
        instructions: 'Be kind.',
        input: [
          { role: 'USER', content: 'a' },
          {
            type: 'message',
            role: 'user',
            content: [
              { type: 'input_text', text: 'b' },
              { type: 'input_image', image_url: 'data:image/png;base64,AA' },
              { type: 'input_text', text: 'c' },
            ],
          },
          { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{"x":"d"}' },
          { type: 'function_call_output', call_id: 'c1', output: 'e' },
          {
            type: 'reasoning',
            summary: [{ type: 'summary_text', text: 'f' }],
            encrypted_content: 'A',
          },
        ],
        prompt: { id: 'p', variables: { who: 'g' } },
        tools: [{ type: 'function', name: 'f', description: 'h' }],
        metadata: { team: 'z' },
      }),
    ).toEqual([
      'request instructions (system): Be kind.',
      'input 0 content (user): a',
      'input 1 content (user): b',
      'input 1 content (user): c',
      'input 2 arguments 0 (assistant): x',
      'input 2 arguments 1 (assistant): d',
      'input 3 output (tool): e',
      'input 4 summary (assistant): f',
      'request prompt variables who (undefined): g',
      'request tools 0 description (undefined): h',
    ])
    expect(say({ input: 'a' })).toEqual(['input (user): a'])
  })

  test('gets messages around its input', () => {
    const text = read({ input: 'q' })
    const system = { role: 'system', content: 's' }
    expect(text.addMessages([{ role: 'SYSTEM', content: 's' }], [])).toBe(true)
    expect(text.json['input']).toEqual([system, { role: 'user', content: 'q' }])
    const items = read({ input: [] })
    expect(items.addMessages([], [system])).toBe(true)
    expect(items.json['input']).toEqual([system])
    expect(read({}).addMessages([system], [])).toBe(false)
  })

  test('is made to stream and limited', () => {
    const request = read({ max_output_tokens: 9 })
    expect([request.maxOutputTokens(), request.setStreaming(true), request.streaming]).toEqual([
      ...[9, false, true],
    ])
  })
})

test('a whole answer shows its texts in the channels of a stream, and nothing it repeats', () => {
  const answer = openAiResponses.readResponse({
    object: 'response',
    model: 'm',
    instructions: 'Be kind.',
    output: [
      {
        type: 'message',
        content: [
          {
            type: 'output_text',
            text: 'a',
            annotations: [{ title: 't' }],
            logprobs: [{ token: 'a' }],
          },
          { type: 'refusal', refusal: 'b' },
        ],
      },
      { type: 'mcp_call', name: 'f', arguments: '{"x":"c"}', output: 'd' },
      { type: 'reasoning', content: [{ type: 'reasoning_text', text: 'e' }] },
    ],
    output_messages: [{ type: 'raw_message_tokens', tokens: [1, 2] }],
    usage: { input_tokens: 1, output_tokens: 2 },
  })
  expect(answer.texts().map(({ channel, text }) => `${channel}: ${text}`)).toEqual([
    'output 0 output_text 0: a',
    'output 0 output_text 0 annotations 0 title: t',
    'output 0 refusal 1: b',
    'output 1 mcp_call_arguments 0: x',
    'output 1 mcp_call_arguments 1: c',
    'output 1 output: d',
    'output 2 reasoning_text 0: e',
  ])
  expect([answer.known, answer.usage?.totalTokens, answer.model]).toEqual([true, 3, 'm'])
  answer.dropRepetitions()
  expect(answer.encode().toString()).toContain('"logprobs":[]')
  expect(answer.encode().toString()).toContain('"output_messages":[]')
  expect(openAiResponses.readResponse({ choices: [] }).known).toBe(false)
})
