import { Mistral } from '@mistralai/mistralai'
import { HTTPValidationError, SDKError } from '@mistralai/mistralai/models/errors'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endlessAnswer, lastHeader, type SdkTarget, targetsOf, untilAborted } from './sdk-target.ts'

const provider = {
  host: 'api.mistral.ai',
  ai: { mistral: { authToken: { inline: 'held-by-sluice' } } },
}
const model = 'mistral-small-latest'
const messages = [{ role: 'user' as const, content: 'What is a reverse proxy?' }]
const asking = [{ role: 'user' as const, content: 'What is the weather in Rome?' }]
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const described = { name: 'get_weather', description: 'Weather of a city', parameters }
const tools = [{ type: 'function' as const, function: described }]

describe.each(targetsOf(provider))('@mistralai/mistralai against %s', (_name, start) => {
  let target: SdkTarget
  let client: Mistral
  beforeAll(async () => {
    target = await start()
    client = new Mistral({ apiKey: 'key-of-the-client', serverURL: target.url })
  })
  afterAll(() => target.stop())

  test('chats, and streams the same text with its usage', async () => {
    const whole = await client.chat.complete({ model, messages })
    const content = whole.choices[0]?.message?.content
    expect(content).toMatch(/\w{3}/)
    let text = ''
    let usage: unknown
    for await (const { data } of await client.chat.stream({ model, messages })) {
      text += data.choices[0]?.delta.content ?? ''
      usage = data.usage ?? usage
    }
    expect(text).toBe(content)
    expect(usage).toEqual(whole.usage)
  })

  test('calls a tool and makes an answer of its result', async () => {
    const called = await client.chat.complete({ model, messages: asking, tools })
    const [choice] = called.choices
    const [call] = choice?.message?.toolCalls ?? []
    expect(choice?.finishReason).toBe('tool_calls')
    expect(call?.function).toEqual({ name: 'get_weather', arguments: '{"city":"Rome"}' })
    const answered = await client.chat.complete({
      model,
      messages: [
        ...asking,
        { role: 'assistant', content: '', toolCalls: call === undefined ? [] : [call] },
        { role: 'tool', toolCallId: call?.id ?? '', content: '21 °C' },
      ],
      tools,
    })
    expect(answered.choices[0]?.finishReason).toBe('stop')
  })

  test('streams the call of a tool', async () => {
    const calls = []
    for await (const { data } of await client.chat.stream({ model, messages: asking, tools })) {
      calls.push(...(data.choices[0]?.delta.toolCalls ?? []))
    }
    expect(calls.map((call) => call.function.arguments)).toEqual(['{"city":"Rome"}'])
  })

  test('makes embeddings', async () => {
    const inputs = ['first text', 'second text']
    const { data } = await client.embeddings.create({ model: 'mistral-embed', inputs })
    expect(data.map(({ embedding }) => embedding?.length)).toEqual([1024, 1024])
  })

  test('comes to the provider with the credential that counts', async () => {
    const { data = [] } = await client.models.list()
    expect(data.map((card) => 'id' in card && card.id)).toContain('mistral-small-latest')
    const expected = target.holdsCredential ? 'Bearer ****uice' : 'Bearer ****ient'
    expect(await lastHeader(target, 'authorization')).toBe(expected)
  })

  test('throws the errors of the provider', async () => {
    const empty = await client.chat.complete({ model, messages: [] }).catch((error) => error)
    expect(empty).toBeInstanceOf(HTTPValidationError)
    expect(empty).toMatchObject({ statusCode: 422 })
    const limited = client.chat.complete(
      { model, messages },
      { headers: { 'x-simulate-status': '429' } },
    )
    await expect(limited).rejects.toMatchObject({ statusCode: 429 })
    await expect(limited).rejects.toBeInstanceOf(SDKError)
  })

  test('aborts a stream, and the provider stops', async () => {
    const stream = await client.chat.stream({ model, messages }, { headers: endlessAnswer })
    for await (const { data } of stream) if (data.choices[0]?.delta.content) break
    await untilAborted(target)
  })
})
