import { EventStreamCodec } from '@smithy/eventstream-codec'
import { describe, expect, test } from 'vitest'
import { BodyPiece } from '../../lib/http/body-piece.ts'
import {
  describePart,
  editWholeTexts,
  readParts,
  splits,
  textsOf,
} from '../shared/testing/split-stream.ts'
import { createMessage } from './event-stream/event-message.ts'
import { bedrockConverse } from './index.ts'

const converse = { format: bedrockConverse, contentType: 'application/vnd.amazon.eventstream' }

const recorded: readonly (readonly [string, object])[] = [
  ['messageStart', { p: 'abcdefghijk', role: 'assistant' }],
  [
    'contentBlockDelta',
    { contentBlockIndex: 0, delta: { reasoningContent: { text: 'hm' } }, p: 'a' },
  ],
  [
    'contentBlockDelta',
    { contentBlockIndex: 0, delta: { reasoningContent: { signature: 'AAAA' } }, p: 'ab' },
  ],
  ['contentBlockStop', { contentBlockIndex: 0, p: 'abc' }],
  ['contentBlockDelta', { contentBlockIndex: 1, delta: { text: 'Grü' }, p: 'abcd' }],
  ['contentBlockDelta', { contentBlockIndex: 1, delta: { text: 'ße' } }],
  ['contentBlockStop', { contentBlockIndex: 1 }],
  [
    'contentBlockStart',
    { contentBlockIndex: 2, start: { toolUse: { toolUseId: 't', name: 'f' } } },
  ],
  ['contentBlockDelta', { contentBlockIndex: 2, delta: { toolUse: { input: '{"card":"51' } } }],
  ['contentBlockDelta', { contentBlockIndex: 2, delta: { toolUse: { input: '00\\u0' } } }],
  ['contentBlockDelta', { contentBlockIndex: 2, delta: { toolUse: { input: '0e9"}' } } }],
  ['contentBlockStop', { contentBlockIndex: 2 }],
  ['messageStop', { stopReason: 'tool_use' }],
  [
    'metadata',
    {
      metrics: { latencyMs: 551 },
      usage: { cacheReadInputTokens: 4, inputTokens: 10, outputTokens: 6, totalTokens: 16 },
    },
  ],
]
const stream = Buffer.concat(
  recorded.map(([name, json]) => createMessage(name, JSON.stringify(json))),
)
const usage = {
  inputTokens: 14,
  outputTokens: 6,
  totalTokens: 20,
  cachedInputTokens: 4,
  reasoningTokens: 0,
  estimated: false,
}

describe('a recorded stream', () => {
  test('tells texts, their ends and usage', () => {
    const said = readParts(converse, [stream]).map(describePart)
    expect(said.filter((part) => Object.keys(part).length > 0)).toEqual([
      { deltas: ['content 0 reasoningContent: hm'] },
      { closes: ['content 0 reasoningContent'] },
      { deltas: ['content 1: Grü'] },
      { deltas: ['content 1: ße'] },
      { closes: ['content 1'] },
      {
        deltas: ['content 2 input 0: card', 'content 2 input 1: 51'],
        closes: ['content 2 input 0'],
      },
      { deltas: ['content 2 input 1: 00'] },
      { deltas: ['content 2 input 1: é'], closes: ['content 2 input 1'] },
      { usage },
    ])
  })

  test('gives the same parts and bytes however it is split', () => {
    const seen = (chunks: readonly Buffer[]) =>
      readParts(converse, chunks).map((part) => [
        describePart(part),
        part.encode().bytes.toString('hex'),
      ])
    const whole = seen([stream])
    for (const chunks of splits(stream)) expect(seen(chunks)).toEqual(whole)
  })

  test('can be held back and changed, text by text, with checksums that are right', () => {
    const edited = editWholeTexts(converse, [stream], (text) => `<${text}">`)
    expect([...textsOf(converse, [edited])].filter(([, text]) => text !== '')).toEqual([
      ['content 0 reasoningContent', '<hm">'],
      ['content 1', '<Grüße">'],
      ['content 2 input 0', '<card">'],
      ['content 2 input 1', '<5100é">'],
    ])
    expect(readParts(converse, [edited]).every((part) => part.known)).toBe(true)
  })

  test('has its usage found by the scan, however it is split', () => {
    for (const chunks of splits(stream)) {
      const scan = bedrockConverse.createUsageScan({ hideUsage: false })
      for (const chunk of chunks) scan.push(BodyPiece.ofBytes(chunk))
      expect(scan.usage).toEqual(usage)
    }
  })
})

describe('a stream', () => {
  const say = (bytes: Buffer) => readParts(converse, [bytes]).map(describePart)

  const codec = new EventStreamCodec(
    (bytes) => Buffer.from(bytes as Uint8Array).toString(),
    (text) => Buffer.from(text),
  )
  const withHeaders = (headers: Record<string, string>, body: string) => {
    const typed = Object.entries(headers).map(([name, value]) => [name, { type: 'string', value }])
    return Buffer.from(
      codec.encode({ headers: Object.fromEntries(typed), body: Buffer.from(body) }),
    )
  }

  test('reports exceptions, whose messages can be replaced', () => {
    const headers = {
      ':exception-type': 'throttlingException',
      ':content-type': 'application/json',
      ':message-type': 'exception',
    }
    const bytes = withHeaders(headers, '{"message":"Slow down, a@b.example"}')
    expect(say(bytes)).toEqual([
      {
        error: 'Slow down, a@b.example',
        closesAll: true,
        repeats: ['answer message: Slow down, a@b.example'],
      },
    ])
    const [part] = readParts(converse, [bytes])
    part?.repeats[0]?.replace('no')
    expect(part?.encode().bytes).toEqual(withHeaders(headers, '{"message":"no"}'))
  })

  test('reports errors in headers, which a guard cannot read', () => {
    const headers = { ':error-code': 'Broken', ':error-message': 'x', ':message-type': 'error' }
    expect(say(withHeaders(headers, ''))).toEqual([
      { error: 'Broken', closesAll: true, known: false },
    ])
  })

  test('is not known where a checksum is wrong, where it ends early or is no event stream', () => {
    const [name, json] = recorded[4] ?? ['', {}]
    const message = createMessage(name, JSON.stringify(json))
    const wrong = Buffer.from(message)
    wrong[40] = (wrong[40] ?? 0) ^ 1
    const bad = [wrong, message.subarray(0, 30), Buffer.from('data: {}\n\n'), Buffer.alloc(20)]
    for (const bytes of bad) {
      const parts = readParts(converse, [bytes])
      expect(parts.length).toBeGreaterThan(0)
      expect(parts.some((part) => part.known)).toBe(false)
      expect(Buffer.concat(parts.map((part) => part.encode().bytes)).equals(bytes)).toBe(true)
    }
  })

  test('passes unknown events only without text, and unknown deltas as texts', () => {
    expect(say(createMessage('pulse', '{"p":"abc","n":1}'))).toEqual([{}])
    expect(say(createMessage('murmur', '{"words":"x"}'))[0]).toMatchObject({ known: false })
    expect(say(createMessage('contentBlockDelta', '{"delta":"x"}'))[0]).toMatchObject({
      known: false,
    })
    expect(say(createMessage('contentBlockDelta', '{"delta":{},"p":"x y"}'))[0]).toMatchObject({
      repeats: ['content 0 p: x y'],
    })
    expect(say(createMessage('contentBlockDelta', '{"delta":{"musing":"x"}}'))).toEqual([
      { deltas: ['content 0 musing: x'] },
    ])
  })
})
