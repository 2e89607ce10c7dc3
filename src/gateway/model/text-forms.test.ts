import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BodyPiece } from '../../lib/http/body-piece.ts'
import type { StreamPart } from '../../llm/stream-part.ts'
import type { WireFormat } from '../../llm/wire-format.ts'
import { anthropicMessages } from '../../protocols/anthropic-messages/index.ts'
import { openAiChat } from '../../protocols/openai-chat/index.ts'
import { openAiResponses } from '../../protocols/openai-responses/index.ts'
import { TextPart } from '../../protocols/shared/stream/text-part.ts'

const eventOf = (json: string, name?: string) =>
  `${name === undefined ? '' : `event: ${name}\n`}data: ${json}\n\n`

function partsOf(format: WireFormat, stream: string): StreamPart[] {
  const reader = format.createStreamReader('text/event-stream', { hideUsage: false })
  if (reader === undefined) throw new Error('no reader')
  return [...reader.push(BodyPiece.ofBytes(Buffer.from(stream))), ...reader.end()]
}

/** Every event is parsed: a comment in between ends what was known of the form of events. */
const parsedPartsOf = (format: WireFormat, events: readonly string[]) =>
  partsOf(format, events.map((event) => `${event}: -\n\n`).join('')).filter(
    (_, index) => index % 2 === 0,
  )

const dataOf = (encoded: Buffer) =>
  encoded
    .toString()
    .split('\n')
    .find((line) => line.startsWith('data: '))
    ?.slice(6)

/** What policies see of a part, and what it becomes when its texts are replaced and when one is added. */
function outcomeOf(part: StreamPart) {
  part.dropRepetitions()
  const { known, closes, closesAll, error, usage, model, hidden } = part
  const seen = (slots: StreamPart['deltas']) =>
    slots.map(({ channel, role, text }) => ({ channel, role, text }))
  const [deltas, repeats] = [seen(part.deltas), seen(part.repeats)]
  const before = dataOf(part.encode().bytes)
  for (const slot of [...part.deltas, ...part.repeats]) slot.replace(`<"${slot.text}">`)
  const replaced = dataOf(part.encode().bytes)
  return {
    ...{ known, closes, closesAll, error, usage, model, hidden, deltas, repeats },
    replaced: known && replaced !== undefined ? JSON.parse(replaced) : [before, replaced],
  }
}

const spell = (text: string, isEscaped: boolean) =>
  isEscaped
    ? `"${[...Array(text.length).keys()].map((index) => `\\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`).join('')}"`
    : JSON.stringify(text)

const chatText = fc.oneof(
  fc.constantFrom('content', 'x', 'stop', 'a', '', ' token', 'assistant', 'say "a"\\n\u2028'),
  fc.string({ unit: 'binary', maxLength: 6 }),
)
const chatEvent = fc
  .record({
    text: chatText,
    escaped: fc.boolean(),
    field: fc.constantFrom(
      'content',
      'content',
      'content',
      'x',
      'refusal',
      'role',
      'conten\\u0074',
    ),
    index: fc.constantFrom(0, 0, 0, 1),
    reason: fc.constantFrom('null', 'null', 'null', '"stop"'),
    tail: fc.constantFrom(
      '',
      '',
      ',"usage":null,"obfuscation":"aB3"',
      ',"usage":null,"obfuscation":""',
      ',"obfuscation":"a b"',
      ',"logprobs":{"content":[]}',
      ',"usage":{"prompt_tokens":1,"completion_tokens":2}',
      ',"note":"x"',
      ',"error":{"message":"x"}',
    ),
    logprobs: fc.constantFrom(
      '',
      '',
      ',"logprobs":null',
      ',"logprobs":{"content":[{"token":"x"}]}',
    ),
  })
  .map(({ text, escaped, field, index, reason, tail, logprobs }) =>
    eventOf(
      `{"id":"x","choices":[{"index":${index},"delta":{"${field}":${spell(text, escaped)}}${logprobs},"finish_reason":${reason}}]${tail}}`,
    ),
  )

test('events that are read by the form of others are as if each had been parsed', () => {
  const repeated = fc
    .array(fc.tuple(chatEvent, fc.integer({ min: 1, max: 4 })), { maxLength: 6 })
    .map((runs) => runs.flatMap(([event, count]) => Array.from({ length: count }, () => event)))
  const mixed = fc.oneof(repeated, fc.array(chatEvent, { maxLength: 12 }))
  fc.assert(
    fc.property(mixed, (events) => {
      const parts = partsOf(openAiChat, events.join(''))
      expect(parts.map(outcomeOf)).toEqual(parsedPartsOf(openAiChat, events).map(outcomeOf))
    }),
    { numRuns: 1000 },
  )
})

const texts = ['Hello', ' there', ', "you"', ' \u00e9\n', '', 'Hello']
const formats: [string, WireFormat, (text: string, index: number) => string][] = [
  [
    'OpenAI, with padding,',
    openAiChat,
    (text, index) =>
      eventOf(
        JSON.stringify({
          ...{ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o' },
          choices: [{ index: 0, delta: { content: text }, logprobs: null, finish_reason: null }],
          ...{ usage: null, obfuscation: 'aZ3_-'.slice(index) },
        }),
      ),
  ],
  [
    'Anthropic',
    anthropicMessages,
    (text) => {
      const type = 'content_block_delta'
      return eventOf(JSON.stringify({ type, index: 0, delta: { type: 'text_delta', text } }), type)
    },
  ],
  [
    'OpenAI Responses, which number them,',
    openAiResponses,
    (text, index) => {
      const type = 'response.output_text.delta'
      const place = { item_id: 'msg_1', output_index: 0, content_index: 0 }
      const rest = { logprobs: [], obfuscation: 'x'.repeat(index) }
      return eventOf(
        JSON.stringify({ type, sequence_number: index + 8, ...place, delta: text, ...rest }),
        type,
      )
    },
  ],
]

describe.each(formats)('texts of %s', (_name, format, createEvent) => {
  const events = texts.map(createEvent)

  test('are read without parsing but for the first event', () => {
    const parts = partsOf(format, events.join(''))
    expect(parts.map((part) => part instanceof TextPart)).toEqual(texts.map((_, at) => at > 0))
    expect(parts.map(outcomeOf)).toEqual(parsedPartsOf(format, events).map(outcomeOf))
  })

  test('pass as they came, and where one is added the event says nothing else', () => {
    const parts = partsOf(format, events.join(''))
    expect(parts.map((part) => part.encode().bytes.toString())).toEqual(events)
    const [first, , third] = parts
    const channel = first?.deltas[0]?.channel ?? ''
    const added = third?.createDelta(channel, 'more "text"')
    const again = partsOf(format, added?.encode().bytes.toString() ?? '')
    expect(again.flatMap(({ deltas }) => deltas.map(({ text }) => text))).toEqual(['more "text"'])
    expect(added?.deltas.map(({ text }) => text)).toEqual(['more "text"'])
  })
})

test('a text that is spelled otherwise than the field that repeats it is not sought in that field', () => {
  const event = (id: string, text: string) =>
    eventOf(`{"id":"${id}","choices":[{"index":0,"delta":{"content":"${text}"}}]}`)
  const events = [event('foo', 'f\\u006fo'), event('bar', 'f\\u006fo'), event('baz', 'f\\u006fo')]
  const parts = partsOf(openAiChat, events.join(''))
  expect(parts.some((part) => part instanceof TextPart)).toBe(false)
  expect(parts.map(({ deltas }) => deltas[0]?.text)).toEqual(['foo', 'foo', 'foo'])
})

test('forms are no longer sought in a stream whose events all differ', () => {
  const event = (index: number) => {
    const choices = [{ index: 0, delta: { content: 'a' } }]
    return eventOf(JSON.stringify({ created: index, choices }))
  }
  const differing = Array.from({ length: 20 }, (_, index) => event(index))
  const parts = partsOf(openAiChat, [...differing, event(20), event(20)].join(''))
  expect(parts.some((part) => part instanceof TextPart)).toBe(false)
})
