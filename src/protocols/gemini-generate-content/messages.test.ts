import { describe, expect, test } from 'vitest'
import type { WireFormat } from '../../llm/wire-format.ts'
import { geminiCountTokens, geminiEmbedContent, geminiGenerateContent } from './index.ts'

type Json = Record<string, unknown>

function read(json: Json, format: WireFormat = geminiGenerateContent) {
  const request = format.readRequest(json, '/v1beta/models/gemini-2.5-flash:generateContent')
  if (request === undefined) throw new Error('not a request')
  return request
}

const say = (json: Json, format?: WireFormat) =>
  read(json, format)
    .texts()
    .map(({ channel, role, text }) => `${channel} (${role}): ${text}`)

function withAdded(json: Json, ...added: [string, string][]) {
  const request = read(json)
  const messages = added.map(([role, content]) => ({ role, content }))
  return request.addMessages(messages, []) ? JSON.parse(request.encode().toString()) : undefined
}

describe('a request', () => {
  test('shows all that the model reads, in either spelling', () => {
    expect(
      say({
        systemInstruction: { parts: [{ text: 'Be kind.' }] },
        system_instruction: { parts: [{ text: 'Be brief.' }] },
        contents: [
          {
            role: 'USER',
            parts: [{ text: 'a' }, { inlineData: { mimeType: 'image/png', data: 'A' } }],
          },
          { role: 'model', parts: [{ functionCall: { name: 'f', args: { name: 'b' } } }] },
          { parts: [{ functionResponse: { name: 'f', response: { id: 'c' } } }] },
        ],
        tools: [{ functionDeclarations: [{ name: 'f', description: 'd' }] }],
        generationConfig: { responseSchema: { description: 'e' }, responseMimeType: 'text/plain' },
        safetySettings: [{ category: 'X', threshold: 'Y' }],
      }),
    ).toEqual([
      'request system_instruction parts (system): Be brief.',
      'request systemInstruction parts (system): Be kind.',
      'content 0 parts (user): a',
      'content 1 parts 0 functionCall args name key (model): name',
      'content 1 parts 0 functionCall args name (model): b',
      'content 2 parts 0 functionResponse response id key (user): id',
      'content 2 parts 0 functionResponse response id (user): c',
      'request generationConfig responseSchema description (undefined): e',
      'request tools 0 functionDeclarations 0 description (undefined): d',
    ])
  })

  test('for tokens or embeddings shows its texts too', () => {
    expect(say({ content: { parts: [{ text: 'a' }] } }, geminiEmbedContent)).toEqual([
      'request content parts (user): a',
    ])
    const inner = { contents: [{ parts: [{ text: 'b' }] }] }
    expect(say({ generateContentRequest: inner }, geminiCountTokens)).toEqual([
      'request generateContentRequest contents 0 parts (undefined): b',
    ])
  })

  const contents = [{ role: 'user', parts: [{ text: 'q' }] }]
  const part = (text: string) => ({ text })
  const content = (text: string) => ({ parts: [{ text }] })

  test.each<[string, Json, Json]>([
    ['none', {}, { system_instruction: { parts: [part('s'), part('d'), part('z')] } }],
    [
      'one without a value',
      { systemInstruction: null },
      { systemInstruction: { parts: [part('s'), part('d'), part('z')] } },
    ],
    [
      'an object',
      { systemInstruction: { role: 'system', ...content('own') } },
      { systemInstruction: { role: 'system', parts: ['s', 'd', 'own', 'z'].map(part) } },
    ],
    [
      'an object with one part',
      { system_instruction: { parts: part('own') } },
      { system_instruction: { parts: ['s', 'd', 'own', 'z'].map(part) } },
    ],
    [
      'an object without parts',
      { system_instruction: {} },
      { system_instruction: { parts: [part('s'), part('d'), part('z')] } },
    ],
    [
      'a text',
      { systemInstruction: 'own' },
      { systemInstruction: { parts: ['s', 'd', 'own', 'z'].map(part) } },
    ],
    [
      'a list',
      { systemInstruction: [content('own')] },
      {
        systemInstruction: [
          { role: 'system', ...content('s') },
          { role: 'developer', ...content('d') },
          content('own'),
          { role: 'system', ...content('z') },
        ],
      },
    ],
  ])('gets system texts around its instruction where it has %s', (_name, own, expected) => {
    const request = read({ contents, ...own })
    const before = [
      { role: 'SYSTEM', content: 's' },
      { role: 'developer', content: 'd' },
    ]
    expect(request.addMessages(before, [{ role: 'system', content: 'z' }])).toBe(true)
    expect(JSON.parse(request.encode().toString())).toEqual({ contents, ...expected })
  })

  test('gets other messages around its contents, if it has any', () => {
    const { contents } = withAdded({ contents: [] }, ['USER', 'a'], ['assistant', 'b'])
    expect(contents).toEqual([
      { role: 'user', parts: [{ text: 'a' }] },
      { role: 'model', parts: [{ text: 'b' }] },
    ])
    expect(withAdded({}, ['system', 's'], ['user', 'a'])).toBeUndefined()
  })

  test('leaves model and streaming to the path, and limits output in its configuration', () => {
    const request = read({ contents: [], model: 'x', stream: true })
    request.setModel('y')
    expect([request.model, request.streaming, request.setStreaming(true), request.changed]).toEqual(
      [...[undefined, false, false, false]],
    )
    expect(request.json['model']).toBe('x')
    request.setMaxOutputTokens(7)
    expect(request.json['generationConfig']).toEqual({ maxOutputTokens: 7 })
    const other = read({ generation_config: { max_output_tokens: 9, candidate_count: 2 } })
    expect([other.maxOutputTokens(), other.choiceCount()]).toEqual([9, 2])
    other.setMaxOutputTokens(5)
    expect(other.json).toEqual({ generation_config: { max_output_tokens: 5, candidate_count: 2 } })
  })
})

describe('a whole answer', () => {
  test('shows its texts by candidate', () => {
    const parts = [
      { text: 'hm', thought: true },
      { text: 'a' },
      { executableCode: { language: 'PYTHON', code: 'b' } },
      { functionCall: { name: 'f', args: { c: 'd' } } },
    ]
    const answer = geminiGenerateContent.readResponse({
      candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP', logprobsResult: {} }],
      usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2 },
      modelVersion: 'm',
    })
    expect(answer.texts().map(({ channel, text }) => `${channel}: ${text}`)).toEqual([
      'candidate 0 thought: hm',
      'candidate 0: a',
      'candidate 0 part 2 executableCode language: PYTHON',
      'candidate 0 part 2 executableCode code: b',
      'candidate 0 part 3 args 0: c',
      'candidate 0 part 3 args 1: d',
    ])
    expect([answer.known, answer.model, answer.usage?.totalTokens]).toEqual([true, 'm', 3])
    answer.dropRepetitions()
    expect(answer.encode().toString()).not.toContain('logprobs')
  })

  test('of counts and embeddings is known by what it holds', () => {
    const known = (format: WireFormat, json: Json) => format.readResponse(json).known
    expect(known(geminiCountTokens, { totalTokens: 3 })).toBe(true)
    expect(known(geminiEmbedContent, { embedding: { values: [1] } })).toBe(true)
    expect(known(geminiEmbedContent, { embeddings: [] })).toBe(true)
    expect(known(geminiGenerateContent, { error: { message: 'x' } })).toBe(true)
    for (const format of [geminiCountTokens, geminiEmbedContent, geminiGenerateContent]) {
      expect(known(format, { predictions: ['x'] })).toBe(false)
    }
  })
})

test('of both spellings of a limit the larger counts, and of answers', () => {
  const read = (json: object) => geminiGenerateContent.readRequest({ contents: [], ...json }, '')
  const both = {
    generationConfig: { maxOutputTokens: 5, candidateCount: 1 },
    generation_config: { max_output_tokens: 700, candidate_count: 3 },
  }
  expect(read(both)?.maxOutputTokens()).toBe(700)
  expect(read(both)?.choiceCount()).toBe(3)
  expect(read({ generationConfig: { candidateCount: '8' } })).toBeUndefined()
  expect(read({ GenerationConfig: {} })).toBeUndefined()
})
