import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  describePart,
  editWholeTexts,
  readParts,
  splits,
  textsOf,
} from '../shared/testing/split-stream.ts'
import { mistralChat, openAiChat } from './index.ts'

const recorded = (name: string) => readFileSync(join(import.meta.dirname, 'testdata', name))
const chat = { format: openAiChat }
const describeStream = (text: string | Buffer) =>
  readParts(chat, [Buffer.from(text)]).map(describePart)
const event = (json: unknown) => `data: ${JSON.stringify(json)}\n\n`

const fixtures = ['content.sse', 'tools.sse', 'mistral-thinking.sse']

describe('every recorded stream', () => {
  test.each(fixtures)('%s gives the same parts and bytes however it is split', (name) => {
    const bytes = recorded(name)
    const describeWithBytes = (chunks: readonly Buffer[]) =>
      readParts(chat, chunks).map((part) => [describePart(part), part.encode().bytes.toString()])
    const whole = describeWithBytes([bytes])
    let count = 0
    for (const chunks of splits(bytes)) {
      expect(describeWithBytes(chunks)).toEqual(whole)
      count++
    }
    expect(count).toBeGreaterThan(bytes.length)
  })

  test.each(fixtures)('%s can be held back and changed, text by text', (name) => {
    const bytes = recorded(name)
    const edited = editWholeTexts(chat, [bytes], (text) => `<${text}">`)
    const expected = [...textsOf(chat, [bytes])].filter(([, text]) => text !== '')
    const changed = [...textsOf(chat, [edited])].filter(([, text]) => text !== '<">' && text !== '')
    expect(changed.sort()).toEqual(expected.map(([key, text]) => [key, `<${text}">`]).sort())
  })
})

describe('a stream', () => {
  test('names choices, refusals and usage, and closes what a finish reason ends', () => {
    expect(describeStream(recorded('content.sse'))).toEqual([
      { deltas: ['choice 0 content: '] },
      { deltas: ['choice 0 content: Grü'] },
      { deltas: ['choice 1 refusal: No 😀.'] },
      { deltas: ['choice 0 content: ße'] },
      { closes: ['choice 0 content'] },
      { deltas: ['choice 1 refusal:  Bye'], closes: ['choice 1 refusal'] },
      {
        usage: {
          inputTokens: 19,
          outputTokens: 10,
          totalTokens: 29,
          cachedInputTokens: 4,
          reasoningTokens: 3,
          estimated: false,
        },
      },
      { closesAll: true },
    ])
  })

  test('shows the strings within the arguments of tool calls', () => {
    expect([...textsOf(chat, [recorded('tools.sse')])]).toEqual([
      ['choice 0 tool_calls 0 arguments 0', 'card'],
      ['choice 0 tool_calls 0 arguments 1', '5100 é 0000'],
      ['choice 0 tool_calls 0 arguments 2', 'sum'],
      ['choice 0 tool_calls 0 arguments 3', 'to'],
      ['choice 0 tool_calls 0 arguments 4', 'a'],
      ['choice 0 tool_calls 1 arguments 0', 'x'],
      ['choice 0 tool_calls 1 arguments 1', 'y'],
    ])
  })

  test('keeps arguments valid JSON when their strings are replaced', () => {
    const edited = editWholeTexts(chat, [recorded('tools.sse')], (text) => `"${text}\\`)
    const calls = edited
      .toString()
      .split('\n\n')
      .filter((block) => block.startsWith('data: {'))
      .flatMap((block) => JSON.parse(block.slice(6)).choices[0].delta.tool_calls ?? [])
    const joined = calls.filter(({ index }) => index === 0).map((call) => call.function.arguments)
    expect(JSON.parse(joined.join(''))).toEqual({
      '"card\\': '"5100 é 0000\\',
      '"sum\\': 1.5,
      '"to\\': ['"a\\'],
    })
    expect(joined.join('')).toContain('1.50')
    expect(calls.map(({ id }) => id).filter(Boolean)).toEqual(['call_1', 'call_2'])
  })

  test('shows thinking and reasoning as texts of their own', () => {
    const texts = textsOf({ format: mistralChat }, [recorded('mistral-thinking.sse')])
    expect([...texts]).toEqual([
      ['choice 0 content thinking', 'I think'],
      ['choice 0 content', 'So.'],
      ['choice 0 reasoning_content', 'hm'],
    ])
  })

  test('hides the report of usage only when the gateway asked for it', () => {
    const hidden = readParts({ ...chat, hideUsage: true }, [recorded('content.sse')])
    expect(hidden.filter((part) => part.hidden).map((part) => part.usage?.totalTokens)).toEqual([
      29,
    ])
    expect(hidden).toHaveLength(8)
    const mistral = readParts({ ...chat, hideUsage: true }, [recorded('mistral-thinking.sse')])
    expect(mistral.some((part) => part.hidden)).toBe(false)
  })

  test('reports errors with their texts', () => {
    const error = {
      error: { message: 'overloaded: a@b.example', type: 'server_error', code: null },
    }
    expect(describeStream(event(error))).toEqual([
      {
        error: 'overloaded: a@b.example',
        closesAll: true,
        repeats: ['answer error message: overloaded: a@b.example'],
      },
    ])
  })

  test('is not known where it is no JSON, repeats a key or has another form', () => {
    for (const data of ['hello', '[]', '{"choices":[],"choices":[]}', '{"text":"x"}', '{"a":']) {
      expect(readParts(chat, [Buffer.from(`data: ${data}\n\n`)])[0]?.known, data).toBe(false)
    }
    expect(describeStream(': comment\n\ndata:\n\n')).toEqual([{}, {}])
  })

  test('takes a field that it does not know for text', () => {
    const chunk = { choices: [{ index: 0, delta: { musings: { deep: ['x'] } }, note: 'y' }] }
    expect(describeStream(event(chunk))).toEqual([
      { deltas: ['choice 0 musings deep: x', 'choice 0 note: y'] },
    ])
  })

  test('loses log probabilities when repetitions are dropped, and nothing else', () => {
    const [, part] = readParts(chat, [recorded('content.sse')])
    const before = part?.encode().bytes.toString() ?? ''
    part?.dropRepetitions()
    const after = part?.encode().bytes.toString() ?? ''
    expect(after).toBe(before.replace(/"logprobs":\{.*\],"refusal":null\}/, '"logprobs":null'))
    expect(after).not.toContain('-0.1')
  })
})

test('an answer of another type is no stream of chat completions', () => {
  for (const type of ['application/json', 'text/event-streams', '']) {
    expect(openAiChat.createStreamReader(type, { hideUsage: false })).toBeUndefined()
  }
})
