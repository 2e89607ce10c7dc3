import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TextSlot } from '../../llm/text-slot.ts'
import { editWholeTexts, readParts } from '../shared/testing/split-stream.ts'
import { openAiChat } from './index.ts'

interface Message {
  content: string
  reasoning: string
  calls: string[]
}

const text = fc.string({ unit: 'binary', maxLength: 20 })
const message: fc.Arbitrary<Message> = fc.record({
  content: text,
  reasoning: text,
  calls: fc.array(fc.dictionary(text, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }).map(toJson), {
    maxLength: 2,
  }),
})

function toJson(value: unknown): string {
  return JSON.stringify(value)
}

function wholeAnswer({ content, reasoning, calls }: Message): Record<string, unknown> {
  const toCall = (text: string) => ({ type: 'function', function: { name: 'f', arguments: text } })
  const toolCalls = calls.map(toCall)
  const said = { role: 'assistant', content, reasoning_content: reasoning, tool_calls: toolCalls }
  return { choices: [{ index: 0, message: said, finish_reason: 'stop' }] }
}

/** The same answer as a stream whose deltas have one to three letters. */
function streamedAnswer({ content, reasoning, calls }: Message, size: number): Buffer {
  const pieces = (whole: string) => whole.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []
  const deltas: object[] = [
    ...pieces(reasoning).map((piece) => ({ reasoning_content: piece })),
    ...pieces(content).map((piece) => ({ content: piece })),
    ...calls.flatMap((call, index) =>
      pieces(call).map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] })),
    ),
  ]
  const toEvent = (delta: object, reason: string | null) =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`
  const events = [...deltas.map((delta) => toEvent(delta, null)), toEvent({}, 'stop')]
  return Buffer.from(`${events.join('')}data: [DONE]\n\n`)
}

function byChannel(slots: readonly Pick<TextSlot, 'channel' | 'text'>[]): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const slot of slots) texts[slot.channel] = (texts[slot.channel] ?? '') + slot.text
  return Object.fromEntries(Object.entries(texts).filter(([, joined]) => joined !== ''))
}

const mask = (whole: string) => (whole === '' ? '' : `<${whole.length}">`)

test('a streamed answer has the texts of the whole one, before and after they are replaced', () => {
  const chat = { format: openAiChat }
  fc.assert(
    fc.property(message, fc.integer({ min: 1, max: 3 }), (said, size) => {
      const whole = openAiChat.readResponse(wholeAnswer(said))
      const stream = streamedAnswer(said, size)
      const deltas = readParts(chat, [stream]).flatMap((part) => part.deltas)
      const expected = byChannel(whole.texts())
      expect(byChannel(deltas)).toEqual(expected)

      const edited = editWholeTexts(chat, [stream], mask)
      for (const slot of whole.texts()) slot.replace(mask(slot.text))
      const changed = readParts(chat, [edited]).flatMap((part) => part.deltas)
      expect(byChannel(changed)).toEqual(byChannel(whole.texts()))
    }),
    { numRuns: 60 },
  )
})
