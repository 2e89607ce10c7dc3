import Anthropic, { BadRequestError, RateLimitError } from '@anthropic-ai/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endlessAnswer, lastHeader, type SdkTarget, targetsOf, untilAborted } from './sdk-target.ts'

const provider = {
  host: 'api.anthropic.com',
  ai: { anthropic: { authToken: { inline: 'sk-ant-held-by-sluice' } } },
}
const model = 'claude-sonnet-5'
const question = {
  ...{ model, max_tokens: 500, system: 'Be brief.' },
  messages: [{ role: 'user' as const, content: 'What is a reverse proxy?' }],
}
const asking = {
  ...{ model, max_tokens: 500 },
  messages: [{ role: 'user' as const, content: 'What is the weather in Rome?' }],
  tools: [
    {
      name: 'get_weather',
      description: 'Weather of a city',
      input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } },
    },
  ],
}

describe.each(targetsOf(provider))('@anthropic-ai/sdk against %s', (_name, start) => {
  let target: SdkTarget
  let client: Anthropic
  beforeAll(async () => {
    target = await start()
    client = new Anthropic({
      ...{ apiKey: 'sk-ant-of-the-client', baseURL: target.url, maxRetries: 0 },
      // A token of the environment would take the key's place.
      authToken: null,
    })
  })
  afterAll(() => target.stop())

  test('chats, and streams the same message', async () => {
    const whole = await client.messages.create(question)
    expect(whole.content[0]).toMatchObject({ type: 'text', text: expect.stringMatching(/\w{3}/) })
    const { content, usage, stop_reason } = await client.messages.stream(question).finalMessage()
    expect({ content, stop_reason }).toEqual({ content: whole.content, stop_reason: 'end_turn' })
    expect(usage.output_tokens).toBe(whole.usage.output_tokens)
  })

  test('calls a tool and makes an answer of its result', async () => {
    const called = await client.messages.create(asking)
    const [use] = called.content
    expect(use).toMatchObject({ type: 'tool_use', name: 'get_weather', input: { city: 'Rome' } })
    const result = {
      type: 'tool_result' as const,
      tool_use_id: use !== undefined && 'id' in use ? use.id : '',
      content: '21 °C',
    }
    const answered = await client.messages.create({
      ...asking,
      messages: [
        ...asking.messages,
        { role: 'assistant', content: called.content },
        { role: 'user', content: [result] },
      ],
    })
    expect(answered.stop_reason).toBe('end_turn')
    const streamed = await client.messages.stream(asking).finalMessage()
    expect(streamed.content).toEqual(called.content)
  })

  test('counts tokens', async () => {
    const { max_tokens: _limit, ...counted } = question
    const { input_tokens } = await client.messages.countTokens(counted)
    const { usage } = await client.messages.create(question)
    expect(input_tokens).toBe(usage.input_tokens)
  })

  test('comes to the provider with the credential that counts', async () => {
    await client.messages.create(question)
    const sent = [await lastHeader(target, 'authorization'), await lastHeader(target, 'x-api-key')]
    const own = ['Bearer ****ient', undefined]
    expect(sent).toEqual(target.holdsCredential ? [undefined, '****uice'] : own)
  })

  test('throws the errors of the provider', async () => {
    const empty = await client.messages
      .create({ ...question, messages: [] })
      .catch((thrown: unknown) => thrown)
    expect(empty).toBeInstanceOf(BadRequestError)
    expect(empty).toMatchObject({ status: 400, type: 'invalid_request_error' })
    const limited = client.messages.create(question, { headers: { 'x-simulate-status': '429' } })
    await expect(limited).rejects.toBeInstanceOf(RateLimitError)
  })

  test('aborts a stream, and the provider stops', async () => {
    const stream = client.messages.stream(
      { ...question, max_tokens: 10_000 },
      { headers: endlessAnswer },
    )
    stream.once('text', () => stream.abort())
    await expect(stream.finalMessage()).rejects.toThrow('abort')
    await untilAborted(target)
  })
})
