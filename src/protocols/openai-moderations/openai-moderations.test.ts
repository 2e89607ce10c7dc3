import { expect, test } from 'vitest'
import { openAiModerations } from './index.ts'

const read = (json: Record<string, unknown>) =>
  openAiModerations.readRequest(json, '/v1/moderations')

test('inputs are texts, in whatever form they come', () => {
  const parts = [
    { type: 'text', text: 'b' },
    { type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } },
  ]
  expect(read({ input: 'a' })?.messages()).toEqual([{ role: 'user', content: 'a' }])
  expect(
    read({ input: parts })
      ?.texts()
      .map(({ text }) => text),
  ).toEqual(['b'])
  expect(read({ input: [1] })?.tokenNumbers()).toBe(1)
  expect(read({ input: [1, 'a'] })).toBeUndefined()
})

test('an answer is known by its results and has no texts', () => {
  const results = [{ flagged: true, categories: { violence: true } }]
  const answer = openAiModerations.readResponse({ id: 'modr-1', model: 'm', results })
  expect([answer.known, answer.model, answer.texts()]).toEqual([true, 'm', []])
  expect(openAiModerations.readResponse({ error: { message: 'e' } }).texts()).toHaveLength(1)
})
