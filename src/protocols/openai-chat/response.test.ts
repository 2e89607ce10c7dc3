import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { BodyPiece } from '../../lib/http/body-piece.ts'
import { splits } from '../shared/testing/split-stream.ts'
import { openAiChat } from './index.ts'

const answer = {
  id: 'chatcmpl-9',
  object: 'chat.completion',
  model: 'gpt-4o-2024-08-06',
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: 'Hi',
        refusal: null,
        annotations: [
          { type: 'url_citation', url_citation: { title: 'T', url: 'https://x.example' } },
        ],
        audio: { id: 'a1', data: 'AAAA', transcript: 'spoken' },
      },
      logprobs: { content: [{ token: 'Hi', logprob: -0.1 }] },
      finish_reason: 'stop',
    },
    {
      index: 1,
      message: {
        role: 'assistant',
        content: null,
        reasoning_content: 'hm',
        tool_calls: [
          { id: 'c', type: 'function', function: { name: 'f', arguments: '{"a":"b"}' } },
        ],
      },
      logprobs: null,
      finish_reason: 'tool_calls',
    },
  ],
  usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
}
const read = (json: object) =>
  openAiChat.readResponse(structuredClone(json) as Record<string, unknown>)
const say = (json: object) =>
  read(json)
    .texts()
    .map(({ channel, text }) => `${channel}: ${text}`)

test('what spells an answer token by token is dropped with its log probabilities', () => {
  const spelt = { token_ids: [1, 2], response_token_ids: [1, 2], meta_info: { output_ids: [1] } }
  const choice = { index: 0, message: { role: 'assistant', content: 'Hi' }, stop_reason: 7 }
  const whole = read({
    ...{
      model: 'm',
      prompt_token_ids: [3],
      prompt_logprobs: [null, { 9: { decoded_token: 'a' } }],
    },
    choices: [{ ...choice, ...spelt }],
  })
  whole.dropRepetitions()
  expect(JSON.parse(whole.encode().toString())).toEqual({
    ...{ model: 'm', prompt_token_ids: null, prompt_logprobs: null },
    choices: [{ ...choice, token_ids: null, response_token_ids: null, meta_info: null }],
  })
})

describe('a whole answer', () => {
  test('shows the texts of every choice in the channels of a stream', () => {
    expect(say(answer)).toEqual([
      'choice 0 content: Hi',
      'choice 0 annotations 0 url_citation title: T',
      'choice 0 annotations 0 url_citation url: https://x.example',
      'choice 0 audio transcript: spoken',
      'choice 1 reasoning_content: hm',
      'choice 1 tool_calls 0 arguments 0: a',
      'choice 1 tool_calls 0 arguments 1: b',
    ])
  })

  test('names its model and usage', () => {
    const { model, usage, known } = read(answer)
    expect([model, usage?.inputTokens, usage?.outputTokens, usage?.totalTokens]).toEqual([
      ...['gpt-4o-2024-08-06', 1, 2, 3],
    ])
    expect(known).toBe(true)
    expect(read({ choices: [], usage: { prompt_tokens: -1 } }).usage).toBeUndefined()
  })

  test('loses its log probabilities when repetitions are dropped', () => {
    const response = read(answer)
    response.dropRepetitions()
    expect(response.changed).toBe(true)
    expect(response.encode().toString()).not.toContain('-0.1')
    const without = read({ choices: [] })
    without.dropRepetitions()
    expect(without.changed).toBe(false)
  })

  test('shows the texts of errors in every usual form', () => {
    expect(say({ error: { message: 'no key sk-…', type: 't', param: null, code: 'c' } })).toEqual([
      'answer error message: no key sk-…',
      'answer error type: t',
      'answer error code: c',
    ])
    expect(say({ message: 'no', data: 'all of it' })).toEqual([
      'answer message: no',
      'answer data: all of it',
    ])
    const invalid = { object: 'error', message: { detail: [{ loc: ['body'], msg: 'bad' }] } }
    expect(say(invalid)).toEqual([
      'answer object: error',
      'answer message detail 0 loc 0: body',
      'answer message detail 0 msg: bad',
    ])
    for (const json of [{ error: 'x' }, { detail: 'x' }, { message: 'x' }, invalid])
      expect(read(json).known).toBe(true)
    expect(read({ result: 'x' }).known).toBe(false)
  })
})

describe('the scan for usage', () => {
  const stream = readFileSync(join(import.meta.dirname, 'testdata', 'content.sse'))
  const scanned = (chunks: readonly Buffer[], hideUsage: boolean) => {
    const scan = openAiChat.createUsageScan({ hideUsage })
    const passed = Buffer.concat([
      ...chunks.map((chunk) => scan.push(BodyPiece.ofBytes(chunk)).bytes),
      scan.end().bytes,
    ])
    return { passed: passed.toString(), model: scan.model, total: scan.usage?.totalTokens }
  }

  test('finds the same however a stream is split, and passes everything on', () => {
    for (const chunks of splits(stream)) {
      expect(scanned(chunks, false)).toEqual({
        passed: stream.toString(),
        model: 'gpt-4o-mini-2024-07-18',
        total: 29,
      })
    }
  })

  test('keeps the report that the gateway asked for from the client', () => {
    const shown = stream.toString().replace(/data: \{[^\n]*"choices":\[\],[^\n]*\n\n/, '')
    expect(shown.length).toBeLessThan(stream.length)
    for (const chunks of splits(stream)) {
      expect(scanned(chunks, true).passed).toBe(shown)
      expect(scanned(chunks, true).total).toBe(29)
    }
  })

  test('keeps nothing of a chunk whose bytes are used again', () => {
    for (const hideUsage of [false, true]) {
      const scan = openAiChat.createUsageScan({ hideUsage })
      const buffer = Buffer.alloc(64)
      let passed = ''
      for (let start = 0; start < stream.length; start += 64) {
        const size = stream.copy(buffer, 0, start, start + 64)
        passed += scan.push(BodyPiece.ofBytes(buffer.subarray(0, size))).latin1
        buffer.fill(0)
      }
      passed += scan.end().latin1
      expect(scan.usage?.totalTokens).toBe(29)
      expect(passed).toBe(Buffer.from(scanned([stream], hideUsage).passed).toString('latin1'))
    }
  })

  test('finds it in whole answers, also indented ones, and is not misled by texts', () => {
    const misleading = {
      ...answer,
      choices: [{ message: { content: '"usage":{"prompt_tokens":9}' } }],
    }
    for (const text of [JSON.stringify(misleading), JSON.stringify(misleading, null, 2)]) {
      const { model, total } = scanned([Buffer.from(text)], false)
      expect([model, total]).toEqual(['gpt-4o-2024-08-06', 3])
    }
    expect(scanned([Buffer.from('not JSON, "usage":{')], false).total).toBeUndefined()
  })
})
