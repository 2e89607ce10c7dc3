import { createOpenAI } from '@ai-sdk/openai'
import {
  APICallError,
  embedMany,
  generateText,
  jsonSchema,
  Output,
  stepCountIs,
  streamText,
  tool,
} from 'ai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endlessAnswer, type SdkTarget, targetsOf, untilAborted } from './sdk-target.ts'

const provider = {
  host: 'api.openai.com',
  ai: { openai: { authToken: { inline: 'sk-held-by-sluice' } } },
}
const city = jsonSchema<{ city: string }>({
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
})
const prompt = 'What is a reverse proxy?'

describe.each(targetsOf(provider))('ai against %s', (_name, start) => {
  let target: SdkTarget
  let openai: ReturnType<typeof createOpenAI>
  beforeAll(async () => {
    target = await start()
    openai = createOpenAI({ apiKey: 'sk-of-the-client', baseURL: `${target.url}/v1` })
  })
  afterAll(() => target.stop())

  /** The package speaks responses unless told to chat. */
  const models = ['chat', 'responses'] as const

  test.each(models)('generates text by %s, and streams the same', async (kind) => {
    const model = openai[kind]('gpt-4o-mini')
    const whole = await generateText({ model, prompt })
    expect(whole.text).toMatch(/\w{3}/)
    const stream = streamText({ model, prompt })
    let text = ''
    for await (const part of stream.textStream) text += part
    expect(text).toBe(whole.text)
    expect((await stream.usage).totalTokens).toBe(whole.usage.totalTokens)
  })

  test.each(models)('calls a tool by %s and makes an answer of its result', async (kind) => {
    const { steps, text } = await generateText({
      model: openai[kind]('gpt-4o-mini'),
      prompt: 'What is the weather in Rome?',
      tools: {
        get_weather: tool({
          description: 'Weather of a city',
          inputSchema: city,
          execute: (input) => Promise.resolve(`21 °C in ${input.city}`),
        }),
      },
      stopWhen: stepCountIs(3),
    })
    expect(steps).toHaveLength(2)
    expect(steps[0]?.toolResults[0]).toMatchObject({
      ...{ toolName: 'get_weather', input: { city: 'Rome' }, output: '21 °C in Rome' },
    })
    expect(text).toMatch(/\w{3}/)
  })

  test('generates an object of a schema', async () => {
    const { output } = await generateText({
      model: openai('gpt-4o-mini'),
      prompt: 'What is the weather in Rome?',
      output: Output.object({ schema: city }),
    })
    expect(output).toEqual({ city: 'Rome' })
  })

  test('makes embeddings', async () => {
    const model = openai.embedding('text-embedding-3-small')
    const { embeddings, usage } = await embedMany({ model, values: ['first text', 'second text'] })
    expect(embeddings.map((vector) => vector.length)).toEqual([1536, 1536])
    expect(usage.tokens).toBe(4)
  })

  test('throws the errors of the provider', async () => {
    const limited = generateText({
      model: openai.chat('gpt-4o-mini'),
      ...{ prompt, maxRetries: 0, headers: { 'x-simulate-status': '429' } },
    })
    const error = await limited.catch((thrown: unknown) => thrown)
    expect(APICallError.isInstance(error)).toBe(true)
    expect(error).toMatchObject({ statusCode: 429, isRetryable: true })
  })

  test.each(models)('aborts a stream by %s, and the provider stops', async (kind) => {
    const controller = new AbortController()
    const { textStream } = streamText({
      model: openai[kind]('gpt-4o-mini'),
      ...{ prompt, headers: endlessAnswer, abortSignal: controller.signal },
    })
    for await (const _part of textStream) controller.abort()
    await untilAborted(target)
  })
})
