import { expect, test } from 'vitest'
import { describePart, readParts } from '../shared/testing/split-stream.ts'
import { openAiImages } from './index.ts'

const say = (event: object) =>
  readParts({ format: openAiImages }, [Buffer.from(`data: ${JSON.stringify(event)}\n\n`)]).map(
    describePart,
  )

test('the prompt is the text of a request', () => {
  const request = openAiImages.readRequest({ model: 'm', prompt: 'a', n: 2, size: '1024x1024' }, '')
  expect(request?.messages()).toEqual([{ role: 'user', content: 'a' }])
  expect(request?.texts()).toHaveLength(1)
  expect(request?.choiceCount()).toBe(2)
})

test('an answer has pictures, its usage and the revised prompt', () => {
  const data = [{ b64_json: 'AAAA', revised_prompt: 'b' }, { url: 'data:image/png;base64,AA' }]
  const usage = { input_tokens: 3, output_tokens: 4, total_tokens: 7 }
  const answer = openAiImages.readResponse({ created: 1, data, size: '1024x1024', usage })
  expect(answer.texts().map(({ text }) => text)).toEqual(['b'])
  expect([answer.known, answer.usage?.totalTokens]).toEqual([true, 7])
  expect(openAiImages.readResponse({ words: 'x' }).known).toBe(false)
})

test('events hold pictures, and pass a guard only if they hold nothing else', () => {
  const picture = { b64_json: 'AAAA', size: '1024x1024', quality: 'high', background: 'opaque' }
  expect(say({ type: 'image_generation.partial_image', ...picture })).toEqual([{}])
  const usage = { input_tokens: 3, output_tokens: 4 }
  expect(say({ type: 'image_generation.completed', ...picture, usage })[0]).toMatchObject({
    usage: { totalTokens: 7 },
  })
  expect(say({ type: 'image_generation.caption', words: 'x' })[0]).toMatchObject({ known: false })
  expect(say({ type: 'error', message: 'no' })[0]).toMatchObject({ error: 'no', closesAll: true })
})
