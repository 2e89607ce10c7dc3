import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
  ThrottlingException,
  type ToolConfiguration,
  ValidationException,
} from '@aws-sdk/client-bedrock-runtime'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endlessAnswer, lastHeader, type SdkTarget, targetsOf, untilAborted } from './sdk-target.ts'

const modelId = 'anthropic.claude-3-haiku-20240307-v1:0'
const provider = {
  host: 'bedrock-runtime.us-east-1.amazonaws.com',
  http2: true,
  ai: {
    bedrock: {
      ...{ model: modelId, region: 'us-east-1' },
      credentialProvider: {
        // The pair of Amazon's documentation, whose signatures the simulator verifies.
        inline: {
          accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
          secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
        },
      },
    },
  },
}
const user = (text: string) => ({ role: 'user' as const, content: [{ text }] })
const question = { modelId, messages: [user('What is a reverse proxy?')] }
const json = { type: 'object', properties: { city: { type: 'string' } } }
const toolSpec = { name: 'get_weather', description: 'Weather of a city', inputSchema: { json } }
const toolConfig: ToolConfiguration = { tools: [{ toolSpec }] }
const asking = { modelId, messages: [user('What is the weather in Rome?')], toolConfig }

describe.each(targetsOf(provider))('@aws-sdk/client-bedrock-runtime against %s', (_name, start) => {
  let target: SdkTarget
  let client: BedrockRuntimeClient
  beforeAll(async () => {
    target = await start()
    client = createClient()
  })
  afterAll(async () => {
    client.destroy()
    await target.stop()
  })

  /** The SDK has no option for headers. */
  function createClient(headers: Readonly<Record<string, string>> = {}): BedrockRuntimeClient {
    const created = new BedrockRuntimeClient({
      ...{ region: 'us-east-1', endpoint: target.url, maxAttempts: 1 },
      credentials: { accessKeyId: 'AKIAOFTHECLIENT12345', secretAccessKey: 'of-the-client' },
    })
    created.middlewareStack.add(
      (next) => (call) => {
        Object.assign((call.request as { headers: object }).headers, headers)
        return next(call)
      },
      { step: 'build' },
    )
    return created
  }

  test('converses, and streams the same text with its usage', async () => {
    const whole = await client.send(new ConverseCommand(question))
    const said = whole.output?.message?.content?.[0]?.text
    expect(said).toMatch(/\w{3}/)
    const { stream = [] } = await client.send(new ConverseStreamCommand(question))
    let text = ''
    let usage: unknown
    for await (const event of stream as AsyncIterable<Record<string, never>>) {
      text += (event['contentBlockDelta']?.['delta']?.['text'] as string | undefined) ?? ''
      usage = event['metadata']?.['usage'] ?? usage
    }
    expect(text).toBe(said)
    expect(usage).toEqual(whole.usage)
  })

  test('calls a tool and makes an answer of its result', async () => {
    const called = await client.send(new ConverseCommand(asking))
    const content = called.output?.message?.content ?? []
    const toolUse = content[0]?.toolUse
    expect(toolUse).toMatchObject({ name: 'get_weather', input: { city: 'Rome' } })
    const toolResult = { toolUseId: toolUse?.toolUseId, content: [{ text: '21 °C' }] }
    const messages = [
      ...asking.messages,
      { role: 'assistant' as const, content },
      { role: 'user' as const, content: [{ toolResult }] },
    ]
    const answered = await client.send(new ConverseCommand({ ...asking, messages }))
    expect(answered.stopReason).toBe('end_turn')
  })

  test('invokes a model with a body of its own, unless the route is for conversations', async () => {
    const body = JSON.stringify({
      ...{ anthropic_version: 'bedrock-2023-05-31', max_tokens: 100 },
      messages: [{ role: 'user', content: 'What is a reverse proxy?' }],
    })
    const call = { modelId, contentType: 'application/json', body }
    const invoked = client.send(new InvokeModelCommand(call))
    if (target.holdsCredential) {
      await expect(invoked).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } })
      return
    }
    const whole = await invoked
    const { content } = JSON.parse(whole.body.transformToString())
    const streamed = await client.send(new InvokeModelWithResponseStreamCommand(call))
    let text = ''
    for await (const { chunk } of streamed.body ?? []) {
      text += JSON.parse(Buffer.from(chunk?.bytes ?? []).toString()).delta?.text ?? ''
    }
    expect(text).toBe(content[0].text)
  })

  test('comes to the provider signed by who holds the key', async () => {
    await client.send(new ConverseCommand(question))
    expect(await lastHeader(target, 'authorization')).toBe('AWS4-HMAC-SHA256 ****')
  })

  test('throws the errors of the provider', async () => {
    const empty = client.send(new ConverseCommand({ modelId, messages: [] }))
    await expect(empty).rejects.toBeInstanceOf(ValidationException)
    const other = createClient({ 'x-simulate-status': '429' })
    const limited = other.send(new ConverseCommand(question))
    await expect(limited).rejects.toBeInstanceOf(ThrottlingException)
    other.destroy()
  })

  test('aborts a stream, and the provider stops', async () => {
    const other = createClient(endlessAnswer)
    const controller = new AbortController()
    const abortSignal = controller.signal
    const { stream = [] } = await other.send(new ConverseStreamCommand(question), { abortSignal })
    const reading = (async () => {
      for await (const event of stream) if (event.contentBlockDelta) controller.abort()
    })()
    await untilAborted(target)
    await Promise.allSettled([reading])
    other.destroy()
  })
})
