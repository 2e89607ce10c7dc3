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
import { anthropicMessages } from './index.ts'

const messages = { format: anthropicMessages }
const stream = readFileSync(join(import.meta.dirname, 'testdata', 'tool-use.sse'))
const say = (...events: readonly unknown[]) =>
  readParts(
    messages,
    events.map((event) => Buffer.from(`event: x\ndata: ${JSON.stringify(event)}\n\n`)),
  ).map(describePart)
const usage = (inputTokens: number, outputTokens: number) => ({
  inputTokens,
  outputTokens,
  totalTokens: inputTokens + outputTokens,
  cachedInputTokens: 10,
  reasoningTokens: 0,
  estimated: false,
})

describe('a recorded stream', () => {
  test('tells texts, their ends and usage', () => {
    expect(readParts(messages, [stream]).map(describePart)).toEqual([
      { usage: usage(38, 1) },
      { deltas: ['content 0 thinking: '] },
      {},
      { deltas: ['content 0 thinking: Let me '] },
      { deltas: ['content 0 thinking: see'] },
      {},
      { closes: ['content 0 thinking'] },
      { deltas: ['content 1: Oh'] },
      { deltas: ['content 1: , Zoë'] },
      { repeats: ['content 1 citation cited_text: Zoë!', 'content 1 citation document_title: T'] },
      { closes: ['content 1'] },
      {},
      {},
      {
        deltas: ['content 2 input 0: card', 'content 2 input 1: 51'],
        closes: ['content 2 input 0'],
      },
      {
        deltas: ['content 2 input 1: 00', 'content 2 input 2: n'],
        closes: ['content 2 input 1', 'content 2 input 2'],
      },
      {},
      { usage: usage(38, 89) },
      { closesAll: true },
    ])
  })

  test('gives the same parts and bytes however it is split', () => {
    const seen = (chunks: readonly Buffer[]) =>
      readParts(messages, chunks).map((part) => [
        describePart(part),
        part.encode().bytes.toString(),
      ])
    const whole = seen([stream])
    for (const chunks of splits(stream)) expect(seen(chunks)).toEqual(whole)
  })

  test('can be held back and changed, text by text, and keeps its events’ names', () => {
    const edited = editWholeTexts(messages, [stream], (text) => `<${text}">`)
    expect([...textsOf(messages, [edited])]).toEqual([
      ['content 0 thinking', '<Let me see">'],
      ['content 1', '<Oh, Zoë">'],
      ['content 2 input 0', '<card">'],
      ['content 2 input 1', '<5100">'],
      ['content 2 input 2', '<n">'],
    ])
    for (const block of edited.toString().split('\n\n').filter(Boolean)) {
      const [name = '', data = ''] = block.split('\n')
      expect(name).toBe(`event: ${JSON.parse(data.slice(6)).type}`)
    }
    expect(edited.toString()).toContain('"cited_text":"<Zoë!\\">"')
  })

  test('has its usage and model found by the scan, however it is split', () => {
    for (const chunks of splits(stream)) {
      const scan = anthropicMessages.createUsageScan({ hideUsage: true })
      expect(
        Buffer.concat(chunks.map((chunk) => scan.push(BodyPiece.ofBytes(chunk)).bytes)).equals(
          stream,
        ),
      ).toBe(true)
      expect([scan.usage, scan.model]).toEqual([usage(38, 89), 'claude-sonnet-4-5'])
    }
  })
})

describe('an event', () => {
  test('of an error carries what it says and ends the stream', () => {
    const error = { type: 'overloaded_error', message: 'Overloaded' }
    expect(say({ type: 'error', error })).toEqual([
      { error: 'Overloaded', closesAll: true, repeats: ['answer error message: Overloaded'] },
    ])
  })

  test('that is not known passes only without text', () => {
    expect(say({ type: 'heartbeat', index: 3 })).toEqual([{}])
    expect(say({ type: 'murmur', words: 'x' })[0]).toMatchObject({ known: false })
  })

  test('with a delta of an unknown type is a text like others', () => {
    const delta = { type: 'compaction_delta', content: 'sum' }
    const event = { type: 'content_block_delta', index: 4, delta }
    expect(say(event)).toEqual([{ deltas: ['content 4 content: sum'] }])
    const [part] = readParts(messages, [Buffer.from(`data: ${JSON.stringify(event)}\n\n`)])
    expect(part?.createDelta('content 4 content', 'x').encode().bytes.toString()).toBe(
      `event: content_block_delta\ndata: ${JSON.stringify({ ...event, delta: { ...delta, content: 'x' } })}\n\n`,
    )
  })

  test('that starts a block with results shows their texts whole', () => {
    const content = [{ type: 'web_search_result', title: 'T', url: 'https://x.example' }]
    const block = { type: 'web_search_tool_result', tool_use_id: 'u', content }
    expect(say({ type: 'content_block_start', index: 0, content_block: block })).toEqual([
      { repeats: ['content 0 content title: T', 'content 0 content url: https://x.example'] },
    ])
  })
})
