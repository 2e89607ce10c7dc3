import { expect, test } from 'vitest'
import { describePart, readParts } from '../shared/testing/split-stream.ts'
import { openAiSpeech } from './index.ts'

const say = (event: object) =>
  readParts({ format: openAiSpeech }, [Buffer.from(`data: ${JSON.stringify(event)}\n\n`)]).map(
    describePart,
  )

test('what is to be said and how are the texts of a request', () => {
  const json = { model: 'm', input: 'a', instructions: 'b', voice: 'alloy' }
  expect(openAiSpeech.readRequest(json, '')?.messages()).toEqual([
    { role: 'user', content: 'a' },
    { role: 'system', content: 'b' },
  ])
})

test('only errors are known as JSON', () => {
  expect(openAiSpeech.readResponse({ error: { message: 'no' } }).texts()[0]?.text).toBe('no')
  expect(openAiSpeech.readResponse({ text: 'x' }).known).toBe(false)
})

test('events hold sound, and pass a guard only if they hold nothing else', () => {
  expect(say({ type: 'speech.audio.delta', audio: 'AAAA' })).toEqual([{}])
  expect(say({ type: 'speech.audio.delta', audio: 'AAAA', words: 'x' })[0]).toMatchObject({
    known: false,
  })
  expect(say({ type: 'speech.audio.done', usage: { input_tokens: 1, output_tokens: 2 } })).toEqual([
    { usage: expect.objectContaining({ totalTokens: 3 }) },
  ])
})
