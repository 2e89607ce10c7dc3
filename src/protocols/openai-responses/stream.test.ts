import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { BodyPiece } from '../../lib/http/body-piece.ts'
import {
  describePart,
  editWholeTexts,
  readParts,
  splits,
  textsOf,
} from '../shared/testing/split-stream.ts'
import { openAiResponses } from './index.ts'

const responses = { format: openAiResponses }
const stream = readFileSync(join(import.meta.dirname, 'testdata', 'answer.sse'))
const eventsOf = (bytes: Buffer) =>
  bytes
    .toString()
    .split('\n\n')
    .filter(Boolean)
    .map((block) => JSON.parse(block.slice(block.indexOf('data: ') + 6)))
const usage = {
  inputTokens: 11,
  outputTokens: 7,
  totalTokens: 18,
  cachedInputTokens: 2,
  reasoningTokens: 3,
  estimated: false,
}
const whole = [
  'output 0 reasoning_summary_text 0: hm',
  'output 1 output_text 0: Grüße 😀',
  'output 2 function_call_arguments 0: card',
  'output 2 function_call_arguments 1: 5100',
]

describe('a recorded stream', () => {
  const parts = readParts(responses, [stream]).map(describePart)

  test('has each text as deltas once, and again as repetitions', () => {
    expect(parts.flatMap((part) => part['deltas'] ?? [])).toEqual([
      'output 0 reasoning_summary_text 0: h',
      'output 0 reasoning_summary_text 0: m',
      'output 1 output_text 0: Grü',
      'output 1 output_text 0: ße 😀',
      'output 2 function_call_arguments 0: card',
      'output 2 function_call_arguments 1: 51',
      'output 2 function_call_arguments 1: 00',
    ])
    expect(parts.at(-1)).toEqual({ closesAll: true, repeats: whole, usage })
    expect(parts.find((part) => part['closes'])).toEqual({
      closes: ['output 0 reasoning_summary_text 0'],
      repeats: whole.slice(0, 1),
    })
    expect(parts.every((part) => part['known'] === undefined)).toBe(true)
  })

  test('gives the same parts and bytes however it is split', () => {
    const seen = (chunks: readonly Buffer[]) =>
      readParts(responses, chunks).map((part) => part.encode().bytes.toString())
    const bytes = seen([stream])
    expect(bytes.join('')).toBe(stream.toString())
    let count = 0
    for (const chunks of splits(stream)) {
      expect(seen(chunks)).toEqual(bytes)
      // Parts follow from bytes; describing them all each time takes long.
      if (count++ % 40 === 0) expect(readParts(responses, chunks).map(describePart)).toEqual(parts)
    }
  })

  test('can be held back and changed, and says the same in every repetition', () => {
    const edited = editWholeTexts(responses, [stream], (text) => (text === '' ? '' : `<${text}">`))
    expect([...textsOf(responses, [edited])].filter(([, text]) => text !== '')).toEqual([
      ['output 0 reasoning_summary_text 0', '<hm">'],
      ['output 1 output_text 0', '<Grüße 😀">'],
      ['output 2 function_call_arguments 0', '<card">'],
      ['output 2 function_call_arguments 1', '<5100">'],
    ])
    const events = eventsOf(edited)
    const last = events.at(-1).response.output
    expect(last[0].summary[0].text).toBe('<hm">')
    expect(last[1].content[0].text).toBe('<Grüße 😀">')
    expect(JSON.parse(last[2].arguments)).toEqual({ '<card">': '<5100">' })
    const ends = events.filter(({ type }) => /text\.done$/.test(type)).map(({ text }) => text)
    expect(ends).toEqual(['<hm">', '<Grüße 😀">'])
    const deltas = events.filter(({ type }) => type === 'response.output_text.delta')
    expect(deltas.map(({ delta }) => delta).join('')).toBe('<Grüße 😀">')
    expect(deltas.every((event) => event.item_id === 'msg_1' && event.content_index === 0)).toBe(
      true,
    )
    expect(events[0].response.instructions).toBe('Be kind.')
  })

  test('loses every log probability when repetitions are dropped', () => {
    const read = readParts(responses, [stream])
    for (const part of read) part.dropRepetitions()
    const text = Buffer.concat(read.map((part) => part.encode().bytes)).toString()
    expect(stream.toString()).toContain('"token":"Grü"')
    expect(text).not.toContain('"token"')
  })

  test('has its usage and model found by the scan, however it is split', () => {
    for (const chunks of splits(stream)) {
      const scan = openAiResponses.createUsageScan({ hideUsage: true })
      for (const chunk of chunks) scan.push(BodyPiece.ofBytes(chunk))
      expect([scan.usage, scan.model]).toEqual([usage, 'gpt-4o-mini-2024-07-18'])
    }
  })
})

describe('an event', () => {
  const say = (event: object) =>
    readParts(responses, [Buffer.from(`data: ${JSON.stringify(event)}\n\n`)]).map(describePart)[0]

  test('of an error ends the stream, in either form', () => {
    expect(say({ type: 'error', code: 'x', message: 'no', param: null })).toEqual({
      error: 'no',
      closesAll: true,
      repeats: ['answer code: x', 'answer message: no'],
    })
    const failed = { status: 'failed', output: [], error: { code: 'server_error', message: 'no' } }
    expect(say({ type: 'response.failed', response: failed })).toMatchObject({
      error: 'no',
      closesAll: true,
    })
  })

  test('with a delta is a text, whatever it is called, but for sound', () => {
    expect(say({ type: 'response.musing.delta', output_index: 3, delta: 'x' })).toEqual({
      deltas: ['output 3 musing: x'],
    })
    expect(say({ type: 'response.shell.delta', delta: { stdout: 'x' } })).toEqual({
      deltas: ['output 0 shell delta stdout: x'],
    })
    expect(say({ type: 'response.audio.delta', delta: 'AAAA' })).toEqual({})
    expect(say({ type: 'response.audio.transcript.delta', delta: 'x' })).toEqual({
      deltas: ['output 0 audio.transcript: x'],
    })
  })

  test('that is not known passes only without text', () => {
    const searching = {
      type: 'response.web_search_call.searching',
      item_id: 'ws_1',
      output_index: 0,
    }
    expect(say(searching)).toEqual({})
    expect(say({ type: 'response.murmur', words: 'x' })).toMatchObject({ known: false })
    expect(say({ type: 'response.output_text.delta', delta: 'x', also: 'y' })).toEqual({
      deltas: ['output 0 output_text: x'],
      repeats: ['output 0 also: y'],
    })
  })
})
