import { expect, test } from 'vitest'
import { openAiEmbeddings } from './index.ts'

const read = (json: Record<string, unknown>) => openAiEmbeddings.readRequest(json, '/v1/embeddings')

test('inputs are texts of their own', () => {
  const request = read({ model: 'm', input: ['a', 'b'], encoding_format: 'base64', user: 'u' })
  expect(request?.texts().map(({ text }) => text)).toEqual(['a', 'b'])
  expect(request?.messages()).toEqual([
    { role: 'user', content: 'a' },
    { role: 'user', content: 'b' },
  ])
  expect(read({ input: 'a' })?.texts()[0]?.channel).toBe('request input')
})

test.each([
  [[15339, 1917], 2],
  [[[15339, 1917], [9]], 3],
  [[], 0],
  [['a', 'b'], 0],
  ['a', 0],
])('of the input %j are %i tokens numbers, which are no texts', (input, count) => {
  const request = read({ input })
  expect(request?.tokenNumbers()).toBe(count)
  if (count > 0) expect(request?.texts()).toEqual([])
})

test.each([
  [15339],
  [[15339, 'a']],
  [[[15339], 'a']],
  [[[15339], 7]],
  [[[['a']]]],
  [[-1]],
  [[0.5]],
])('the input %j cannot be read', (input) => {
  expect(read({ input })).toBeUndefined()
})

test('an answer has usage, a model and no texts', () => {
  const data = [{ object: 'embedding', index: 0, embedding: 'AAAA' }]
  const usage = { prompt_tokens: 4, total_tokens: 4 }
  const answer = openAiEmbeddings.readResponse({ object: 'list', data, model: 'm', usage })
  expect([answer.known, answer.texts(), answer.model]).toEqual([true, [], 'm'])
  expect(answer.usage).toMatchObject({ inputTokens: 4, outputTokens: 0, totalTokens: 4 })
  expect(openAiEmbeddings.readResponse({ x: 'y' }).known).toBe(false)
})

test('nothing is streamed and no output is limited', () => {
  expect(
    openAiEmbeddings.createStreamReader('text/event-stream', { hideUsage: false }),
  ).toBeUndefined()
  const request = read({ input: 'a', stream: true })
  request?.setMaxOutputTokens(9)
  expect([request?.streaming, request?.setStreaming(true), request?.maxOutputTokens()]).toEqual([
    ...[false, false, 0],
  ])
  expect(request?.json).toEqual({ input: 'a', stream: true })
})
