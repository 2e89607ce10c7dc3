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

test('inputs of token numbers cannot be read', () => {
  expect(read({ input: [15339] })).toBeUndefined()
  expect(read({ input: [[15339], 'a'] })).toBeUndefined()
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
