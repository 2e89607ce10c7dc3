import { once } from 'node:events'
import { buffer } from 'node:stream/consumers'
import { crc32 } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Simulator } from '../../simulator.ts'
import { open, send, startTestSimulator } from '../../testing/client.ts'

const host = 'bedrock-runtime.us-east-1.amazonaws.com'
const haiku = '/model/anthropic.claude-3-haiku-20240307-v1%3A0'
/** Signed by Amazon's SDK for JavaScript (3.1161.0) with the pair of Amazon's documentation. */
const signedAtMs = Date.UTC(2026, 10, 20, 23, 24, 27)
const signed = {
  'content-type': 'application/json',
  'content-length': '59',
  'x-amz-user-agent': 'aws-sdk-js/3.1161.0',
  'amz-sdk-invocation-id': '8a30e069-45a4-4b4b-b84b-5aa56892abd6',
  'amz-sdk-request': 'attempt=1; max=3',
  'x-amz-date': '20261120T232427Z',
  'x-amz-content-sha256': '7421da8d1a0949a481724fee62d5886aacde03836bf58248adb73e8b61ac0d54',
  authorization:
    'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261120/us-east-1/bedrock/aws4_request, SignedHeaders=amz-sdk-invocation-id;amz-sdk-request;content-length;content-type;host;x-amz-content-sha256;x-amz-date;x-amz-user-agent, Signature=60ffb1ea768ddcfa327da5278edf1981c3e91ae82e638732926237b6e6665bed',
}
const hello = '{"messages":[{"role":"user","content":[{"text":"Hello"}]}]}'
/** Whose secret nobody told the simulator. */
const formOnly = {
  'x-amz-date': '20261120T232427Z',
  authorization: `AWS4-HMAC-SHA256 Credential=AKIAUNKNOWNUNKNOWN12/20261120/us-east-1/bedrock/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
}
const question = {
  system: [{ text: 'Be brief.' }],
  messages: [{ role: 'user', content: [{ text: 'What is a reverse proxy?' }] }],
}
const weather = {
  toolSpec: {
    name: 'get_weather',
    description: 'Weather of a city',
    inputSchema: { json: { type: 'object', properties: { city: { type: 'string' } } } },
  },
}
const asking = {
  messages: [{ role: 'user', content: [{ text: 'What is the weather in Rome?' }] }],
  toolConfig: { tools: [weather] },
}
let simulator: Simulator
beforeAll(async () => {
  simulator = await startTestSimulator({ now: () => signedAtMs })
})
afterAll(() => simulator.close())

async function post(path: string, body: unknown, headers: Record<string, string> = formOnly) {
  const reply = await send(simulator, { host, path: `${haiku}${path}`, body, headers })
  const value = JSON.parse(reply.text)
  return { status: reply.status, value, type: String(reply.headers['x-amzn-errortype']) }
}

interface Message {
  readonly headers: Record<string, string>
  readonly value: Record<string, unknown>
}

async function stream(path: string, body: unknown): Promise<Message[]> {
  const response = await open(simulator, { host, path: `${haiku}${path}`, body, headers: formOnly })
  expect(response.headers['content-type']).toBe('application/vnd.amazon.eventstream')
  const bytes = await buffer(response)
  const messages: Message[] = []
  for (let at = 0; at < bytes.length; ) {
    const message = bytes.subarray(at, at + bytes.readUInt32BE(at))
    messages.push(decode(message))
    at += message.length
  }
  return messages
}

function decode(message: Buffer): Message {
  expect(message.readUInt32BE(8)).toBe(crc32(message.subarray(0, 8)))
  expect(message.readUInt32BE(message.length - 4)).toBe(crc32(message.subarray(0, -4)))
  const end = 12 + message.readUInt32BE(4)
  const headers: Record<string, string> = {}
  for (let at = 12; at < end; ) {
    const nameEnd = at + 1 + message.readUInt8(at)
    expect(message.readUInt8(nameEnd)).toBe(7)
    const valueEnd = nameEnd + 3 + message.readUInt16BE(nameEnd + 1)
    headers[message.toString('utf8', at + 1, nameEnd)] = message.toString(
      'utf8',
      nameEnd + 3,
      valueEnd,
    )
    at = valueEnd
  }
  return { headers, value: JSON.parse(message.toString('utf8', end, message.length - 4)) }
}

describe('a conversation', () => {
  test('has the fields of the API', async () => {
    const { value } = await post('/converse', question)
    expect(value).toEqual({
      metrics: { latencyMs: expect.any(Number) },
      output: {
        message: { role: 'assistant', content: [{ text: expect.stringMatching(/\w{3}/) }] },
      },
      stopReason: 'end_turn',
      usage: {
        inputTokens: 3 + 6 + 2 * 3 + 4,
        outputTokens: expect.any(Number),
        totalTokens: value.usage.inputTokens + value.usage.outputTokens,
      },
    })
  })

  test('streams the same text in messages of the event stream encoding', async () => {
    const whole = (await post('/converse', question)).value
    const messages = await stream('/converse-stream', question)
    const types = messages.map(({ headers }) => headers[':event-type'])
    expect(types.filter((type) => type !== 'contentBlockDelta')).toEqual([
      ...['messageStart', 'contentBlockStop', 'messageStop', 'metadata'],
    ])
    expect(messages[0]).toEqual({
      headers: {
        ':event-type': 'messageStart',
        ':content-type': 'application/json',
        ':message-type': 'event',
      },
      value: { role: 'assistant', p: expect.any(String) },
    })
    const text = messages
      .map(({ value }) => (value['delta'] as { text?: string } | undefined)?.text ?? '')
      .join('')
    expect(text).toBe(whole.output.message.content[0].text)
    expect(messages.at(-2)?.value).toMatchObject({ stopReason: 'end_turn' })
    expect(messages.at(-1)?.value).toMatchObject({ usage: whole.usage })
  })

  test('asks for a tool, whole and in parts', async () => {
    const { value } = await post('/converse', asking)
    const toolUse = { name: 'get_weather', toolUseId: expect.stringMatching(/^tooluse_\w{22}$/) }
    expect(value).toMatchObject({
      stopReason: 'tool_use',
      output: { message: { content: [{ toolUse: { ...toolUse, input: { city: 'Rome' } } }] } },
    })
    const messages = await stream('/converse-stream', asking)
    expect(messages[1]?.value).toMatchObject({ contentBlockIndex: 0, start: { toolUse } })
    const json = messages
      .map(({ value }) => (value['delta'] as { toolUse?: { input: string } })?.toolUse?.input ?? '')
      .join('')
    expect(json).toBe('{"city":"Rome"}')
  })

  test('is made of the result of a tool', async () => {
    const toolUse = { toolUseId: '1', name: 'get_weather', input: {} }
    const toolResult = { toolUseId: '1', content: [{ text: '21 °C' }] }
    const messages = [
      ...asking.messages,
      { role: 'assistant', content: [{ toolUse }] },
      { role: 'user', content: [{ toolResult }] },
    ]
    expect((await post('/converse', { ...asking, messages })).value.stopReason).toBe('end_turn')
  })

  test.each([
    [{}, "Value null at 'messages'"],
    [{ messages: [] }, 'must start with a user message'],
    [{ messages: [{ role: 'assistant', content: [{ text: 'x' }] }] }, 'must start with a user'],
    [{ messages: [question.messages[0], question.messages[0]] }, 'must alternate between user'],
    [{ messages: [{ role: 'system', content: [{ text: 'x' }] }] }, 'enum value set: [user, assi'],
    [{ messages: [{ role: 'user', content: 'x' }] }, 'messages.0 is empty'],
    [{ messages: [{ role: 'user', content: [{ text: '' }] }] }, 'messages.0.content.0 is blank'],
    [{ ...question, system: 'x' }, "at 'system'"],
    [{ ...question, inferenceConfig: { maxTokens: 0 } }, 'greater than or equal to 1'],
    [{ ...question, inferenceConfig: { topP: 2 } }, 'less than or equal to 1'],
    [{ ...question, inferenceConfig: { topP: 'x' } }, 'Member must be a number'],
    [{ ...question, toolConfig: {} }, "at 'toolConfig.tools'"],
    [{ ...question, toolConfig: { tools: [{}] } }, 'toolConfig.tools.1.member.toolSpec.name'],
  ])('is refused for %j', async (body, message) => {
    const { status, type, value } = await post('/converse', body)
    expect(status).toBe(400)
    expect(type).toMatch(/^ValidationException:/)
    expect(value.message).toContain(message)
  })
})

describe('a model’s own body', () => {
  const body = {
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: 100,
    messages: [{ role: 'user', content: 'Hello' }],
  }

  test('is answered as the model’s own API does', async () => {
    expect((await post('/invoke', body)).value).toMatchObject({
      type: 'message',
      role: 'assistant',
    })
    const chunks = await stream('/invoke-with-response-stream', body)
    const types = chunks.map(({ headers, value }) => {
      expect(headers[':event-type']).toBe('chunk')
      return JSON.parse(Buffer.from(String(value['bytes']), 'base64').toString()).type
    })
    expect([types[0], types.at(-1)]).toEqual(['message_start', 'message_stop'])
    expect(types).not.toContain('ping')
  })

  test.each([[{ anthropic_version: '2023-06-01' }], [{ model: 'x' }], [{ max_tokens: undefined }]])(
    'is refused with %j',
    async (wrong) => {
      const { status, type } = await post('/invoke', { ...body, ...wrong })
      expect([status, type]).toEqual([400, expect.stringMatching(/^ValidationException/)])
    },
  )
})

describe('a signature', () => {
  test('of a known key is verified', async () => {
    expect((await post('/converse', hello, signed)).status).toBe(200)
  })

  test.each([
    ['body', hello.replace('Hello', 'Hallo'), {}],
    ['header', hello, { 'amz-sdk-request': 'attempt=2; max=3' }],
    ['value', hello, { authorization: signed.authorization.replace('Signature=6', 'Signature=7') }],
    ['form', hello, { authorization: signed.authorization.slice(0, -1) }],
  ])('fails for another %s', async (_what, body, headers) => {
    const { status, type, value } = await post('/converse', body, { ...signed, ...headers })
    expect([status, type]).toEqual([403, expect.stringMatching(/^InvalidSignatureException/)])
    expect(value.message).toContain('does not match the signature you provided')
  })

  const scoped = (scope: string) => ({
    ...formOnly,
    authorization: formOnly.authorization.replace(/Credential=[^,]+/, `Credential=${scope}`),
  })
  const key = 'AKIAUNKNOWNUNKNOWN12'
  test.each([
    [{ authorization: 'Bearer sk-123' }, 'AccessDeniedException'],
    [{ authorization: 'Basic abc' }, 'IncompleteSignatureException'],
    [{ authorization: 'AWS4-HMAC-SHA256 Credential=a' }, 'IncompleteSignatureException'],
    [scoped(`${key}/20261120`), 'IncompleteSignatureException'],
    [scoped('abc/20261120/us-east-1/bedrock/aws4_request'), 'UnrecognizedClientException'],
    [scoped(`${key}/20261120/eu-west-1/bedrock/aws4_request`), 'InvalidSignatureException'],
    [scoped(`${key}/20261120/us-east-1/s3/aws4_request`), 'InvalidSignatureException'],
    [scoped(`${key}/20261120/us-east-1/bedrock/aws3`), 'InvalidSignatureException'],
    [scoped(`${key}/20261121/us-east-1/bedrock/aws4_request`), 'InvalidSignatureException'],
    [{ ...formOnly, 'x-amz-date': '20261120T120000Z' }, 'InvalidSignatureException'],
    [{ ...formOnly, 'x-amz-user-agent': 'aws-sdk-js/3' }, 'InvalidSignatureException'],
    [
      { ...formOnly, authorization: formOnly.authorization.replace('host;', '') },
      'InvalidSignatureException',
    ],
  ])('%j is refused with %s', async (headers, expected) => {
    const { status, type } = await post('/converse', question, headers)
    expect([status, type.split(':')[0]]).toEqual([403, expected])
  })

  test('may be an API key instead', async () => {
    const headers = { authorization: 'Bearer ABSKQmVkcm9ja0FQSUtleS0wMTIz' }
    expect((await post('/converse', question, headers)).status).toBe(200)
  })

  test('of a key that the control API learns is verified from then on', async () => {
    const secret = { accessKeyId: 'AKIALEARNTLEARNT1234', secretAccessKey: 'secret' }
    const body = JSON.stringify(secret)
    await fetch(`${simulator.controlUrl}/credentials`, { method: 'POST', body })
    const headers = scoped('AKIALEARNTLEARNT1234/20261120/us-east-1/bedrock/aws4_request')
    expect((await post('/converse', question, headers)).status).toBe(403)
  })
})

describe('a refused call', () => {
  test('goes where nothing is, or brings no JSON', async () => {
    expect(await post('/paint', question)).toMatchObject({
      status: 404,
      type: 'UnknownOperationException',
    })
    expect((await post('/converse', '{')).type).toMatch(/^SerializationException/)
    const path = '/model/%zz/converse'
    const reply = await send(simulator, { host, path, body: question, headers: formOnly })
    expect(reply.status).toBe(400)
  })

  test('fails on demand with the provider’s own error', async () => {
    const headers = { ...formOnly, 'x-simulate-status': '429' }
    const { status, type, value } = await post('/converse', question, headers)
    expect([status, type.split(':')[0]]).toEqual([429, 'ThrottlingException'])
    expect(value.message).toBe('Too many requests, please wait before trying again.')
  })

  test('breaks off a stream between its messages', async () => {
    const headers = {
      ...formOnly,
      ...{ 'x-simulate-failure': 'cut', 'x-simulate-after-events': '2' },
    }
    const path = `${haiku}/converse-stream`
    const response = await open(simulator, { host, path, body: question, headers })
    const chunks: Buffer[] = []
    response.on('data', (chunk: Buffer) => chunks.push(chunk))
    await once(response, 'error')
    const bytes = Buffer.concat(chunks)
    const first = bytes.readUInt32BE(0)
    expect(bytes.length).toBe(first + bytes.readUInt32BE(first))
  })
})
