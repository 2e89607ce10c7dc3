import OpenAI, { BadRequestError, RateLimitError } from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endlessAnswer, lastHeader, type SdkTarget, targetsOf, untilAborted } from './sdk-target.ts'

const provider = {
  host: 'api.openai.com',
  ai: { openai: { authToken: { inline: 'sk-held-by-sluice' } } },
}
const model = 'gpt-4o-mini'
const question = [{ role: 'user' as const, content: 'What is a reverse proxy?' }]
const parameters = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}
const described = { name: 'get_weather', description: 'Weather of a city', parameters }
const askingForWeather = 'What is the weather in Rome?'

describe.each(targetsOf(provider))('openai against %s', (_name, start) => {
  let target: SdkTarget
  let client: OpenAI
  beforeAll(async () => {
    target = await start()
    client = new OpenAI({ apiKey: 'sk-of-the-client', baseURL: `${target.url}/v1`, maxRetries: 0 })
  })
  afterAll(() => target.stop())

  test('chats, and streams the same text with its usage', async () => {
    const whole = await client.chat.completions.create({ model, messages: question })
    const content = whole.choices[0]?.message.content
    expect(content).toMatch(/\w{3}/)
    const stream = await client.chat.completions.create({
      ...{ model, messages: question, stream: true },
      stream_options: { include_usage: true },
    })
    let text = ''
    let usage: unknown
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? ''
      usage = chunk.usage ?? usage
    }
    expect(text).toBe(content)
    expect(usage).toEqual(whole.usage)
  })

  test('calls a tool and makes an answer of its result', async () => {
    const runner = client.chat.completions.runTools({
      model,
      messages: [{ role: 'user', content: askingForWeather }],
      tools: [
        {
          type: 'function',
          function: {
            ...described,
            parse: JSON.parse,
            function: ({ city }: { city: string }) => `21 °C in ${city}`,
          },
        },
      ],
    })
    expect(await runner.finalContent()).toMatch(/\w{3}/)
    const result = runner.messages.find(({ role }) => role === 'tool')
    expect(result?.content).toBe('21 °C in Rome')
  })

  test('streams the call of a tool', async () => {
    const stream = client.chat.completions.stream({
      model,
      messages: [{ role: 'user', content: askingForWeather }],
      tools: [{ type: 'function', function: described }],
    })
    const { choices } = await stream.finalChatCompletion()
    expect(choices[0]?.message.tool_calls?.[0]).toMatchObject({
      function: { name: 'get_weather', arguments: '{"city":"Rome"}' },
    })
  })

  test('responds, and streams the same response', async () => {
    const whole = await client.responses.create({ model, input: 'What is a reverse proxy?' })
    expect(whole.output_text).toMatch(/\w{3}/)
    const stream = client.responses.stream({ model, input: 'What is a reverse proxy?' })
    expect((await stream.finalResponse()).output_text).toBe(whole.output_text)
    const called = await client.responses.create({
      model,
      input: askingForWeather,
      tools: [{ type: 'function', ...described, strict: true }],
    })
    expect(called.output[0]).toMatchObject({ type: 'function_call', name: 'get_weather' })
  })

  test('makes embeddings', async () => {
    const { data, usage } = await client.embeddings.create({
      ...{ model: 'text-embedding-3-small', input: ['first text', 'second text'] },
    })
    expect(data.map(({ embedding }) => embedding.length)).toEqual([1536, 1536])
    expect(usage.prompt_tokens).toBe(4)
  })

  test('lists models and moderates', async () => {
    const ids = []
    for await (const { id } of client.models.list()) ids.push(id)
    expect(ids).toContain('gpt-4o')
    const { results } = await client.moderations.create({ input: 'I will kill you' })
    expect(results[0]?.flagged).toBe(true)
  })

  test('comes to the provider with the credential that counts', async () => {
    await client.models.list()
    const expected = target.holdsCredential ? 'Bearer ****uice' : 'Bearer ****ient'
    expect(await lastHeader(target, 'authorization')).toBe(expected)
  })

  test('throws the errors of the provider', async () => {
    const empty = client.chat.completions.create({ model, messages: [] })
    const error = await empty.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(BadRequestError)
    expect(error).toMatchObject({ status: 400, code: 'empty_array', param: 'messages' })
    const limited = client.chat.completions.create(
      { model, messages: question },
      { headers: { 'x-simulate-status': '429' } },
    )
    await expect(limited).rejects.toBeInstanceOf(RateLimitError)
  })

  test('aborts a stream, and the provider stops', async () => {
    const stream = await client.chat.completions.create(
      { model, messages: question, stream: true },
      { headers: endlessAnswer },
    )
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta.content) stream.controller.abort()
    }
    await untilAborted(target)
  })
})
