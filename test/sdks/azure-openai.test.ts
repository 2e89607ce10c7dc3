import { AzureOpenAI, BadRequestError, RateLimitError } from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endlessAnswer, lastHeader, type SdkTarget, targetsOf, untilAborted } from './sdk-target.ts'

const host = 'my-resource.openai.azure.com'
const deployment = 'my-gpt'
const apiVersion = '2024-10-21'
const provider = {
  host,
  ai: {
    azureOpenai: {
      authToken: { inline: 'held-by-sluice' },
      ...{ endpoint: host, deploymentName: deployment, apiVersion },
    },
  },
}
const model = 'gpt-4o-mini'
const messages = [{ role: 'user' as const, content: 'What is a reverse proxy?' }]
const parameters = { type: 'object', properties: { city: { type: 'string' } } }
const described = { name: 'get_weather', description: 'Weather of a city', parameters }

describe.each(targetsOf(provider))('AzureOpenAI of openai against %s', (_name, start) => {
  let target: SdkTarget
  let client: AzureOpenAI
  beforeAll(async () => {
    target = await start()
    client = new AzureOpenAI({
      ...{ apiKey: 'key-of-the-client', endpoint: target.url, apiVersion, deployment },
      maxRetries: 0,
    })
  })
  afterAll(() => target.stop())

  test('chats, and streams the same text', async () => {
    const whole = await client.chat.completions.create({ model, messages })
    expect(whole.choices[0]?.message.content).toMatch(/\w{3}/)
    let text = ''
    const stream = await client.chat.completions.create({ model, messages, stream: true })
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    expect(text).toBe(whole.choices[0]?.message.content)
  })

  test('calls a tool', async () => {
    const { choices } = await client.chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'What is the weather in Rome?' }],
      tools: [{ type: 'function', function: described }],
    })
    expect(choices[0]?.message.tool_calls?.[0]).toMatchObject({
      function: { name: 'get_weather', arguments: '{"city":"Rome"}' },
    })
  })

  test('makes embeddings', async () => {
    const { data } = await client.embeddings.create({
      ...{ model: 'text-embedding-3-small', input: ['first text', 'second text'] },
    })
    expect(data).toHaveLength(2)
  })

  test('comes to the provider with the credential that counts', async () => {
    await client.chat.completions.create({ model, messages })
    const expected = target.holdsCredential ? '****uice' : '****ient'
    expect(await lastHeader(target, 'api-key')).toBe(expected)
  })

  test('throws the errors of the provider', async () => {
    const empty = client.chat.completions.create({ model, messages: [] })
    await expect(empty).rejects.toBeInstanceOf(BadRequestError)
    const limited = client.chat.completions.create(
      { model, messages },
      { headers: { 'x-simulate-status': '429' } },
    )
    await expect(limited).rejects.toBeInstanceOf(RateLimitError)
  })

  test('aborts a stream, and the provider stops', async () => {
    const stream = await client.chat.completions.create(
      { model, messages, stream: true },
      { headers: endlessAnswer },
    )
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta.content) stream.controller.abort()
    }
    await untilAborted(target)
  })
})
