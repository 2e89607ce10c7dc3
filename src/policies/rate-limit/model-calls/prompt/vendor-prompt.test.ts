import { expect, test } from 'vitest'
import { modelRequest } from '../../testing/model-fixture.ts'
import { readVendorPrompt } from './vendor-prompt.ts'

const collect = (json: Record<string, unknown>) => {
  const { texts, extraTokens } = readVendorPrompt(modelRequest(json))
  return [texts.join('|'), extraTokens]
}

test('of messages every key and text counts, and three tokens per message and for the answer', () => {
  expect(
    collect({
      messages: [
        { role: 'system', content: 'a' },
        { role: 'user', name: 'ann', content: [{ type: 'text', text: 'b', detail: 3 }] },
      ],
      tools: [{ name: 'ignored' }],
    }),
  ).toEqual([
    'role|system|content|a|role|user|name|ann|content|type|text|text|b|detail',
    3 + 3 + 1 + 3,
  ])
})

test('messages in another shape than expected count too', () => {
  expect(collect({ messages: ['a', null, ['b'], 7] })).toEqual(['a|b', 15])
  expect(collect({ messages: [] })).toEqual(['', 3])
})

test.each([
  [{ contents: [{ role: 'user', parts: [{ text: 'a' }, { text: 'b' }] }] }, 'user|a|b', 0],
  [{ input: 'a', prompt: 'b' }, 'a|b', 0],
  [{ messages: [], input: 'a', contents: [{ parts: [{ text: 'b' }] }] }, 'b|a', 3],
  [{ messages: [], prompt: 'a', input: null }, 'a', 3],
  [{ input: ['a', 'b'] }, 'a|b', 0],
  [{ input: [11, 12, 13] }, '', 3],
  [{ input: [[11], [12, 13]] }, '', 3],
  [{ messages: [], prompt_token_ids: [1], kv_transfer_params: { prompt_token_ids: [2] } }, '', 5],
  [{ prompt: ['a', 'b'] }, 'a|b', 0],
  [{ instructions: 'be kind', input: 'a' }, 'a|be kind', 0],
  [{ system: [{ type: 'text', text: 's' }], messages: [] }, 'text|s', 3],
  [{ system_instruction: { parts: [{ text: 's' }] }, contents: [] }, 's', 0],
  [{ query: 'a' }, 'all texts', 0],
  [{ input: 'a', tools: [{ name: 'f' }] }, 'a', 0],
])('%j counts %s and %i', (json, texts, extraTokens) => {
  expect(collect(json)).toEqual([texts, extraTokens])
})
