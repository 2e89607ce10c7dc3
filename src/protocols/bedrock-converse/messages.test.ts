import { describe, expect, test } from 'vitest'
import { bedrockConverse } from './index.ts'

type Json = Record<string, unknown>

function read(json: Json) {
  const request = bedrockConverse.readRequest(json, '/model/m/converse')
  if (request === undefined) throw new Error('not a request')
  return request
}

function withAdded(json: Json, prepend: [string, string][], append: [string, string][] = []) {
  const request = read(json)
  const toMessage = ([role, content]: [string, string]) => ({ role, content })
  return request.addMessages(prepend.map(toMessage), append.map(toMessage))
    ? JSON.parse(request.encode().toString())
    : undefined
}

describe('a request', () => {
  test('shows all that the model reads, and who speaks', () => {
    const request = read({
      system: [{ text: 'Be kind.' }, { cachePoint: { type: 'default' } }],
      messages: [
        {
          role: 'user',
          content: [
            { text: 'a' },
            { document: { name: 'b', format: 'txt', source: { text: 'c' } } },
            { image: { format: 'png', source: { bytes: 'AAAA' } } },
          ],
        },
        {
          role: 'assistant',
          content: [{ toolUse: { toolUseId: 't', name: 'f', input: { name: 'd' } } }],
        },
        {
          role: 'user',
          content: [
            { toolResult: { toolUseId: 't', content: [{ json: { id: 'e' } }, { text: 'f' }] } },
          ],
        },
      ],
      toolConfig: { tools: [{ toolSpec: { name: 'f', description: 'g' } }] },
      promptVariables: { x: { text: 'h' } },
      requestMetadata: { team: 'z' },
    })
    expect(
      request.texts().map(({ channel, role, text }) => `${channel} (${role}): ${text}`),
    ).toEqual([
      'request system (system): Be kind.',
      'message 0 content (user): a',
      'message 0 content 1 document source (user): c',
      'message 0 content 1 document name (user): b',
      'message 1 content 0 toolUse input name key (assistant): name',
      'message 1 content 0 toolUse input name (assistant): d',
      'message 2 content 0 toolResult content 0 json id key (user): id',
      'message 2 content 0 toolResult content 0 json id (user): e',
      'message 2 content 0 toolResult content (user): f',
      'request toolConfig tools 0 toolSpec description (undefined): g',
      'request promptVariables x (undefined): h',
    ])
  })

  test('gets added texts into lists that are made where there are none', () => {
    expect(
      withAdded({}, [
        ['SYSTEM', 's'],
        ['USER', 'u'],
      ]),
    ).toEqual({
      system: [{ text: 's' }],
      messages: [{ role: 'user', content: [{ text: 'u' }] }],
    })
    const own = { role: 'user', content: [{ text: 'q' }] }
    expect(
      withAdded(
        { system: [{ text: 'own' }], messages: [own] },
        [
          ['developer', 'd'],
          ['user', 'u'],
        ],
        [
          ['system', 's'],
          ['assistant', 'a'],
        ],
      ),
    ).toEqual({
      system: [{ text: 'd' }, { text: 'own' }, { text: 's' }],
      messages: [
        { role: 'user', content: [{ text: 'u' }] },
        own,
        { role: 'assistant', content: [{ text: 'a' }] },
      ],
    })
    expect(withAdded({ messages: [] }, [['user', 'u']])).not.toHaveProperty('system')
    expect(withAdded({ messages: 'x' }, [['user', 'u']])).toBeUndefined()
  })

  test('limits its output in the configuration of the inference', () => {
    const request = read({ inferenceConfig: { maxTokens: 9, temperature: 0 } })
    expect(request.maxOutputTokens()).toBe(9)
    request.setMaxOutputTokens(5)
    expect(request.json).toEqual({ inferenceConfig: { maxTokens: 5, temperature: 0 } })
    const silent = read({})
    silent.setMaxOutputTokens(5)
    expect(silent.json).toEqual({ inferenceConfig: { maxTokens: 5 } })
  })
})

describe('a whole answer', () => {
  test('shows its texts in the channels of a stream', () => {
    const content = [
      { reasoningContent: { reasoningText: { text: 'hm', signature: 'AAAA' } } },
      { text: 'a' },
      { toolUse: { toolUseId: 't', name: 'f', input: { card: '5100' } } },
    ]
    const answer = bedrockConverse.readResponse({
      output: { message: { role: 'assistant', content } },
      stopReason: 'end_turn',
      usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
    })
    expect(answer.texts().map(({ channel, text }) => `${channel}: ${text}`)).toEqual([
      'content 0 reasoningContent: hm',
      'content 1: a',
      'content 2 input 0: card',
      'content 2 input 1: 5100',
    ])
    expect([answer.known, answer.usage?.totalTokens]).toEqual([true, 3])
  })

  test('of an error shows its message, and of another form is not known', () => {
    expect(bedrockConverse.readResponse({ message: 'no' }).texts()).toHaveLength(1)
    expect(bedrockConverse.readResponse({ Message: 'no' }).known).toBe(true)
    expect(bedrockConverse.readResponse({ output: {} }).known).toBe(false)
  })
})
