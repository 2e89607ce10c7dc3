import { describe, expect, test } from 'vitest'
import { loadTokenizer } from '../generation/tokenizer.ts'
import { answerChat } from './answer-chat.ts'
import type { ChatCall, ChatTool } from './chat-call.ts'
import { countPrompt } from './count-prompt.ts'

const tokenizer = await loadTokenizer('o200k_base')
const weather: ChatTool = {
  name: 'get_weather',
  description: 'Current weather of a city',
  schema: {
    type: 'object',
    properties: {
      city: { type: 'string' },
      unit: { enum: ['celsius', 'fahrenheit'] },
      days: { type: 'integer', minimum: 2 },
      hours: { type: 'array', items: { type: 'number' } },
      place: { type: 'OBJECT', properties: { exact: { type: 'BOOLEAN' } } },
      note: { type: 'string' },
    },
    required: ['city', 'unit', 'days', 'hours', 'place'],
  },
}
const clock: ChatTool = { name: 'readClock', description: 'Tells the time', schema: {} }

const call = (text: string, rest: Partial<ChatCall> = {}): ChatCall => ({
  ...{ seed: 'seed', turns: [{ role: 'user', text }], tools: [], toolChoice: 'auto', stop: [] },
  ...{ maxTokens: undefined, wantedTokens: undefined, outputSchema: undefined },
  ...rest,
})
const answer = (text: string, rest: Partial<ChatCall> = {}) =>
  answerChat(call(text, rest), tokenizer)

describe('an answer', () => {
  test('says what the user asks to be repeated, letter by letter', () => {
    const text = 'SSN 078-05-1120,\n  naïve 漢字 🎉\ud83c\udff4.'
    const { text: said, tokens } = answer(`Please repeat exactly: ${text}`)
    expect(said).toBe(text.toWellFormed())
    expect(tokens.map((token) => token.text).join('')).toBe(said)
  })

  test.each([
    ['Can you give me some examples of Mastercard credit card numbers?'],
    ['Show example master card numbers.'],
  ])('to %j explains card numbers with examples', (prompt) => {
    expect(answer(prompt).text).toMatch(/51 to 55.* 5100 0000 0000 0000/)
  })

  test('to a talk about cards has no number in it', () => {
    expect(answer('Should a shop take a credit card?').text).not.toMatch(/\d{4}/)
  })

  test('says which sequence stopped it', () => {
    const stopped = answer('Repeat exactly: one, two; three', { stop: [';', ','] })
    expect(stopped).toMatchObject({ text: 'one', end: 'stop-sequence', stopSequence: ',' })
  })

  test('fits the schema that the caller gives', () => {
    const { text } = answer('Weather in Paris', { outputSchema: weather.schema })
    expect(JSON.parse(text)).toMatchObject({ city: 'Paris', unit: 'celsius' })
  })
})

describe('a tool', () => {
  const tools = [clock, weather]

  test('is called when the question is about it, with arguments of its schema', () => {
    const { toolCall, end, text, tokens } = answer('What is the weather in Paris?', { tools })
    expect({ end, text }).toEqual({ end: 'tool-call', text: '' })
    expect(toolCall?.name).toBe('get_weather')
    expect(toolCall?.arguments).toEqual({
      ...{ city: 'Paris', unit: 'celsius', days: 2, hours: [1], place: { exact: true } },
    })
    expect(tokens.map((token) => token.text).join('')).toBe(toolCall?.json)
  })

  test.each([
    ['the question is about something else', 'Who wrote Faust?', {}],
    ['the caller wants none', 'What is the weather?', { toolChoice: 'none' }],
  ] as const)('is not called when %s', (_when, text, rest) => {
    expect(answer(text, { tools, ...rest }).end).toBe('finished')
  })

  test('is called whatever the question when the caller requires it', () => {
    expect(answer('Hello', { tools, toolChoice: 'required' }).toolCall?.name).toBe('readClock')
    const named = answer('Hello', { tools, toolChoice: { name: 'get_weather' } })
    expect(named.toolCall?.name).toBe('get_weather')
  })

  test('is not called again when its result is there', () => {
    const turns = [
      { role: 'user', text: 'What is the weather in Paris?' },
      { role: 'assistant', text: '{}' },
      { role: 'tool', text: '21 °C' },
    ] as const
    expect(answer('', { tools, turns }).end).toBe('finished')
  })

  test('whose schema names itself has arguments of bounded depth', () => {
    const schema: Record<string, unknown> = { type: 'object', properties: {} }
    schema['properties'] = { child: schema }
    const tool = { name: 'tree', description: '', schema }
    expect(answer('x', { tools: [tool], toolChoice: 'required' }).toolCall?.json).toContain('null')
  })

  test('is part of the prompt that is counted', () => {
    const marks = { perMessage: 4, perPrompt: 3 }
    const without = countPrompt(call('Hello'), tokenizer, marks)
    expect(without).toBe(1 + 4 + 3)
    expect(countPrompt(call('Hello', { tools }), tokenizer, marks)).toBeGreaterThan(without + 50)
  })
})
