import { describe, expect, test } from 'vitest'
import { parseJson } from '../../../../lib/json/parse-json.ts'
import { modelRequest } from '../../testing/model-fixture.ts'
import { readWholePrompt } from './whole-prompt.ts'

const read = (json: Record<string, unknown>) => readWholePrompt(modelRequest(json))
const collect = (json: Record<string, unknown>) => {
  const { texts, extraTokens } = read(json)
  return [texts.join('|'), extraTokens]
}

test('of messages every key, text and number counts, and three tokens per message and for the answer', () => {
  const content = [{ type: 'text', text: 'b', detail: 3 }]
  const messages = [{ role: 'user', name: 'ann', content }]
  expect(collect({ model: 'm', messages, temperature: 1, user: 'ann' })).toEqual([
    ...['role|user|name|ann|content|type|text|text|b|detail|3', 3 + 1 + 3],
  ])
})

test.each([
  [{ contents: [{ role: 'user', parts: [{ text: 'a' }] }] }, 'user|a', 0],
  [{ input: 'a', prompt: 'b' }, 'a|b', 0],
  [{ input: [11, 12, 13] }, '', 3],
  [{ input: [[11], [12, 13]] }, '', 3],
  [{ system_instruction: { parts: [{ text: 's' }] }, contents: [] }, 's', 0],
  [
    { input: 'a', tools: [{ name: 'f', parameters: { long: 'text' } }] },
    'a|name|f|parameters|long|text',
    0,
  ],
  [{ messages: [], response_format: { schema: { enum: ['x'] } } }, 'schema|enum|x', 3],
  [{ input: 'a', text: { format: { schema: { title: 'x' } } } }, 'a|format|schema|title|x', 0],
  [{ messages: [], chat_template: 'long' }, 'long', 3],
  [{ messages: [], guided_json: '{}', metadata: { note: 'x' } }, '{}', 3],
  [{ query: 'a', documents: ['b'] }, 'a|b', 0],
  [
    { contents: [{ parts: [{ functionCall: { args: { 'long name': 1 } } }] }] },
    'functionCall|args|long name|1',
    0,
  ],
  [
    { messages: [{ input: { a: [[], [1, true, null], {}] } }] },
    'input|a|1|true|null',
    3 + 3 + 1 + 1 + 1 + 3 + 1,
  ],
  [{ messages: 'a' }, 'a', 0],
])('%j counts %s and %i', (json, texts, extraTokens) => {
  expect(collect(json)).toEqual([texts, extraTokens])
})

test('a number counts as it is written', () => {
  const parsed = parseJson(`{"tools":[{"enum":[${'9'.repeat(40)}]}]}`)
  if (!('value' in parsed)) throw new Error(parsed.problem)
  expect(collect(parsed.value as Record<string, unknown>)).toEqual([`enum|${'9'.repeat(40)}`, 1])
})

describe('a picture, a sound or a file counts apart', () => {
  const inMessage = (part: object) => ({ messages: [{ role: 'user', content: [part] }] })
  test.each([
    ['OpenAI', inMessage({ type: 'image_url', image_url: { url: 'https://pictures.example/1' } })],
    ['OpenAI', inMessage({ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } })],
    ['OpenAI', inMessage({ type: 'file', file: { file_id: 'file-1' } })],
    ['OpenAI', { messages: [{ role: 'assistant', audio: { id: 'audio-1' } }] }],
    [
      'OpenAI',
      { input: [{ content: [{ type: 'input_image', image_url: 'data:image/png;base64,AAAA' }] }] },
    ],
    ['OpenAI', { input: [{ content: [{ type: 'input_file', file_id: 'file-1' }] }] }],
    ['Mistral AI', inMessage({ type: 'document_url', document_url: 'https://a.example/1.pdf' })],
    ['vLLM', { prompt_embeds: 'AAAA' }],
    ['Anthropic', inMessage({ type: 'image', source: { type: 'base64', data: 'AAAA' } })],
    [
      'Anthropic',
      inMessage({ type: 'document', source: { type: 'url', url: 'https://a.example' } }),
    ],
    ['Anthropic', inMessage({ type: 'container_upload', file_id: 'file-1' })],
    ['Gemini', { contents: [{ parts: [{ inlineData: { data: 'AAAA' } }] }] }],
    ['Gemini', { contents: [{ parts: [{ file_data: { file_uri: 'gs://bucket/film' } }] }] }],
    ['Bedrock', inMessage({ image: { format: 'png', source: { bytes: 'AAAA' } } })],
    ['Bedrock', inMessage({ video: { source: { s3Location: { uri: 's3://bucket/film' } } } })],
  ])('in the words of %s: %j', (_, json) => {
    const { attachments, texts } = read(json)
    expect(attachments).toBe(1)
    expect(texts.join()).not.toMatch(/AAAA|example/)
  })

  test.each([
    inMessage({ type: 'document', source: { type: 'text', data: 'plain' } }),
    inMessage({ type: 'tool_use', input: { file: 'notes.txt', bytes: 3 } }),
    { tools: [{ name: 'f', parameters: { properties: { file_id: { type: 'string' } } } }] },
    { input: 'image_url' },
  ])('but not in %j', (json) => {
    expect(read(json).attachments).toBe(0)
  })
})

describe('what makes a model read more than the request holds is seen', () => {
  test.each([
    { previous_response_id: 'resp_1' },
    { chat_template: '{% for _ in range(9) %}{{ messages }}{% endfor %}' },
    { conversation: 'conv_1' },
    { cachedContent: 'cachedContents/1' },
    { prompt: { id: 'pmpt_1' } },
    { container: 'container_1' },
    { mcp_servers: [{ url: 'https://tools.example' }] },
    { web_search_options: {} },
    { data_sources: [{ type: 'azure_search' }] },
    { input: [{ type: 'item_reference', id: 'msg_1' }] },
    { input: [{ id: 'msg_1' }] },
    { tools: [{ type: 'function', name: 'f' }, { type: 'web_search' }] },
    { tools: [{ type: 'code_execution_20250825', name: 'code_execution' }] },
    { tools: [{ googleSearch: {} }] },
    { tools: [{ functionDeclarations: [], urlContext: {} }] },
    { toolConfig: { tools: [{ systemTool: { name: 'nova_grounding' } }] } },
  ])('in %j', (json) => {
    expect(read(json).unseen).toBeDefined()
  })

  test.each([
    { previous_response_id: null },
    { messages: [{ role: 'user', content: 'conversation' }], id: 'x' },
    { tools: [{ type: 'function', function: { name: 'f', parameters: { id: 'x' } } }] },
    {
      tools: [
        { name: 'f', input_schema: {} },
        { type: 'bash_20250124', name: 'bash' },
      ],
    },
    { tools: [{ functionDeclarations: [{ name: 'f' }] }] },
    { toolConfig: { tools: [{ toolSpec: { name: 'f', inputSchema: { json: {} } } }] } },
  ])('and nothing else: %j', (json) => {
    expect(read(json).unseen).toBeUndefined()
  })
})
